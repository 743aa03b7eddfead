import Corpora
import Models

extension ModelInput {
  /// The tokens, positions and document borders of a batch.
  init(_ batch: Batch) {
    self.init(
      rows: batch.rows, length: batch.length, tokens: batch.tokens, positions: batch.positions,
      documentStarts: batch.documentStarts)
  }
}
