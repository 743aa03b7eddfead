// What the last sweep of a queue looks like from outside.

extension RunQueue {
  /// The runs of the sweep that was added last; empty without one.
  public var sweepEntries: [Entry] {
    guard let number = entries.last(where: { $0.sweep != nil })?.sweep else { return [] }
    return entries.filter { $0.sweep == number }
  }

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
