import Records
import Support
public import Terminal

/// The loss of each source and of the position ids: newest average, its change, and its course.
public struct SourcesPane {
  /// The run.
  public var history: RunHistory
  /// Row of the cursor.
  public var cursor: Int

  /// A pane of these values.
  public init(history: RunHistory, cursor: Int) {
    self.history = history
    self.cursor = cursor
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane("loss by source", note: "smoothed", focused: focused)
    let sources = history.sources
    guard !sources.isEmpty else {
      view.blank(["Losses appear with the first step."])
      return
    }
    let figures = Self.latest(history)
    let figureRows = figures.isEmpty ? 0 : min(figures.count + 1, max(0, view.height / 3))
    let visible = max(1, view.height - figureRows)
    let nameWidth = min(max(6, sources.map(\.name.count).max() ?? 0), max(6, view.width - 20))
    let first = Canvas.scroll(cursor: cursor, count: sources.count, height: visible)
    for (row, index) in sources.indices.dropFirst(first).prefix(visible).enumerated() {
      let values = sources[index].series.smooth.values
      view.text(
        sources[index].name, y: row, style: index == cursor && focused ? .strong : .text,
        width: nameWidth)
      guard let last = values.last(where: \.isFinite) else { continue }
      view.right(Format.fixed(last, 2), before: nameWidth + 6, y: row)
      let past = values[max(0, values.count - 1 - max(10, values.count / 10))]
      let change = last - past
      if values.count > 2, change.isFinite {
        let sign = change > 0 ? "+" : ""
        view.right(
          sign + Format.fixed(change, 2), before: nameWidth + 13, y: row, style: .faint)
      }
      let left = nameWidth + 14
      let width = view.width - left
      if width > 3 {
        let series = sources[index].series.smooth
        let start = series.positions.first ?? 0
        let range = start...max(start + 1, series.positions.last ?? 0)
        let columns = series.columns(over: range, count: min(width, values.count))
        view.sparkline(
          columns.map { $0?.last ?? .nan }, x: left, y: row, width: width,
          style: Style(.series(index)))
      }
    }
    for (row, figure) in figures.prefix(max(0, figureRows - 1)).enumerated() {
      let whole = figure.text + figure.at
      view.text(
        whole.count <= view.width ? whole : figure.text, y: view.height - figureRows + 1 + row,
        style: .faint)
    }
  }

  /// The newest figure of each metric, such as the held-out loss.
  static func latest(_ history: RunHistory) -> [(text: String, at: String)] {
    var seen = Set<String>()
    return history.figures.reversed().compactMap { figure in
      guard seen.insert(figure.title).inserted else { return nil }
      let at = figure.step.map { " @ \($0)" } ?? ""
      return (text: "held-out \(figure.title)  \(Format.number(figure.value))", at: at)
    }.reversed()
  }
}
