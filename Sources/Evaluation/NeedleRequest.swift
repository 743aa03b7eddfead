public import Corpora
public import Support

/// What a needle evaluation shall measure.
public struct NeedleRequest: Sendable, Equatable {
  /// How needles share a sequence.
  public enum Task: String, Sendable, CaseIterable {
    /// Many needles in one sequence, shuffled questions at the end: the key must be used.
    case keyed
    /// One needle in a sequence: a model that copies the only number in the text passes.
    case single
  }

  /// Many needles or one.
  public var task: Task
  /// Context lengths in tokens, answers included (RULER's accounting).
  public var lengths: [Int]
  /// Number of depths, spread evenly from 0 (start) to 1 (end); one depth is the middle.
  public var depths: Int
  /// Trials of each cell.
  public var trials: Int
  /// Seed of facts, haystacks and the order of questions.
  public var seed: UInt64

  /// A request of these values.
  public init(task: Task = .keyed, lengths: [Int], depths: Int, trials: Int, seed: UInt64) {
    self.task = task
    self.lengths = lengths
    self.depths = depths
    self.trials = trials
    self.seed = seed
  }

  /// The depths of the rows, 0 to 1.
  public var depthFractions: [Double] {
    depths == 1 ? [0.5] : (0..<depths).map { Double($0) / Double(depths - 1) }
  }

  /// Sequences that one trial of each cell takes, by length.
  ///
  /// - Parameter tokenizer: the model's.
  /// - Returns: a number of sequences for each length.
  /// - Throws: `UserError` when the needles do not fit into a length, or the tokenizer has none.
  public func rowsOfTrial(tokenizer: any Tokenizer) throws -> [Int: Int] {
    let builder = try NeedleBuilder(tokenizer: tokenizer)
    var rows: [Int: Int] = [:]
    for length in lengths where rows[length] == nil {
      let groups = NeedleEvaluation.groups(self, length: length, builder)
      // Whether they fit is known when one is built; all trials have the same sizes.
      if let depths = groups.first {
        var random = RandomStream(seed: seed, name: "needle/fit")
        _ = try builder.sequence(length: length, depths: depths, random: &random)
      }
      rows[length] = groups.count
    }
    return rows
  }

  /// What a recipe's `evaluate:` item of kind `needle` may say.
  public static let kind = KindDescription(
    "needle",
    "Needles hidden at many depths and lengths; teacher-forced greedy exact match of the answer.",
    source: "Kamradt 2023; teacher forcing as in EasyContext",
    settings: [
      Setting(
        "every", .integer(0...1_000_000_000), default: .integer(0),
        help: "Steps between evaluations; 0 evaluates at the end only.", applies: .nextStep),
      Setting(
        "task", .choice(Task.allCases.map(\.rawValue)), default: .text(Task.keyed.rawValue),
        help: "keyed: many needles a sequence, the key must be used; single: one needle.",
        applies: .nextStep),
      Setting(
        "lengths", .sizes(32...(1 << 24)), default: .integers([256, 512, 1024, 2048, 4096]),
        help: "Context lengths in tokens, answers included.", applies: .nextStep),
      Setting(
        "depths", .integer(1...100), default: .integer(10),
        help: "Number of depths from the start to the end of the text.", applies: .nextStep),
      Setting(
        "trials", .integer(1...100_000), default: .integer(4),
        help: "Trials of each cell while training.", applies: .nextStep),
      Setting(
        "final_trials", .integer(1...100_000), default: nil,
        help: "Trials of each cell at the end of the run; `trials` when absent."),
      Setting(
        "seed", .integer(0...Int.max), default: .integer(1),
        help: "Seed of the evaluation; equal for all runs that are compared."),
    ])
}
