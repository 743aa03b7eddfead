public import Support

/// Short encyclopaedia-like pages about places.
public struct Pages: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "pages", "Short pages of 60 to 250 tokens about places, with facts in between.",
    settings: [FactDensity.setting])

  private let density: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
  }

  /// A document of at most `limit` tokens.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let size = min(limit, random.integer(in: 60...250))
    let plan = FactPlan(
      density: density, limit: size, row: limit, form: .prose, split: split, random: &random
    ) { $0 >= 12 }
    var scene = Scene(&random)
    let text = scene.pages(tokens: size - plan.tokens, &random)
    return FactWeaver.weave(text, plan, form: .prose, title: true, random: &random)
  }
}
