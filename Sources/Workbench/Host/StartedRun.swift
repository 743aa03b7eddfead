public import Records

/// A run that the host has begun.
public struct StartedRun: Sendable {
  /// How it is driven.
  public let control: any RunControl
  /// Its folder; nil when it has none.
  public let folder: String?
  /// Context that its base was trained at, in tokens; nil when unknown.
  public let trained: Int?
  /// What it had told before it was stopped; empty for a new run.
  public let records: [RunRecord]

  /// A run of these values.
  public init(
    _ control: any RunControl, folder: String? = nil, trained: Int? = nil,
    records: [RunRecord] = []
  ) {
    self.control = control
    self.folder = folder
    self.trained = trained
    self.records = records
  }
}
