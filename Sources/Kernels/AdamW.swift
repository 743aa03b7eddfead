import CKernels

/// AdamW (arXiv:1711.05101, algorithm 2) on flat buffers.
public enum AdamW {
  /// Settings of one update.
  public struct Settings: Sendable, Equatable {
    /// Learning rate of this step.
    public var rate: Float
    /// Decay of the first moment.
    public var beta1: Float
    /// Decay of the second moment.
    public var beta2: Float
    /// Added to the root of the second moment.
    public var epsilon: Float
    /// Decoupled weight decay; a step multiplies parameters by 1 - rate * decay.
    public var decay: Float

    /// Settings of one update.
    ///
    /// - Parameters:
    ///   - rate: learning rate of this step.
    ///   - beta1: decay of the first moment.
    ///   - beta2: decay of the second moment.
    ///   - epsilon: added to the root of the second moment.
    ///   - decay: decoupled weight decay.
    public init(
      rate: Float, beta1: Float = 0.9, beta2: Float = 0.95, epsilon: Float = 1e-8, decay: Float = 0
    ) {
      self.rate = rate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.decay = decay
    }
  }

  /// One update of a range of parameters.
  ///
  /// To decay only some parameters call it once per range, with `decay` 0 for norms. Each element is
  /// on its own: the same bits for any number of threads.
  ///
  /// - Parameters:
  ///   - parameters: shape [count].
  ///   - gradients: shape [count].
  ///   - m: first moment, shape [count].
  ///   - v: second moment, shape [count].
  ///   - count: parameters.
  ///   - step: number of this update, from 1; sets the correction of the moments' bias.
  ///   - gradientScale: factor on every gradient, for clipping by the global norm.
  ///   - settings: rates of this step.
  ///   - pool: threads.
  public static func update(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, count: Int, step: Int,
    gradientScale: Float, settings: Settings, pool: ThreadPool
  ) {
    precondition(step >= 1, "AdamW steps count from 1, found \(step)")
    let block = 16384
    var arguments = ck_adamw(
      parameters: parameters, gradients: gradients, m: m, v: v, count: count, block_count: block,
      rate: settings.rate, beta1: settings.beta1, beta2: settings.beta2,
      epsilon: settings.epsilon, decay: settings.decay,
      correction1: oneMinusPower(settings.beta1, step),
      correction2: oneMinusPower(settings.beta2, step), gradient_scale: gradientScale)
    pool.run(blockCount(count, block), pool.table.pointee.adamw, &arguments)
  }

  /// 1 - base^exponent in double, by squaring.
  private static func oneMinusPower(_ base: Float, _ exponent: Int) -> Float {
    var power = 1.0
    var factor = Double(base)
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { power *= factor }
      factor *= factor
      rest >>= 1
    }
    return Float(1 - power)
  }
}
