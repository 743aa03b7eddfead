import Corpora
import Evaluation
import Foundation
import Models
import Records
import Support
import Testing

/// Losses are plain means over targets of rows that training never sees.
struct HeldOutLossTests {
  /// One for each use: tests run side by side, and a model takes one caller at a time.
  private static var model: Transformer { NeedleEvaluationTests.model() }

  /// The figures of a loss task by their short names.
  private static func figures(
    _ kind: String, tokens: Int, seed: UInt64 = 4, isCancelled: @escaping () -> Bool = { false }
  ) throws -> [(name: String, record: EvaluationRecord)] {
    let subject = EvaluationSubject(
      model: model, tokenizer: WorldTokenizer(), trainedContext: 64
    ) { length, seed in
      #expect(length == 64)
      return try stream(.evaluation, seed: seed)
    }
    let task = try evaluationTasks.make(
      kind, ["tokens": .integer(tokens), "seed": .integer(Int(seed))])
    #expect(
      try task.passes(of: subject).map { $0.rows * $0.length }.reduce(0, +) >= tokens)
    var figures: [(String, EvaluationRecord)] = []
    try task.measure(
      subject,
      EvaluationMonitor(
        isCancelled: isCancelled, cell: { _ in }, figure: { figures.append(($0, $1)) }))
    return figures
  }

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

  @Test func theMeansAreOverAllTargetsOfEachPart() throws {
    let model = Self.model
    var again = try Self.stream(.evaluation)
    var losses: [Double] = []
    var bySource = [[Double]](repeating: [], count: 2)
    var byPlace: [Int: [Double]] = [:]
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
        let loss = log(sum) + largest - scores[Int(batch.targets[index])]
        losses.append(loss)
        bySource[Int(batch.sources[index])].append(loss)
        let start = index / 64 * 64
        let targets = batch.targets[start..<start + 64].count { $0 >= 0 }
        if targets >= 63 {
          let place = index % 64 + 1
          byPlace[1 << (Int.bitWidth - 1 - place.leadingZeroBitCount), default: []].append(loss)
        }
      }
    }
    func expect(_ record: EvaluationRecord, over values: [Double]) {
      #expect(record.samples == values.count)
      #expect(abs(record.value - values.reduce(0, +) / Double(values.count)) < 1e-5)
      #expect(record.low < record.value && record.value < record.high)
    }
    let whole = try Self.figures("loss", tokens: 500)
    #expect(whole.map(\.name) == ["loss.64"] && losses.count > 200)
    expect(whole[0].record, over: losses)
    let sources = try Self.figures("source_loss", tokens: 500)
    #expect(sources.map(\.name) == ["source_loss.stories", "source_loss.questions"])
    for (figure, values) in zip(sources, bySource) { expect(figure.record, over: values) }
    let places = try Self.figures("position_loss", tokens: 500)
    #expect(places.map(\.name) == [1, 2, 4, 8, 16, 32, 64].map { "position_loss.\($0)" })
    for figure in places {
      let first = try #require(Int(figure.name.dropFirst("position_loss.".count)))
      expect(figure.record, over: try #require(byPlace[first]))
    }
  }

  @Test func theSameSeedScoresTheSameRows() throws {
    func mean(_ seed: UInt64) throws -> Double {
      try #require(try Self.figures("loss", tokens: 256, seed: seed).first).record.value
    }
    #expect(try mean(4) == mean(4))
    #expect(try mean(4) != mean(5))
  }

  @Test func whatIsCancelledIsNotTold() throws {
    var asked = 0
    let figures = try Self.figures(
      "loss", tokens: 10_000,
      isCancelled: {
        asked += 1
        return asked > 1
      })
    #expect(figures.isEmpty && asked == 2)
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
