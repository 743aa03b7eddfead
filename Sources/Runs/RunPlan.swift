// What a run will take, told before it starts. Memory is counted from what the program allocates, not from
// a rule of thumb; see RunMemory.

import Corpora
public import Models
public import Records
import Recipes
import RunStore
import Support
import Training

/// The forecast of one stage.
public struct StagePlan: Sendable, Equatable {
  /// The stage's name.
  public let name: String
  /// Optimizer steps; the most there may be when a skill ends the stage.
  public let steps: Int
  /// Rows of a step.
  public let rows: Int
  /// Tokens of a row.
  public let sequence: Int
  /// Tokens trained on.
  public let tokens: Int
  /// Weights that are trained.
  public let trained: Int
  /// Floating point operations of the training.
  public let flops: Double
}

/// The forecast of a run.
public struct RunPlan: Sendable, Equatable {
  /// Stages in order.
  public let stages: [StagePlan]
  /// Weights of the model.
  public let parameters: Int
  /// Peak of resident memory, in bytes.
  public let peakBytes: Int
  /// What the backward pass computes again.
  public let recomputation: Recomputation
  /// Bytes that the run folder will take.
  public let diskBytes: Int
  /// Floating point operations of all evaluations.
  public let evaluationFlops: Double

  /// Tokens of all stages.
  public var tokens: Int { stages.reduce(0) { $0 + $1.tokens } }
  /// Floating point operations of all stages.
  public var flops: Double { stages.reduce(0) { $0 + $1.flops } }

  /// The plan as a record, with what is done in place of what was planned: a stage that a skill ended
  /// early no longer counts with the most it might have taken.
  ///
  /// - Parameters:
  ///   - gflops: speed measured so far; nil leaves the seconds out.
  ///   - progress: where the run stands; nil before it begins.
  /// - Returns: the record.
  public func record(gflops: Double?, at progress: RunProgress? = nil) -> PlanRecord {
    let current = progress?.stage ?? 0
    var tokens = progress?.tokens ?? 0
    var rest = 0.0
    for (number, stage) in stages.enumerated() where number >= current {
      let done = number == current ? progress?.stageStep ?? 0 : 0
      let share = stage.steps > 0 ? Double(stage.steps - done) / Double(stage.steps) : 0
      tokens += Int((share * Double(stage.tokens)).rounded())
      rest += share * stage.flops
    }
    let flops = (progress?.flops ?? 0) + rest
    return PlanRecord(
      stages: stages.count, tokens: tokens, flops: flops, peakBytes: peakBytes,
      diskBytes: diskBytes, seconds: gflops.map { (flops + evaluationFlops) / ($0 * 1e9) },
      recompute: recomputation.rawValue, parameters: parameters,
      trained: stages.map(\.trained).max() ?? 0)
  }

  /// The forecast of a prepared run.
  public init(_ run: PreparedRun) {
    let shape = run.description.shape
    stages = run.stages.map { stage in
      guard let training = stage.training else {
        return StagePlan(
          name: stage.settings.name, steps: 0, rows: 0, sequence: 0, tokens: 0, trained: 0,
          flops: 0)
      }
      return StagePlan(stage.settings.name, training, shape)
    }
    parameters = shape.parameterCount
    recomputation = run.transformer.recomputation
    peakBytes = run.memory(recomputation).peak
    let works = run.stages.compactMap(\.training)
    let plain = shape.checkpointBytes(nil, moments: false)
    let largest = works.map { shape.checkpointBytes($0.adapters, moments: true) }.max() ?? 0
    let kept =
      Set(run.recipe.stages.flatMap { run.recipe.neededWeights(of: $0, .needlepoint) }).count
      + works.count { $0.adapters?.isPacked == true }
    diskBytes =
      (run.recipe.checkpoints.keep + 1) * max(largest, plain) + kept * plain + (1 << 20)
    let steps = run.stages.reduce(0) { $0 + ($1.training?.settings.steps ?? 0) }
    evaluationFlops = run.evaluations.reduce(0) {
      $0 + $1.flops(shape, steps: steps, hasBase: run.recipe.base != nil)
    }
  }
}

extension StagePlan {
  /// The forecast of a training stage.
  init(_ name: String, _ training: TrainingWork, _ shape: LlamaShape) {
    let settings = training.settings
    var main = settings.steps
    var replayTokens = 0
    var replayFlops = 0.0
    if let replay = training.replay {
      let replayed = (0..<settings.steps).count { training.replays(step: $0) }
      main -= replayed
      replayTokens = replayed * replay.rows * replay.sequence
      replayFlops =
        Double(replayed)
        * FlopCount.trainingStep(
          shape, rows: replay.rows, length: replay.sequence, adapters: training.adapters)
    }
    self.init(
      name: name, steps: settings.steps, rows: settings.rows, sequence: settings.sequence,
      tokens: main * settings.rows * settings.sequence + replayTokens,
      trained: training.adapters.map(shape.adapterCount) ?? shape.parameterCount,
      flops: Double(main)
        * FlopCount.trainingStep(
          shape, rows: settings.rows, length: settings.sequence, adapters: training.adapters,
          window: training.window?.meanSize(steps: settings.steps)) + replayFlops)
  }
}
