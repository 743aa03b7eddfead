import Support

/// Lengths, depths and trials of a recall task.
public struct RecallGrid: Sendable, Equatable {
  /// Context lengths in tokens, answers included (RULER's accounting).
  public var lengths: [Int]
  /// Number of depths, spread evenly from 0 (start) to 1 (end); one depth is the middle.
  public var depths: Int
  /// Sequences of each cell.
  public var trials: Int
  /// Seed of facts, haystacks and the order of questions.
  public var seed: UInt64
  /// Change of positions at inference.
  public var remap: RemapChoice

  /// A grid of these values.
  public init(
    lengths: [Int], depths: Int, trials: Int, seed: UInt64, remap: RemapChoice = RemapChoice()
  ) {
    self.remap = remap
    self.lengths = lengths
    self.depths = depths
    self.trials = trials
    self.seed = seed
  }

  /// The depths of the rows, 0 to 1.
  public var depthFractions: [Double] {
    depths == 1 ? [0.5] : (0..<depths).map { Double($0) / Double(depths - 1) }
  }

  /// A grid from checked settings.
  init(_ values: SettingsValues) throws {
    self.init(
      lengths: values.integers("lengths") ?? [], depths: values.integer("depths") ?? 10,
      trials: values.integer("trials") ?? 4, seed: UInt64(values.integer("seed") ?? 1),
      remap: try RemapChoice(values))
  }

  /// What a recipe may say of a grid.
  static let settings =
    [
      EvaluationSettings.every,
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
      EvaluationSettings.seed,
    ] + RemapChoice.settings
}
