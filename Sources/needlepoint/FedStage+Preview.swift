import Corpora
import Kernels
import Panes
import Recipes
import Runs

extension FedStage {
  /// Tokens of a row that are shown as text.
  fileprivate static let rowTokens = 4_096
  /// Tokens of a document that are shown.
  private static let documentTokens = 256

  /// Before a document whose sentences are yet to be chosen.
  private static let awaiting = "(sentences are chosen when the run comes to this stage)\n"

  /// What each stage of a recipe that trains feeds, by its name: three rows, three documents of each source.
  ///
  /// - Throws: `UserError`, `UserErrors` or `StoreError` when the recipe cannot be made ready.
  static func all(_ document: RecipeDocument) throws -> [String: FedStage] {
    let run = try PreparedRun(document, pool: ThreadPool(threads: 1), isForecast: true)
    let positions = try DataPreview.positions(run, rows: 3)
    let previews = try DataPreview.all(
      run, documents: 3, rows: 3, longest: documentTokens)
    let words = (0..<run.tokenizer.vocabularySize).map { run.tokenizer.word(Int32($0)) }
    return Dictionary(
      uniqueKeysWithValues: previews.map { preview in
        let samples = Dictionary(grouping: preview.samples, by: \.source)
        return (
          preview.stage,
          FedStage(
            facts: Dictionary(
              uniqueKeysWithValues: preview.sources.map {
                ($0.name, SourceFacts(lengths: $0.lengths, passTokens: $0.pass?.tokens))
              }),
            samples: samples.mapValues { samples in
              samples.map { (preview.awaitsSentences ? awaiting : "") + text($0) }
            },
            rows: preview.rows.enumerated().map { index, row in
              let kinds = (positions[preview.stage] ?? []).map {
                FedRow.Ids(kind: $0.kind, ids: $0.ids[index])
              }
              return FedRow(row, words, kinds)
            })
        )
      })
  }

  /// A document; under a selection sentence by sentence, with what became of each and why.
  private static func text(_ sample: DataPreview.Sample) -> String {
    guard let sentences = sample.sentences else { return sample.text }
    return sentences.map { "\($0.isKept ? "+" : "-") \($0.text)  [\($0.reason)]" }
      .joined(separator: "\n")
  }
}

extension FedRow {
  fileprivate init(_ row: DataPreview.Row, _ words: [String], _ kinds: [Ids]) {
    self.init(
      source: row.source, words: row.tokens.prefix(FedStage.rowTokens).map { words[Int($0)] },
      own: kinds.first { $0.ids == row.positions } ?? Ids(kind: "given", ids: row.positions),
      kinds: kinds, isLearnt: row.isLearnt, documentStarts: row.documentStarts)
  }
}
