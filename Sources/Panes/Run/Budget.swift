import Records

/// What lies along an axis of charts, and what runs are compared at.
public enum Budget: String, CaseIterable, Sendable {
  /// Tokens trained on.
  case tokens
  /// Floating point operations of the training.
  case flops
  /// Optimizer steps.
  case steps
  /// Training time in seconds.
  case time
  /// Each run at its own end.
  case end

  /// The ones that a chart can have along x.
  public static let axes: [Budget] = [.steps, .tokens, .time]

  /// Its name on axes and in sentences.
  public var title: String {
    switch self {
    case .tokens: "tokens"
    case .flops: "FLOP"
    case .steps: "steps"
    case .time: "time, s"
    case .end: "end"
    }
  }
}

extension RunHistory {
  /// Floating point operations per token of training; nil when the run did not tell.
  ///
  /// Taken as even over the run: stages with longer rows cost somewhat more per token than the rest.
  public var flopsPerToken: Double? {
    if let done, done.flops > 0, done.tokens > 0 { return done.flops / Double(done.tokens) }
    guard let plan, plan.flops > 0, plan.tokens > 0 else { return nil }
    return plan.flops / Double(plan.tokens)
  }

  /// What has been spent at the point of an index of `loss`; nil where that is unknown.
  public func spent(_ budget: Budget, at index: Int) -> Double? {
    guard loss.raw.positions.indices.contains(index) else { return nil }
    switch budget {
    case .steps, .end: return loss.raw.positions[index]
    case .tokens: return tokens.values[index]
    case .time: return seconds.values[index]
    case .flops: return flopsPerToken.map { $0 * tokens.values[index] }
    }
  }

  /// What has been spent in all; nil without a step.
  public func spent(_ budget: Budget) -> Double? { spent(budget, at: loss.raw.count - 1) }

  /// Index of the last point of `loss` at which no more than `limit` was spent; nil when there is
  /// none.
  public func index(spending limit: Double, of budget: Budget) -> Int? {
    var low = 0
    var high = loss.raw.count
    while low < high {
      let middle = (low + high) / 2
      // A hair more than the limit is the limit, rounded on its way.
      if let here = spent(budget, at: middle), here <= limit * (1 + 1e-12) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > 0 ? low - 1 : nil
  }

  /// The step at which `amount` is reached: that of the first point that spent as much, beyond the
  /// last one a step more.
  public func step(reaching amount: Double, of budget: Budget) -> Double {
    guard budget != .steps, budget != .end else { return amount }
    let positions = loss.raw.positions
    var low = 0
    var high = positions.count
    while low < high {
      let middle = (low + high) / 2
      if let here = spent(budget, at: middle), here < amount {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < positions.count ? positions[low] : (positions.last ?? 0) + 1
  }

  /// What has been spent when a step is done; nil when the run has no point there.
  public func amount(_ budget: Budget, atStep step: Double) -> Double? {
    guard budget != .steps, budget != .end else { return step }
    let count = loss.raw.count
    guard count > 0 else { return nil }
    return spent(budget, at: min(loss.raw.lowerBound(step), count - 1))
  }
}
