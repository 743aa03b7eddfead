public import Support

/// Mean loss on text that training never sees.
public struct HeldOutLoss: EvaluationTask {
  /// `loss`.
  public static let kind = KindDescription(
    "loss",
    "Loss on held-out rows of the last training stage's mix, one document a row, plain positions.",
    settings: HeldOutRows.settings)

  private let rows: HeldOutRows

  /// Takes the size of the rows.
  public init(_ values: SettingsValues) throws { rows = try HeldOutRows(values) }

  /// The rows.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    try rows.passes(of: subject, sequence: rows.length(of: subject))
  }

  /// One figure, as `loss.256`.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    let length = rows.length(of: subject)
    guard let loss = try rows.measure(subject, monitor, sequence: length)?.total else { return }
    monitor.report(
      "loss.\(length)", task: Self.kind.name, "loss at \(length), nats", loss.mean, loss.low,
      loss.high, samples: loss.targets)
  }
}
