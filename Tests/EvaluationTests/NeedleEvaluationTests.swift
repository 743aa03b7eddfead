import Corpora
import Evaluation
import Kernels
import Models
import Records
import Support
import Testing

/// Cells, questions and cancellation of the needle evaluation, on a model that knows nothing.
struct NeedleEvaluationTests {
  private static let tokenizer = WorldTokenizer()

  static func model() -> Transformer {
    let shape = LlamaShape(
      vocabulary: tokenizer.vocabularySize, width: 32, layers: 1, heads: 2, feedForward: 64)
    let model = Transformer(shape: shape, pool: ThreadPool(threads: 1))
    model.initialize(seed: 3)
    return model
  }

  private static func cells(
    _ request: NeedleRequest, isCancelled: () -> Bool = { false }
  ) throws -> [NeedleRecord] {
    var cells: [NeedleRecord] = []
    try NeedleEvaluation(model(), tokenizer: tokenizer).run(
      request, step: 7, isCancelled: isCancelled
    ) { cells.append($0) }
    return cells
  }

  @Test(arguments: NeedleRequest.Task.allCases, [1, 2, 7])
  func everyCellGetsItsTrials(_ task: NeedleRequest.Task, depths: Int) throws {
    let request = NeedleRequest(
      task: task, lengths: [512, 128, 1100], depths: depths, trials: 3, seed: 1)
    let cells = try Self.cells(request)
    #expect(
      cells.map(\.length) == [128, 512, 1100].flatMap { [Int](repeating: $0, count: depths) })
    #expect(cells.prefix(depths).map(\.depth) == request.depthFractions)
    #expect(cells.allSatisfy { $0.trials == 3 && $0.step == 7 && $0.task == task.rawValue })
    #expect(cells.allSatisfy { $0.answers.count == 3 })
    #expect(
      cells.allSatisfy { (0...1).contains($0.low) && $0.low <= $0.score && $0.score <= $0.high })
  }

  @Test func aModelThatKnowsNothingScoresNothing() throws {
    let request = NeedleRequest(lengths: [128, 256], depths: 10, trials: 20, seed: 2)
    let cells = try Self.cells(request)
    #expect(cells.reduce(0) { $0 + $1.trials } == 400)
    // Chance is one in 9,000 four-digit numbers at best.
    #expect(cells.reduce(0) { $0 + $1.correct } <= 1)
    #expect(cells.allSatisfy { $0.answers.allSatisfy { $0.logProbability < -5 } })
  }

  @Test(arguments: NeedleRequest.Task.allCases)
  func theSameRequestAsksTheSameQuestions(_ task: NeedleRequest.Task) throws {
    func questions(trials: Int, seed: UInt64) throws -> [[String]] {
      try Self.cells(
        NeedleRequest(task: task, lengths: [200], depths: 4, trials: trials, seed: seed)
      ).map { $0.answers.map { "\($0.key) \($0.expected) \($0.excerpt)" } }
    }
    let first = try questions(trials: 3, seed: 1)
    #expect(try questions(trials: 3, seed: 1) == first)
    #expect(try questions(trials: 3, seed: 2) != first)
    // More trials add questions and change none.
    #expect(try questions(trials: 5, seed: 1).map { Array($0.prefix(3)) } == first)
    #expect(Set(first.joined()).count == 12)
  }

  @Test func keyedQuestionsShareASequenceAndSingleOnesDoNot() throws {
    func rows(_ task: NeedleRequest.Task) throws -> [Int: Int] {
      try NeedleRequest(task: task, lengths: [256, 512, 1024], depths: 10, trials: 1, seed: 1)
        .rowsOfTrial(tokenizer: Self.tokenizer)
    }
    #expect(try rows(.keyed) == [256: 2, 512: 2, 1024: 1])
    #expect(try rows(.single) == [256: 10, 512: 10, 1024: 10])
  }

  @Test func needlesThatDoNotFitAreToldBeforeAnythingRuns() throws {
    let request = NeedleRequest(lengths: [1024, 16], depths: 2, trials: 1, seed: 1)
    let error = #expect(throws: UserError.self) {
      try request.rowsOfTrial(tokenizer: Self.tokenizer)
    }
    #expect(error?.finding.contains("16 found") == true)
  }

  @Test(arguments: 0...4)
  func aCancelledColumnIsNotTold(_ passes: Int) throws {
    // Passes of up to 8,192 tokens: two columns of two passes each.
    let request = NeedleRequest(
      task: .single, lengths: [2000, 2048], depths: 2, trials: 3, seed: 1)
    var asked = 0
    let cells = try Self.cells(request) {
      defer { asked += 1 }
      return asked >= passes
    }
    #expect(cells.map(\.length) == Array([2000, 2000, 2048, 2048].prefix(passes / 2 * 2)))
    #expect(cells.allSatisfy { $0.trials == 3 })
  }
}
