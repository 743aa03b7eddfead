public import Support

/// Mean loss of each source on text that training never sees.
public struct SourceLoss: EvaluationTask {
  /// `source_loss`.
  public static let kind = KindDescription(
    "source_loss", "Loss on held-out rows by source, one document a row, plain positions.",
    source: "Fu et al. (arXiv:2402.10171), section 4", settings: HeldOutRows.settings)

  private let rows: HeldOutRows

  /// Takes the size of the rows.
  public init(_ values: SettingsValues) throws { rows = try HeldOutRows(values) }

  /// The rows.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    try rows.passes(of: subject, sequence: rows.length(of: subject))
  }

  /// A figure for each source, as `source_loss.stories`.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    let length = rows.length(of: subject)
    let result = try rows.measure(subject, monitor, sequence: length)
    for (name, loss) in result?.bySource ?? [] {
      monitor.report(
        "source_loss.\(name)", task: Self.kind.name, "loss of \(name) at \(length), nats",
        loss.mean, loss.low, loss.high, samples: loss.targets)
    }
  }
}
