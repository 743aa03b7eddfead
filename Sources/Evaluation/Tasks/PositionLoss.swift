public import Support

/// Mean loss by the place in the row: it should fall and then stay, and rises where positions fail.
///
/// Only rows that one document fills are scored, so that every bucket is over the same documents.
public struct PositionLoss: EvaluationTask {
  /// `position_loss`.
  public static let kind = KindDescription(
    "position_loss",
    "Loss on held-out rows by the place in the row, in buckets that double; full rows only, so that "
      + "every bucket is over the same documents.",
    source: "Xiong et al. (arXiv:2309.16039), section 4", settings: HeldOutRows.settings)

  private let rows: HeldOutRows

  /// Takes the size of the rows.
  public init(_ values: SettingsValues) throws { rows = try HeldOutRows(values) }

  /// The rows.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    try rows.passes(of: subject, sequence: rows.length(of: subject))
  }

  /// A figure for each bucket, as `position_loss.128`, named by the bucket's first place.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    let length = rows.length(of: subject)
    let result = try rows.measure(subject, monitor, sequence: length)
    for (places, loss) in result?.byPosition ?? [] {
      monitor.report(
        "position_loss.\(places.lowerBound)", task: Self.kind.name,
        "loss at places \(places.lowerBound) to \(places.upperBound) of \(length), nats",
        loss.mean, loss.low, loss.high, samples: loss.targets)
    }
  }
}
