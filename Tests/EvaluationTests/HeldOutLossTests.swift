import Corpora
import Evaluation
import Foundation
import Models
import Records
import Support
import Testing

/// The held-out loss is the plain mean over targets of rows that training never sees.
struct HeldOutLossTests {
  private static func stream(_ split: CorpusSplit, seed: UInt64 = 4) throws -> BatchStream {
    let tokenizer = WorldTokenizer()
    let sources = try ["stories", "questions"].map { name in
      let opening = SourceOpening(name: name, split: split, seed: seed, tokenizer: tokenizer)
      return WeightedSource(
        name: name, weight: 1, source: try SourceKinds.catalog.make(name).open(opening))
    }
    return try BatchStream(
      sources: sources, plan: BatchPlan(rows: 4, length: 64, packer: RowPacker(), seed: seed),
      tokenizer: tokenizer)
  }

  @Test func itIsTheMeanOverAllTargets() throws {
    let model = NeedleEvaluationTests.model()
    var stream = try Self.stream(.evaluation)
    let result = try HeldOutLoss.measure(model, stream: &stream, tokens: 500)
    var again = try Self.stream(.evaluation)
    var losses: [Double] = []
    for _ in 0..<2 {
      let batch = try again.next()
      let width = model.shape.vocabulary
      let chosen = batch.targets.indices.filter { batch.targets[$0] >= 0 }
      let input = ModelInput(
        rows: batch.rows, length: batch.length, tokens: batch.tokens, positions: batch.positions,
        documentStarts: batch.documentStarts)
      let logits = model.logits(input, at: chosen)
      for (row, index) in chosen.enumerated() {
        let scores = logits[row * width..<(row + 1) * width].map(Double.init)
        let largest = scores.max() ?? 0
        let sum = scores.reduce(0) { $0 + exp($1 - largest) }
        losses.append(log(sum) + largest - scores[Int(batch.targets[index])])
      }
    }
    #expect(result.targets == losses.count)
    #expect(losses.count > 200)
    #expect(abs(result.mean - losses.reduce(0, +) / Double(losses.count)) < 1e-5)
    #expect(result.low < result.mean && result.mean < result.high)
    let parts = result.bySource.map(\.value)
    #expect(parts.count == 2)
    #expect((parts.min() ?? 0) <= result.mean && result.mean <= (parts.max() ?? 0))
  }

  @Test func theSameSeedScoresTheSameRows() throws {
    let model = NeedleEvaluationTests.model()
    func mean(_ seed: UInt64) throws -> Double {
      var stream = try Self.stream(.evaluation, seed: seed)
      return try HeldOutLoss.measure(model, stream: &stream, tokens: 256).mean
    }
    #expect(try mean(4) == mean(4))
    #expect(try mean(4) != mean(5))
  }

  @Test func cancellingScoresNothingMore() throws {
    var stream = try Self.stream(.evaluation)
    var asked = 0
    let result = try HeldOutLoss.measure(
      NeedleEvaluationTests.model(), stream: &stream, tokens: 10_000,
      isCancelled: {
        asked += 1
        return asked > 1
      })
    #expect(result.targets > 0 && result.targets <= 256)
  }

  @Test func trainingAndEvaluationRowsAreDisjoint() throws {
    func rows(_ split: CorpusSplit) throws -> Set<[Int32]> {
      var stream = try Self.stream(split)
      var rows: Set<[Int32]> = []
      for _ in 0..<32 {
        let batch = try stream.next()
        for row in 0..<batch.rows {
          rows.insert(Array(batch.tokens[row * batch.length..<(row + 1) * batch.length]))
        }
      }
      return rows
    }
    let training = try rows(.training)
    #expect(training.count > 120)
    #expect(training.isDisjoint(with: try rows(.evaluation)))
  }
}
