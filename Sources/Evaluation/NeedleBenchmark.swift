import Corpora
public import Kernels
import Models
import Records
import Support

/// Cost of a needle heatmap, beside that of scoring each of its cells by itself.
///
/// The heatmap puts needles of many depths into one sequence and asks for all of them at its end; by
/// itself, each trial of a cell takes a sequence of its own. Both score answers alike, by teacher
/// forcing with logits of the answers only, so the ratio says what the shared sequences save and
/// nothing else. Values of the weights do not matter for the time; they are random.
public struct NeedleBenchmark {
  /// What was measured.
  public struct Result: Sendable, Equatable {
    /// Cells of the heatmap.
    public let cells: Int
    /// Trials of all cells together.
    public let trials: Int
    /// Time of the heatmap, in seconds.
    public let seconds: Double
    /// Time of the same cells and trials, each in a sequence of its own, in seconds.
    public let secondsFromScratch: Double
  }

  /// The default heatmap: 6 lengths to 6,144 tokens, 10 depths, 4 trials.
  public static let standard = RecallGrid(
    lengths: [256, 512, 1_024, 2_048, 4_096, 6_144], depths: 10, trials: 4, seed: 1)

  /// Measures both, one after the other.
  ///
  /// - Parameters:
  ///   - grid: lengths, depths and trials of the heatmap.
  ///   - pool: threads for the work.
  /// - Returns: the times.
  /// - Throws: `UserError` when the needles do not fit into a length.
  public static func run(_ grid: RecallGrid = standard, pool: ThreadPool) throws -> Result {
    let tokenizer = try Tokenizers.catalog.make("world")
    let model = Transformer(
      shape: LlamaShape(
        vocabulary: tokenizer.vocabularySize, width: 128, layers: 3, heads: 2, feedForward: 352),
      pool: pool)
    model.initialize(seed: 1)
    let subject = EvaluationSubject(
      model: model, tokenizer: tokenizer, trainedContext: model.shape.trainedContext
    ) { _, _ in throw UserError("needle", "the benchmark has no held-out rows") }
    let evaluation = try NeedleEvaluation(subject)
    func measure(_ task: any RecallTask) throws -> (seconds: Double, trials: [Int]) {
      var trials: [Int] = []
      let start = ContinuousClock.now
      try evaluation.run(task) { trials += $0.cells.map(\.trials) }
      return (start.duration(to: .now) / .seconds(1), trials)
    }
    let shared = try measure(KeyedNeedles(grid: grid))
    let alone = try measure(SingleNeedle(grid: grid))
    precondition(shared.trials == alone.trials, "both answer the same number of questions")
    return Result(
      cells: shared.trials.count, trials: shared.trials.reduce(0, +), seconds: shared.seconds,
      secondsFromScratch: alone.seconds)
  }
}
