public import Kernels
import Models
import Recipes
import Training

/// How fast this machine trains a recipe's model, told by a step of one of its layers.
///
/// - Note: right within a factor of about 1.5: embedding, output and evaluations are taken to be as fast.
public struct TrainingSpeed: Sendable, Equatable {
  /// Weights of the largest layer that is tried: more would take seconds.
  private static let mostWeights = 20_000_000

  private let layer: StepBenchmark.Configuration
  private let precision: MatmulPrecision

  /// The layer of a recipe's model; nil for one that would take too long.
  public init?(_ run: PreparedRun) {
    let longest = run.recipe.stages.compactMap(\.training?.sequence).max() ?? 0
    layer = .layer(of: run.description.shape, length: max(16, longest))
    precision = run.transformer.precision
    guard layer.shape.parameterCount < Self.mostWeights else { return nil }
  }

  /// Measures it, in less than a second as a rule.
  ///
  /// - Parameter pool: the threads that will train.
  /// - Returns: operations a second, in 10^9.
  /// - Throws: `UserError` when a setting is refused.
  public func measure(_ pool: ThreadPool) throws -> Double {
    try StepBenchmark(layer, precision: precision, seconds: 0.2).run(pool: pool, peakGFLOPS: 1)
      .gflops
  }
}
