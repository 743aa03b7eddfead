// What the last sweep of a queue looks like from outside.

extension RunQueue {
  /// The sweep that was added last, of those that have runs in the queue; the order of the runs tells nothing.
  private var lastSweep: Int? { entries.compactMap(\.sweep).max() }

  /// The runs of the sweep that was added last; empty without one.
  public var sweepEntries: [Entry] {
    guard let lastSweep else { return [] }
    return entries.filter { $0.sweep == lastSweep }
  }

  /// Name of the recipe that it varies; nil without a sweep.
  public var sweepName: String? { lastSweep.map { groups[$0].name } }

  /// Names of its arms in order.
  public var sweepArms: [String] {
    var arms: [String] = []
    for entry in sweepEntries {
      if let arm = entry.arm, !arms.contains(arm) { arms.append(arm) }
    }
    return arms
  }

  /// Arm and folder of each of its runs that is whole.
  public var wholeRuns: [(arm: String, folder: String)] {
    sweepEntries.compactMap { entry in
      guard entry.state == .done, let arm = entry.arm, let folder = entry.folder else { return nil }
      return (arm, folder)
    }
  }
}
