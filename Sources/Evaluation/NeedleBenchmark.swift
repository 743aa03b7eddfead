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
  public static let standard = NeedleRequest(
    lengths: [256, 512, 1_024, 2_048, 4_096, 6_144], depths: 10, trials: 4, seed: 1)

  /// Measures both, one after the other.
  ///
  /// - Parameters:
  ///   - request: the heatmap.
  ///   - pool: threads for the work.
  /// - Returns: the times.
  /// - Throws: `UserError` when the needles do not fit into a length.
  public static func run(_ request: NeedleRequest = standard, pool: ThreadPool) throws -> Result {
    let tokenizer = try Tokenizers.catalog.make("world")
    let model = Transformer(
      shape: LlamaShape(
        vocabulary: tokenizer.vocabularySize, width: 128, layers: 3, heads: 2, feedForward: 352),
      pool: pool)
    model.initialize(seed: 1)
    let evaluation = try NeedleEvaluation(model, tokenizer: tokenizer)
    var trials: [NeedleRequest.Task: [Int]] = [:]
    func seconds(_ task: NeedleRequest.Task) throws -> Double {
      var request = request
      request.task = task
      let start = ContinuousClock.now
      try evaluation.run(request) { trials[task, default: []].append($0.trials) }
      return start.duration(to: .now) / .seconds(1)
    }
    let shared = try seconds(.keyed)
    let alone = try seconds(.single)
    precondition(trials[.keyed] == trials[.single], "both answer the same number of questions")
    return Result(
      cells: trials[.keyed]?.count ?? 0, trials: trials[.keyed]?.reduce(0, +) ?? 0,
      seconds: shared, secondsFromScratch: alone)
  }
}
