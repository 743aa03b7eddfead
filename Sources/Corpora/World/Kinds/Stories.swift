public import Support

/// Long stories: persons, things and places that come back, with facts in between.
public struct Stories: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "stories", "Long stories of the miniature world, with facts and later questions in between.",
    settings: [FactDensity.setting])

  private let density: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
  }

  /// A story of exactly `limit` tokens when that is at least 6.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let plan = FactPlan(
      density: density, limit: limit, row: limit, form: .prose, split: split, random: &random
    ) { $0 == 0 || $0 >= 6 }
    var scene = Scene(&random)
    let text = scene.tell(tokens: limit - plan.tokens, &random)
    return FactWeaver.weave(text, plan, form: .prose, random: &random)
  }
}
