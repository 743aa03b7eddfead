public import Support

/// Dense recall: blocks of facts, each followed at once by all their questions in random order.
///
/// Without filler the loss is mostly about answers, which helps a small model past the plateau.
public struct Recall: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "recall", "Blocks of facts followed at once by all their questions, shuffled; no filler.")

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {}

  /// Blocks of 1 to `limit`/16 facts with distinct names, as many as fit.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let form = FactForm.prose
    let most = limit / (form.factTokens + form.queryTokens(restated: true))
    let plan = FactPlan(
      count: min(most, WorldVocabulary.names.count), form: form, split: split, random: &random)
    var facts = plan.facts[...]
    // A row too short for a question still holds a restatement.
    if limit < form.factTokens + form.queryTokens(restated: false), !facts.isEmpty {
      facts[0].isRestated = true
    }
    var document = Document()
    while !facts.isEmpty {
      var size = random.integer(in: 1...max(1, limit / 16))
      var left = limit - document.tokens.count
      // Only as many facts as still fit together with their questions.
      var fitting = 0
      for planned in facts.prefix(size) {
        left -= form.factTokens + form.queryTokens(restated: planned.isRestated)
        if left < 0 { break }
        fitting += 1
      }
      size = fitting
      guard size > 0 else { break }
      let block = facts.prefix(size)
      facts = facts.dropFirst(size)
      for planned in block { document.append(planned.fact, form: form) }
      for planned in block.shuffled(using: &random) {
        document.append(query: planned, form: form)
      }
    }
    return document
  }
}
