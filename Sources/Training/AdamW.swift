public import Kernels
public import Support
public import Tensors

/// Adam with decoupled weight decay on the matrices.
///
/// Every tensor of two axes decays, the embedding too; norms and biases do not.
///
/// - SeeAlso: Loshchilov and Hutter, arXiv:1711.05101, algorithm 2.
public struct AdamW: Optimizer {
  /// Name and settings.
  public static let kind = KindDescription(
    "adamw", "Adam with decoupled weight decay on matrices.",
    source: "Loshchilov and Hutter, arXiv:1711.05101, algorithm 2",
    settings: [
      Setting(
        "rate", .real(0...10), default: .real(1e-3), help: "Peak learning rate.",
        applies: .nextStep),
      Setting(
        "beta1", .real(0...0.9999999), default: .real(0.9), help: "Decay of the first moment.",
        applies: .nextStep),
      Setting(
        "beta2", .real(0...0.9999999), default: .real(0.98), help: "Decay of the second moment.",
        applies: .nextStep),
      Setting(
        "epsilon", .real(1e-16...1), default: .real(1e-8),
        help: "Added to the root of the second moment.", applies: .nextStep),
      Setting(
        "weight_decay", .real(0...10), default: .real(0.1),
        help: "Share of a matrix that is taken off, per unit of learning rate.",
        applies: .nextStep),
      Setting(
        "clip", .real(0...1e9), default: .real(1),
        help: "Largest global norm of the gradient; 0 never shortens it.",
        source: "Pascanu et al., arXiv:1211.5063, section 3.2", applies: .nextStep),
      Setting(
        "schedule", .choice(schedules.descriptions.map(\.name)), default: .text("constant"),
        help: "How the rate moves over the stage.", applies: .nextStep),
      .warmup, .finalFraction,
    ])

  /// Peak learning rate.
  public let rate: Double
  /// Decay of the first moment.
  public let beta1: Double
  /// Decay of the second moment.
  public let beta2: Double
  /// Added to the root of the second moment.
  public let epsilon: Double
  /// Share of a matrix taken off per unit of learning rate.
  public let weightDecay: Double
  /// Largest global norm of the gradient; 0 never shortens.
  public let clip: Double
  /// How the rate moves.
  public let schedule: any Schedule

  /// Builds it from checked settings.
  ///
  /// - Throws: `UserError` when the schedule is unknown or refuses its settings.
  public init(_ values: SettingsValues) throws {
    rate = values.real("rate") ?? 1e-3
    beta1 = values.real("beta1") ?? 0.9
    beta2 = values.real("beta2") ?? 0.98
    epsilon = values.real("epsilon") ?? 1e-8
    weightDecay = values.real("weight_decay") ?? 0.1
    clip = values.real("clip") ?? 1
    schedule = try schedules.make(
      values.text("schedule") ?? "constant",
      values.values.filter { ["warmup", "final"].contains($0.key) })
  }

  /// Changes parameters and moments by one step.
  public func update(
    _ parameters: ParameterSet, gradients: ParameterSet, first: ParameterSet,
    second: ParameterSet, step: Int, rate: Double, gradientScale: Float, pool: ThreadPool
  ) {
    for range in ranges(parameters.layout) {
      Kernels.AdamW.update(
        parameters: parameters.values.pointer + range.start,
        gradients: UnsafePointer(gradients.values.pointer + range.start),
        m: first.values.pointer + range.start, v: second.values.pointer + range.start,
        count: range.end - range.start, step: step, gradientScale: gradientScale,
        settings: Kernels.AdamW.Settings(
          rate: Float(rate), beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
          decay: range.decays ? Float(weightDecay) : 0),
        pool: pool)
    }
  }

  /// Neighbouring tensors that decay alike, as one range of floats; padding is zero and stays so.
  private func ranges(_ layout: TensorLayout) -> [(start: Int, end: Int, decays: Bool)] {
    var result: [(start: Int, end: Int, decays: Bool)] = []
    for entry in layout.entries {
      let decays = entry.shape.count > 1
      let end = entry.offset + entry.count
      if let last = result.last, last.decays == decays {
        result[result.count - 1].end = end
      } else {
        result.append((entry.offset, end, decays))
      }
    }
    return result
  }
}
