public import Panes
import Terminal

// What of the run is in sight: the chart's view, and which evaluation the heatmap shows.

extension WorkbenchState {
  /// The marked runs that are laid over the chart: all but the one it shows.
  public var overlays: [(mark: RunMark, run: PastRun)] {
    markedRuns.filter { $0.run.summary.path != shownFolder }
  }

  /// Does a command about the chart.
  mutating func reduceChart(_ command: Command) -> [Effect] {
    switch command {
    case .cursor(let columns): moveCursor(columns)
    case .zoomIn: zoom(by: 0.5)
    case .zoomOut: zoom(by: 2)
    case .fit: chart.range = nil
    case .pan(let side): chart.pan(by: Double(side) * 0.25, within: wholeAxis)
    case .logarithmic: chart.logarithmic.toggle()
    case .logarithmicX:
      chart.logarithmicX.toggle()
      chart.range = nil
    case .nextUnit:
      let all = Budget.axes
      chart.unit = all[((all.firstIndex(of: chart.unit) ?? 0) + 1) % all.count]
      // The cursor is a step and stays; what was in sight has no like in another unit.
      chart.range = nil
      message = "Along x: \(chart.unit.title)."
    case .nextCurve:
      let all = ChartCurve.all(of: history)
      chart.curve = all[((all.firstIndex(of: chart.curve) ?? -1) + 1) % all.count]
    case .rawTrace: chart.showsRaw.toggle()
    case .smoother: smooth(max(1, history.loss.halfLife * 2))
    case .rougher: smooth(history.loss.halfLife <= 1 ? 0 : history.loss.halfLife / 2)
    case .overlayRuns: return overlayRuns()
    case .follow:
      chart.range = nil
      chart.cursor = nil
    default: break
    }
    return []
  }

  /// The runs that a marked run is drawn with: those of its arm that were read, where it stands for one.
  func seeds(of run: PastRun) -> [PastRun] {
    [run] + (armRuns[run.summary.path] ?? []).compactMap { readRuns[$0] }
  }

  private var overlaid: [RunHistory] {
    chart.showsOverlay ? overlays.flatMap { seeds(of: $0.run).map(\.history) } : []
  }

  private var wholeAxis: Axis { ChartAxis.whole(chart, history, others: overlaid) }

  private mutating func moveCursor(_ columns: Int) {
    guard let newest = history.loss.raw.positions.last else { return }
    guard let cursor = chart.cursor else {
      chart.cursor = newest
      return
    }
    chart.cursor = ChartAxis(chart, history, others: overlaid)
      .step(from: cursor, columns: columns, of: plotColumns, in: history)
  }

  private mutating func zoom(by factor: Double) {
    guard let spent = history.spent(chart.unit), history.loss.raw.count > 0 else { return }
    let centre = chart.cursor.flatMap { history.amount(chart.unit, atStep: $0) }
    // Never to fewer than five points.
    let least = 5 * spent / Double(history.loss.raw.count)
    chart.zoom(by: factor, within: wholeAxis, around: centre, least: least)
  }

  private mutating func overlayRuns() -> [Effect] {
    chart.showsOverlay.toggle()
    guard chart.showsOverlay else { return [] }
    if overlays.isEmpty {
      message =
        marks.isEmpty
        ? "No run is marked: 5 shows the runs, m marks those to lay over."
        : "The marked runs are on their way."
    }
    // A run that still trains has grown since it was read.
    return marked.flatMap { [$0.path] + (armRuns[$0.path] ?? []) }.filter { path in
      runs?.contains { $0.path == path && $0.status == "running" } ?? false
        || readRuns[path] == nil
    }.map { .readRun($0) }
  }

  private mutating func smooth(_ halfLife: Double) {
    let halfLife = min(4096, halfLife)
    history.smooth(halfLife: halfLife)
    for path in readRuns.keys { readRuns[path]?.history.smooth(halfLife: halfLife) }
  }
}
