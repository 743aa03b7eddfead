public import Corpora
import Kernels
public import Models
import Support
public import Tensors

/// A model in training: it feeds batches, and changes the parameters once a step.
///
/// - Note: one caller at a time.
public final class Trainer: @unchecked Sendable {
  // Sendable: it may move between threads; the caller sees to it that one uses it at a time.

  /// The model.
  public let transformer: Transformer
  /// The rule of the current stage; moments and step number stay when it is exchanged.
  public var optimizer: any Optimizer
  /// First moments, laid out as the parameters.
  public let firstMoments: ParameterSet
  /// Second moments, laid out as the parameters.
  public let secondMoments: ParameterSet
  /// Updates that the moments have seen.
  public private(set) var updates = 0

  /// A trainer with fresh moments.
  public init(_ transformer: Transformer, optimizer: any Optimizer) {
    self.transformer = transformer
    self.optimizer = optimizer
    firstMoments = ParameterSet(layout: transformer.parameters.layout)
    secondMoments = ParameterSet(layout: transformer.parameters.layout)
  }

  /// One optimizer step over some micro-batches.
  ///
  /// The minimised loss is averaged over all micro-batches together, so that cutting a step into
  /// micro-batches changes only the order of sums. Where the loss or the gradient is not finite, or
  /// nothing is a target, parameters and moments stay as they are and the outcome says so.
  ///
  /// - Parameters:
  ///   - microBatches: at least one batch.
  ///   - learningRate: rate of this step, see `Optimizer.rate(step:total:)`.
  ///   - loss: weights and averaging.
  /// - Returns: what the step saw and did.
  public func step(
    _ microBatches: [Batch], learningRate: Double, loss: LossSettings = LossSettings()
  ) -> StepOutcome {
    transformer.zeroGradients()
    var tally = LossTally()
    let weights = loss.weights(microBatches)
    for (batch, weights) in zip(microBatches, weights) {
      let losses = transformer.lossAndGradients(
        ModelInput(batch), targets: batch.targets, weights: weights)
      tally.add(batch, losses: losses)
    }
    var outcome = tally.outcome
    // Targets may be there and none of them to be learnt.
    if !weights.contains(where: { $0.contains { $0 > 0 } }) { outcome.validTokens = 0 }
    let norm = gradientNorm()
    outcome.gradientNorm = norm
    guard outcome.validTokens > 0, outcome.loss.isFinite, norm.isFinite else {
      outcome.skipped = true
      return outcome
    }
    updates += 1
    let clip = optimizer.clip
    let scale = clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1
    optimizer.update(
      transformer.parameters, gradients: transformer.gradients, first: firstMoments,
      second: secondMoments, step: updates, rate: learningRate, gradientScale: Float(scale),
      pool: transformer.pool)
    return outcome
  }

  /// Forgets the moments, as a new stage may ask.
  public func resetMoments() {
    firstMoments.values.zero()
    secondMoments.values.zero()
    updates = 0
  }

  /// Takes over a saved state, bit by bit.
  ///
  /// - Parameters:
  ///   - parameters: of this model's layout.
  ///   - moments: first and second moments in the same layout; nil starts them fresh.
  ///   - updates: updates that the moments have seen.
  /// - Throws: `UserError` when a layout is not the model's.
  public func restore(
    parameters: ParameterSet, moments: (first: AlignedFloats, second: AlignedFloats)?, updates: Int
  ) throws {
    guard parameters.layout == transformer.parameters.layout else {
      throw UserError(
        "checkpoint",
        "\(parameters.layout.count) floats in \(parameters.layout.entries.count) tensors found,"
          + " \(transformer.parameters.layout.count) in"
          + " \(transformer.parameters.layout.entries.count) expected, or other names or shapes",
        remedy: "Use the recipe it was saved with.")
    }
    transformer.parameters.values.copy(from: parameters.values)
    resetMoments()
    guard let moments else { return }
    firstMoments.values.copy(from: moments.first)
    secondMoments.values.copy(from: moments.second)
    self.updates = updates
  }
}

extension ModelInput {
  /// The model's part of a batch.
  public init(_ batch: Batch) {
    self.init(
      rows: batch.rows, length: batch.length, tokens: batch.tokens, positions: batch.positions,
      documentStarts: batch.documentStarts)
  }
}

extension Trainer {
  /// Global norm of the gradients, summed in Double in a fixed order.
  private func gradientNorm() -> Double {
    let gradients = transformer.gradients.values
    return Flat.squaredSum(
      UnsafePointer(gradients.pointer), count: gradients.count, pool: transformer.pool
    ).squareRoot()
  }
}
