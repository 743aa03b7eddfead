public import Support

/// Stories in which some names have several magic numbers; questions ask for all numbers of a name.
///
/// They are listed in the order of the text, which makes the answer unique. Other names have one
/// number, so that listing every number in sight is wrong.
public struct Values: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "values",
    "Long stories in which names have up to four magic numbers, all listed later in the order of "
      + "the text; teaches multivalue.",
    source: "after RULER (arXiv:2404.06654), niah_multivalue", settings: [FactDensity.setting])

  private static let mostValues = 4
  private static let question = WorldVocabulary.tokens("question : what is")

  private let density: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
  }

  /// A story of exactly `limit` tokens when that is at least 6.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    var left = limit
    var pieces: [(place: Double, piece: Document)] = []
    let names = Array(0..<WorldVocabulary.names.count).shuffled(using: &random)
    var facts = FactDensity.count(density, limit: limit, row: limit, &random)
    for name in names where facts > 0 {
      let count = min(facts, random.integer(in: 1...Self.mostValues))
      let cost = 2 * count * FactForm.prose.factTokens + Self.question.count
      // What is left has to be a story, or nothing.
      guard left == cost || left >= cost + 6 else { break }
      left -= cost
      facts -= count
      pieces += Self.told(name: name, count: count, split: split, &random)
    }
    var scene = Scene(&random)
    return FactWeaver.weave(scene.tell(tokens: left, &random), pieces)
  }

  /// Statements of distinct numbers of a name, and the question for all of them.
  private static func told(
    name: Int, count: Int, split: CorpusSplit, _ random: inout RandomStream
  ) -> [(place: Double, piece: Document)] {
    var facts: [WorldFact] = []
    while facts.count < count {
      let fact = WorldFacts.draw(name: name, split: split, random: &random)
      if !facts.contains(fact) { facts.append(fact) }
    }
    let places = facts.map { _ in random.uniform() }.sorted()
    var query = Document()
    query.append(question)
    for fact in facts {
      query.append(query: PlannedFact(fact: fact, isRestated: true), form: .prose)
    }
    let last = places.last ?? 0
    return zip(places, facts).map { ($0, Document(stating: $1)) }
      + [(last + (1 - last) * random.uniform(), query)]
  }
}
