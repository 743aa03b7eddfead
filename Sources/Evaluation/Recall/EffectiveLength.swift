public import Support

/// The longest context that a model uses about as well as a short one.
///
/// The base is the accuracy over all lengths up to half of the trained context, or at the shortest
/// length when there is none. A length holds when its accuracy and that of every shorter length is at
/// least 0.85 of the base. Where the base is below 0.9 the task has not been learnt and the effective
/// length is 0: a grid of misses says nothing of the context then.
///
/// - SeeAlso: NoLiMa (arXiv:2502.05167), section 4, for the base and the ratio of 0.85.
public struct EffectiveLength: Sendable, Equatable {
  /// Share of the base that a length must keep.
  public static let ratio = 0.85
  /// The base below which the task counts as not learnt.
  public static let leastBase = 0.9

  /// The accuracy at short lengths.
  public let base: Proportion
  /// By the measured accuracy, in tokens.
  public let tokens: Int
  /// By the lower ends of the intervals, in tokens: what is safe to say.
  public let low: Int
  /// By the upper ends of the intervals, in tokens: what is not ruled out.
  public let high: Int

  /// The effective length of columns.
  ///
  /// - Parameters:
  ///   - columns: any lengths; nothing is known of a model when there are none.
  ///   - trainedContext: of the model before it was extended, in tokens.
  public init(_ columns: [RecallColumn], trainedContext: Int) {
    self.init(columns.map { ($0.length, $0.accuracy) }, trainedContext: trainedContext)
  }

  /// The effective length of accuracies by length in tokens.
  public init(_ accuracies: [(length: Int, share: Proportion)], trainedContext: Int) {
    let sorted = accuracies.sorted { $0.length < $1.length }
    let short = sorted.filter { $0.length <= trainedContext / 2 }
    let basis = short.isEmpty ? Array(sorted.prefix(1)) : short
    let base = Proportion(
      basis.reduce(0) { $0 + $1.share.correct }, of: basis.reduce(0) { $0 + $1.share.trials })
    self.base = base
    func reach(_ value: (Proportion) -> Double) -> Int {
      guard base.score >= Self.leastBase else { return 0 }
      let held = sorted.prefix { value($0.share) >= Self.ratio * base.score }
      return held.last?.length ?? 0
    }
    tokens = reach(\.score)
    low = reach(\.low)
    high = reach(\.high)
  }

  /// Reports base and effective length.
  func report(task: String, samples: Int, to monitor: EvaluationMonitor) {
    monitor.report(
      "\(task).base", task: task, "base accuracy", base.score, base.low, base.high,
      samples: base.trials)
    monitor.report(
      "\(task).effective", task: task, "effective length, tokens", Double(tokens), Double(low),
      Double(high), samples: samples)
  }
}
