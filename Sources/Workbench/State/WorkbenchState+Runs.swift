public import Panes
import Queues
import Records
import Support

// The runs screen: filter, order, marks, and the runs that were read for comparing and laying over.

extension WorkbenchState {
  /// The runs that pass the filter, in order; nil until the folder was read.
  public var shownRuns: [RunSummary]? {
    runs.map { runOrder.sorted($0.filter(runFilter.accepts)) }
  }

  /// The marked runs in the order of their letters.
  public var marked: [(mark: RunMark, path: String)] {
    marks.map { (mark: $0.value, path: $0.key) }.sorted { $0.mark < $1.mark }
  }

  /// The marked runs that have been read, in the order of their letters.
  public var markedRuns: [(mark: RunMark, run: PastRun)] {
    marked.compactMap { entry in readRun(entry.path).map { (mark: entry.mark, run: $0) } }
  }

  /// A run that was read; the one on screen as it stands there, for it may have grown since.
  private func readRun(_ path: String) -> PastRun? {
    guard var run = readRuns[path] else { return nil }
    if path == shownFolder, !history.isEmpty { run.history = history }
    return run
  }

  /// Folder of the run that the screens show; nil without one.
  var shownFolder: String? { past?.summary.path ?? current.flatMap(queue.entry)?.folder }

  /// The marked runs side by side; nil with fewer than two.
  public var comparison: RunComparison? {
    let runs = markedRuns.map(\.run)
    return runs.count > 1 ? RunComparison(runs, at: budget) : nil
  }

  /// Does a command of the runs screen.
  mutating func reduceRuns(_ command: Command) -> [Effect] {
    switch command {
    case .mark: return toggleMark()
    case .nextOrder: order(runOrder.next)
    case .reverseOrder:
      order(RunOrder(runOrder.column, isDescending: !runOrder.isDescending))
    case .filterRuns:
      draft = Draft(.filter, text: runFilter.text)
    case .nextBudget:
      let all = Budget.allCases
      budget = all[((all.firstIndex(of: budget) ?? 0) + 1) % all.count]
      message =
        "Compared \(budget == .end ? "at the end of each run" : "at equal \(budget.rawValue)")."
    default: break
    }
    return []
  }

  private mutating func order(_ next: RunOrder) {
    keepingRun { $0.runOrder = next }
  }

  /// Takes a filter over, or says what is wrong with it.
  ///
  /// - Returns: what is wrong with it; nil when it holds now.
  mutating func filter(by text: String) -> String? {
    do {
      let filter = try RunFilter(text)
      if let problem = filter.problem(among: runs ?? []) { return problem }
      keepingRun { $0.runFilter = filter }
      return nil
    } catch {
      return error.finding
    }
  }

  /// Changes the table; the cursor stays on its run where that is still shown.
  private mutating func keepingRun(_ change: (inout WorkbenchState) -> Void) {
    let path = runUnderCursor?.path
    change(&self)
    let shown = shownRuns ?? []
    rows[.runs] =
      shown.firstIndex { $0.path == path } ?? max(0, min(row(.runs), shown.count - 1))
  }

  /// The run under the cursor of the table.
  public var runUnderCursor: RunSummary? {
    let shown = shownRuns ?? []
    return shown.indices.contains(row(.runs)) ? shown[row(.runs)] : nil
  }

  /// The folder of the run that the pane in focus has under its cursor; nil where there is none.
  var folderInFocus: String? {
    switch focused {
    case .runs, .runDetail: runUnderCursor?.path
    case .queue: queuedUnderCursor?.folder
    case .lineage: lineageRow?.run
    default: nil
    }
  }

  private mutating func toggleMark() -> [Effect] {
    guard let path = folderInFocus else {
      message = "There is no run here to mark: tab goes to the runs."
      return []
    }
    armRuns[path] = nil
    if marks.removeValue(forKey: path) != nil { return [] }
    let taken = Set(marks.values.map(\.slot))
    guard let slot = (0..<RunMark.limit).first(where: { !taken.contains($0) }) else {
      message = "\(RunMark.limit) runs are marked; m on one of them frees its letter."
      return []
    }
    marks[path] = RunMark(slot)
    return [.readRun(path)]
  }

  /// The list of runs came.
  ///
  /// - Returns: effects that read again what was read for comparing and has grown since.
  public mutating func received(runs list: [RunSummary]) -> [Effect] {
    keepingRun { $0.runs = list }
    growLineage()
    return list.filter { run in readRuns[run.path].map { $0.summary != run } ?? false }
      .map { .readRun($0.path) }
  }

  /// A run was read for comparing or laying over; nil when it cannot be.
  public mutating func received(run: PastRun?, at path: String) {
    guard var run, !run.history.isEmpty else {
      marks[path] = nil
      message = "\(path) has no records to show."
      return
    }
    run.history.smooth(halfLife: history.loss.halfLife)
    readRuns[path] = run
  }

  /// A past run was read for the screens.
  public mutating func opened(_ run: PastRun?, at path: String) {
    guard let run, !run.history.isEmpty else {
      message = "\(path) has no records to show."
      return
    }
    guard !isRunning else { return }
    let halfLife = history.loss.halfLife
    history = run.history
    history.smooth(halfLife: halfLife)
    past = run
    runName = run.summary.name
    switch history.done?.status {
    case "failed": self.run = .failed("")
    case "done", "finished": self.run = .finished
    default: self.run = .stopped
    }
    (evaluation, reference, isPlaying) = (nil, nil, false)
    chart.range = nil
    chart.cursor = nil
    (heatColumn, heatRow) = (0, 0)
    screen = .train
  }
}
