public import Support

/// Stories with chains of names that share a number: only following a chain tells the last one's.
///
/// At least two chains stand in a document that has any, so that the only number in sight is not
/// the answer.
public struct Chains: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "chains",
    "Long stories with chains of names: one with a number, others whose number is that of the one "
      + "before; the last one's number is asked for. Teaches tracking.",
    source: "after RULER (arXiv:2404.06654), vt",
    settings: [
      FactDensity.setting,
      Setting(
        "hops", .integer(1...8), default: .integer(2),
        help: "Most names to follow from the one asked for to the one with the number.",
        applies: .nextStage),
    ])

  private static let link = WorldVocabulary.tokens("is that of")
  private static let linkTokens = FactForm.prose.fact.count + 1 + link.count + 2

  private let density: Double
  private let hops: Int

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
    hops = values.integer("hops") ?? 2
  }

  /// A story of exactly `limit` tokens when that is at least 6.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    var left = limit
    var pieces: [(place: Double, piece: Document)] = []
    var names = Array(0..<WorldVocabulary.names.count).shuffled(using: &random)[...]
    var facts = FactDensity.count(density, limit: limit, row: limit, &random)
    var chains: [[Int]] = []
    while facts > 0 || chains.count == 1 {
      let members = Array(names.prefix(1 + random.integer(in: 1...hops)))
      let cost =
        FactForm.prose.factTokens + (members.count - 1) * Self.linkTokens
        + FactForm.prose.queryTokens(restated: false)
      guard members.count > 1, left == cost || left >= cost + 6 else { break }
      left -= cost
      facts -= members.count
      names = names.dropFirst(members.count)
      chains.append(members)
    }
    if chains.count == 1 { (chains, left) = ([], limit) }
    for members in chains { pieces += Self.told(members, split: split, &random) }
    var scene = Scene(&random)
    return FactWeaver.weave(scene.tell(tokens: left, &random), pieces)
  }

  /// The statements of a chain in its order, and the question for its last name.
  private static func told(
    _ members: [Int], split: CorpusSplit, _ random: inout RandomStream
  ) -> [(place: Double, piece: Document)] {
    let head = WorldFacts.draw(
      name: members[0], sharedWith: members[members.count - 1], split: split, random: &random)
    let asked = WorldFact(
      name: members[members.count - 1], first: head.first, second: head.second)
    let places = members.map { _ in random.uniform() }.sorted()
    var pieces = [(place: places[0], piece: Document(stating: head))]
    for (index, place) in places.enumerated().dropFirst() {
      var piece = Document()
      let (from, to) = (members[index - 1], members[index])
      piece.append(
        FactForm.prose.fact + [WorldVocabulary.names.token(to)] + link
          + [WorldVocabulary.names.token(from), FactForm.prose.end])
      pieces.append((place, piece))
    }
    var query = Document()
    query.append(query: PlannedFact(fact: asked, isRestated: false), form: .prose)
    let last = places[places.count - 1]
    return pieces + [(last + (1 - last) * random.uniform(), query)]
  }
}
