import Support

/// One stage of a recipe.
public struct Stage: Sendable, Equatable {
  /// What the stage does.
  public enum Work: Sendable, Equatable {
    case train(TrainingStage)
    case merge(Merge)
  }

  /// Name, unique in the recipe.
  public let name: String
  /// Training or averaging.
  public let work: Work
  /// Key path, such as `stages.0`.
  public let path: String
  /// Line in the file.
  public let line: Int

  /// Equal when they say the same; where they stand in the file does not count.
  public static func == (first: Stage, second: Stage) -> Bool {
    first.name == second.name && first.work == second.work
  }

  /// The training, when the stage trains.
  public var training: TrainingStage? {
    if case .train(let training) = work { training } else { nil }
  }

  /// The name of the weights that a run starts from, among those of its stages.
  public static let base = "base"

  /// Weights that the stage asks for by name, with their key paths: those it merges with, those whose
  /// scores it compares.
  ///
  /// A longer model is compared with the base unless the stage names a shorter one.
  public func askedWeights(_ vocabulary: RecipeVocabulary) -> [(
    name: String, key: String, line: Int
  )] {
    if let merge { return [(merge.with, "\(path).with", line)] }
    guard let select = training?.select else { return [] }
    var named = select.paths(.select, vocabulary)
    if select.settings.text("longer") != nil, select.settings.text("shorter") == nil {
      named.append((Self.base, "\(select.path).shorter"))
    }
    return named.map { ($0.path, $0.key, select.line) }
  }

  /// The merge, when the stage averages weights.
  public var merge: Merge? {
    if case .merge(let merge) = work { merge } else { nil }
  }

  /// Averaging with other weights: (1 - weight) * own + weight * other.
  public struct Merge: Sendable, Equatable {
    /// `base`, the name of an earlier stage, or a checkpoint's path as written.
    public let with: String
    /// Share of the other weights, 0 to 1.
    public let weight: Double
  }
}

/// A stage that trains.
public struct TrainingStage: Sendable, Equatable {
  /// A source of the mix with its share.
  public struct Share: Sendable, Equatable {
    /// Name of a defined or built-in source.
    public let source: String
    /// The weight as written.
    public let weight: Double
    /// Share of the tokens; all shares add up to 1.
    public let share: Double
    /// Line in the file; 0 when it was edited.
    public let line: Int

    /// Equal when they say the same; where they stand in the file does not count.
    public static func == (first: Share, second: Share) -> Bool {
      (first.source, first.weight, first.share) == (second.source, second.weight, second.share)
    }
  }

  /// How losses are weighted.
  public struct Loss: Sendable, Equatable {
    /// What the mean is taken over: `tokens`, `rows` or `fixed`.
    public let average: String
    /// What the sum is divided by when it is `fixed`; nil for the tokens of a step.
    public let count: Int?
    /// True when answers alone are learnt.
    public let isOnAnswersOnly: Bool
    /// Weight of answer tokens.
    public let answerWeight: Double
  }

  /// Ordinary short rows between the long ones.
  public struct Replay: Sendable, Equatable {
    /// Share of the steps, 0 to 1.
    public let share: Double
    /// Row length in tokens; nil for the base's trained context.
    public let sequence: Int?
  }

  /// Ending a stage when a skill has been learnt.
  public struct Advance: Sendable, Equatable {
    /// The loss that is watched.
    public enum Measure: String, Sendable {
      case answer
      case recall
      case loss
    }

    /// The loss that is watched.
    public let measure: Measure
    /// Threshold in nats.
    public let below: Double
    /// Share of the old value in the exponential average.
    public let average: Double
    /// Fewest steps.
    public let minimumSteps: Int
    /// Most steps.
    public let maximumSteps: Int
    /// True when reaching the most steps is a failure of the run.
    public let failsAtLimit: Bool
  }

  /// A window of attention that grows with the steps.
  public struct Window: Sendable, Equatable {
    /// Tokens at the first step.
    public let start: Int
    /// Tokens more at each step.
    public let growth: Double
    /// Tokens at most.
    public let end: Int
  }

  /// Optimizer steps; for `advance` the most that may be.
  public let steps: Int
  /// Tokens of one step, as asked; the step has `rows * sequence`.
  public let tokensPerStep: Int
  /// Row length in tokens.
  public let sequence: Int
  /// Sources with their shares, in the order written.
  public let mix: [Share]
  /// How documents fill rows.
  public let pack: Component
  /// Frequency transform.
  public let rope: Component
  /// Index transform.
  public let positions: Component
  /// Document selection.
  public let select: Component
  /// Which parameters are trained.
  public let train: Component
  /// Optimizer and, unless `schedule` is set, its schedule.
  public let optimizer: Component
  /// True when the optimizer's moments begin anew with the stage.
  public let resetsMoments: Bool
  /// Learning-rate schedule, when the vocabulary has schedules as kinds of their own.
  public let schedule: Component?
  /// How losses are weighted.
  public let loss: Loss
  /// Short rows in between; nil for none.
  public let replay: Replay?
  /// Growing window of attention; nil for the whole row from the start.
  public let window: Window?
  /// Early end; nil for a fixed number of steps.
  public let advance: Advance?

  /// Rows of one optimizer step.
  public var rows: Int { max(1, tokensPerStep / sequence) }
}
