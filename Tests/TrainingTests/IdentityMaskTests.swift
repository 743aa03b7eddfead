import Corpora
import Kernels
import Models
import Support
import Testing
import Training

/// Rows of interleaved chunks with the mask `identity`: each document is read as if it were alone.
@Suite struct IdentityMaskTests {
  @Test func aMaskedRowIsItsDocumentsEachAloneAtItsPlaces() throws {
    let model = Transformer(shape: TrainingCase.shape, pool: ThreadPool(threads: 2))
    model.initialize(seed: 2, deviation: 0.3)
    var stream = try BatchStream(
      sources: [WeightedSource(name: "a", weight: 1, source: Cycle())],
      plan: BatchPlan(
        rows: 1, length: 95,
        packer: try Packers.catalog.make(
          "interleaved",
          ["mask": .text("identity"), "shortest": .integer(4), "document": .integer(32)]),
        seed: 1), tokenizer: WorldTokenizer())
    let batch = try stream.next()
    let row = model.losses(ModelInput(batch), targets: batch.targets)

    // The places jump: otherwise the row would be three plain documents.
    #expect(batch.positions != Array(0..<95))
    let starts = Set(batch.documentStarts).sorted().map(Int.init) + [95]
    #expect(starts == [0, 32, 64, 95])
    for (start, end) in zip(starts, starts.dropFirst()) {
      let alone = model.losses(
        ModelInput(
          rows: 1, length: end - start, tokens: Array(batch.tokens[start..<end]),
          positions: Array(batch.positions[start..<end]),
          documentStarts: [Int32](repeating: 0, count: end - start)),
        targets: Array(batch.targets[start..<end]))
      for (index, loss) in alone.enumerated() { #expect(abs(loss - row[start + index]) < 1e-5) }
    }
  }

  /// Documents of 32 tokens below 30.
  private struct Cycle: DocumentSource {
    let isContinuous = false
    var cursor = SourceCursor()

    mutating func next(limit: Int) -> Document {
      cursor.file += 1
      return Document(tokens: (0..<32).map { Int32(($0 * 7 + cursor.file * 11) % 29) })
    }

    mutating func restore(_ cursor: SourceCursor) { self.cursor = cursor }
  }
}
