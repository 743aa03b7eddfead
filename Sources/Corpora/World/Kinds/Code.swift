public import Support

/// Long files of code: functions, assignments, calls, conditions; facts are keys with values.
public struct Code: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "code", "Long files of code; `key NAME number;` is a fact, `assert NAME number;` its query.",
    settings: [FactDensity.setting])

  private let density: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
  }

  /// A file of exactly `limit` tokens when that is at least 3.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let plan = FactPlan(
      density: density, limit: limit, row: limit, form: .code, split: split, random: &random
    ) { $0 == 0 || $0 >= 3 }
    var writer = CodeWriter(&random)
    let text = writer.write(tokens: limit - plan.tokens, &random)
    return FactWeaver.weave(text, plan, form: .code, random: &random)
  }
}
