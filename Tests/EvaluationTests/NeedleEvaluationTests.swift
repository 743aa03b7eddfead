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
    _ task: any RecallTask, isCancelled: () -> Bool = { false }
  ) throws -> [NeedleRecord] {
    var cells: [NeedleRecord] = []
    try NeedleEvaluation(subject()).run(
      task, step: 7, isCancelled: isCancelled
    ) { cells += $0.cells }
    return cells
  }

  private static func subject() -> EvaluationSubject {
    EvaluationSubject(model: model(), tokenizer: tokenizer, trainedContext: 256) { _, _ in
      throw UserError("test", "no rows")
    }
  }

  private static func passes(_ task: any RecallTask) throws -> [ForwardPasses] {
    try task.passes(of: subject())
  }

  @Test(arguments: ["keyed", "single"], [1, 2, 7])
  func everyCellGetsItsTrials(_ name: String, depths: Int) throws {
    let grid = RecallGrid(lengths: [512, 128, 1100], depths: depths, trials: 3, seed: 1)
    let cells = try Self.cells(RecallTasks.make(name, grid: grid))
    #expect(
      cells.map(\.length) == [128, 512, 1100].flatMap { [Int](repeating: $0, count: depths) })
    #expect(cells.prefix(depths).map(\.depth) == grid.depthFractions)
    #expect(cells.allSatisfy { $0.trials == 3 && $0.step == 7 && $0.task == name })
    #expect(cells.allSatisfy { $0.answers.count == 3 })
    #expect(
      cells.allSatisfy { (0...1).contains($0.low) && $0.low <= $0.score && $0.score <= $0.high })
  }

  @Test func aModelThatKnowsNothingScoresNothing() throws {
    let grid = RecallGrid(lengths: [128, 256], depths: 10, trials: 20, seed: 2)
    let cells = try Self.cells(KeyedNeedles(grid: grid))
    #expect(cells.reduce(0) { $0 + $1.trials } == 400)
    // Chance is one in 9,000 four-digit numbers at best.
    #expect(cells.reduce(0) { $0 + $1.correct } <= 1)
    #expect(cells.allSatisfy { $0.answers.allSatisfy { $0.logProbability < -5 } })
  }

  @Test(arguments: ["keyed", "single"])
  func theSameRequestAsksTheSameQuestions(_ name: String) throws {
    func questions(trials: Int, seed: UInt64) throws -> [[String]] {
      let grid = RecallGrid(lengths: [200], depths: 4, trials: trials, seed: seed)
      return try Self.cells(RecallTasks.make(name, grid: grid)).map {
        $0.answers.map { "\($0.key) \($0.expected) \($0.excerpt)" }
      }
    }
    let first = try questions(trials: 3, seed: 1)
    #expect(try questions(trials: 3, seed: 1) == first)
    #expect(try questions(trials: 3, seed: 2) != first)
    // More trials add questions and change none.
    #expect(try questions(trials: 5, seed: 1).map { Array($0.prefix(3)) } == first)
    #expect(Set(first.joined()).count == 12)
  }

  @Test func keyedQuestionsShareASequenceAndSingleOnesDoNot() throws {
    let grid = RecallGrid(lengths: [256, 512, 1024], depths: 10, trials: 1, seed: 1)
    func rows(_ task: any RecallTask) throws -> [Int] {
      // The last two are the controls.
      try Self.passes(task).dropLast(2).map(\.rows)
    }
    #expect(try rows(KeyedNeedles(grid: grid)) == [2, 2, 1])
    #expect(try rows(SingleNeedle(grid: grid)) == [10, 10, 10])
    #expect(try rows(MultiKey(grid: grid)) == [3, 3, 3])
  }

  @Test func needlesThatDoNotFitAreToldBeforeAnythingRuns() throws {
    let grid = RecallGrid(lengths: [1024, 16], depths: 2, trials: 1, seed: 1)
    let error = #expect(throws: UserError.self) { try Self.passes(KeyedNeedles(grid: grid)) }
    #expect(error?.finding.contains("16 found") == true)
  }

  @Test func aChangeOfPositionsHoldsForItsEvaluationAlone() throws {
    let subject = Self.subject()
    func answers(_ name: String) throws -> [Double] {
      let values = SettingsValues(["remap": .text(name)], declared: [])
      let grid = RecallGrid(
        lengths: [300], depths: 2, trials: 1, seed: 1, remap: try RemapChoice(values))
      var found: [Double] = []
      try NeedleEvaluation(subject).run(KeyedNeedles(grid: grid)) { column in
        found = column.cells.flatMap(\.answers).map(\.logProbability)
      }
      #expect(subject.model.remap == nil)
      return found
    }
    let plain = try answers("none")
    #expect(plain.count == 2)
    #expect(try answers("self_extend") != plain)
    #expect(try answers("dual_chunk") != plain)
    #expect(try answers("none") == plain)
  }

  @Test(arguments: 0...4)
  func aCancelledColumnIsNotTold(_ passes: Int) throws {
    // Passes of up to 8,192 tokens: two columns of two passes each.
    let grid = RecallGrid(lengths: [2000, 2048], depths: 2, trials: 3, seed: 1)
    var asked = 0
    let cells = try Self.cells(SingleNeedle(grid: grid)) {
      defer { asked += 1 }
      return asked >= passes
    }
    #expect(cells.map(\.length) == Array([2000, 2000, 2048, 2048].prefix(passes / 2 * 2)))
    #expect(cells.allSatisfy { $0.trials == 3 })
  }
}
