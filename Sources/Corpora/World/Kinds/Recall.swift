public import Support

/// Dense recall: blocks of facts, each followed at once by all their questions in random order.
///
/// Without filler the loss is mostly about answers, which helps a small model past the plateau.
public struct Recall: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "recall", "Blocks of facts followed at once by all their questions, shuffled; no filler.",
    settings: [twins])

  /// Numbers such as 4517 and 4557 are told apart by the name only.
  ///
  /// By chance one fact in twenty-five of a needle test has such a twin, too few to learn from:
  /// models then complete the first two digits by themselves and are wrong half of the time.
  private static let twins = Setting(
    "twins", .real(0...1), default: .real(0),
    help: "Share of facts whose number begins with the two digits of an earlier fact.",
    applies: .nextStage)

  private let twins: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    twins = values.real(Self.twins.key) ?? 0
  }

  /// Blocks of 1 to `limit`/16 facts with distinct names, cut at exactly `limit` tokens.
  ///
  /// The cut keeps even the shortest rows keyed: at 32 tokens half of the blocks hold two facts, so
  /// that copying the only number in sight is not the answer.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let form = FactForm.prose
    let most = limit / (form.factTokens + form.queryTokens(restated: true)) + limit / 16 + 1
    let plan = FactPlan(
      count: min(most, WorldVocabulary.names.count), form: form, twins: twins,
      split: split, random: &random)
    var facts = plan.facts[...]
    var document = Document()
    while document.tokens.count < limit, !facts.isEmpty {
      let block = facts.prefix(random.integer(in: 1...max(1, limit / 16)))
      facts = facts.dropFirst(block.count)
      for planned in block { document.append(planned.fact, form: form) }
      for planned in block.shuffled(using: &random) {
        document.append(query: planned, form: form)
      }
    }
    return Document(
      tokens: Array(document.tokens.prefix(limit)), roles: Array(document.roles.prefix(limit)))
  }
}
