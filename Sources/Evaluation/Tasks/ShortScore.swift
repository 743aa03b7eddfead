public import Support

/// What a model can do inside its first context: the price of an extension shows here (ShortScore).
public struct ShortScore: EvaluationTask {
  /// `short`.
  public static let kind = KindDescription(
    "short",
    "Short-context score: held-out loss at the trained context, and RetAvg over half of it and all "
      + "of it.",
    settings: [
      EvaluationSettings.every,
      Setting(
        "context", .size(128...(1 << 24)), default: nil,
        help: "The context in tokens; the one that the model was trained at when absent."),
      Setting(
        "tokens", .size(16...(1 << 40)), default: .integer(32_768),
        help: "Tokens of the rows whose loss is measured, padding included."),
      Setting(
        "trials", .integer(1...100_000), default: .integer(10),
        help: "Trials of each cell of the recall tasks, at five depths."),
      EvaluationSettings.seed,
    ])

  private let context: Int?
  private let loss: HeldOutRows
  private let grid: RecallGrid

  /// Takes context, sizes and seed.
  public init(_ values: SettingsValues) throws {
    context = values.integer("context")
    loss = try HeldOutRows(values)
    grid = RecallGrid(
      lengths: [], depths: 5, trials: values.integer("trials") ?? 10,
      seed: UInt64(values.integer("seed") ?? 1))
  }

  private func average(_ context: Int) -> RetrievalAverage {
    var grid = grid
    // Below 128 tokens the eight facts and the question of the harder tasks do not fit.
    grid.lengths = context >= 256 ? [context / 2, context] : [context]
    return RetrievalAverage(grid: grid)
  }

  /// The rows of the loss and the sequences of RetAvg.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    let context = context ?? subject.trainedContext
    return try loss.passes(of: subject, sequence: context) + average(context).passes(of: subject)
  }

  /// Loss and RetAvg, as `short.loss` and `short.retavg`.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    let context = context ?? subject.trainedContext
    guard let mean = try loss.measure(subject, monitor, sequence: context)?.total else { return }
    monitor.report(
      "short.loss", task: Self.kind.name, "loss at \(context), nats", mean.mean, mean.low,
      mean.high, samples: mean.targets)
    let columns = try average(context).columns(subject, monitor)
    guard !columns.isEmpty, !monitor.isCancelled() else { return }
    let share = MeanProportion(columns.flatMap(\.shares))
    monitor.report(
      "short.retavg", task: Self.kind.name, "RetAvg up to \(context)", share.score, share.low,
      share.high, samples: share.trials)
  }
}
