import Records
import Support
public import Terminal

/// Small charts of learning rate, gradient norm and throughput, one above the other.
public struct StripsPane {
  /// The run.
  public var history: RunHistory
  /// What is in sight; shared with the loss.
  public var chart: ChartView

  /// A pane of these values.
  public init(history: RunHistory, chart: ChartView) {
    self.history = history
    self.chart = chart
  }

  /// Draws the strips; with few rows they become one line each.
  public func draw(on canvas: Canvas, focused: Bool) {
    let strips: [(String, String, SeriesPyramid)] = [
      ("learning rate", "", history.rate), ("grad norm", "", history.gradientNorm),
      ("throughput", " tok/s", history.throughput),
    ]
    if canvas.height >= 15 {
      let rows = canvas.height / 3
      for (index, strip) in strips.enumerated() {
        let height = index == 2 ? canvas.height - 2 * rows : rows
        let part = Rect(x: 0, y: rows * index, width: canvas.width, height: height)
        let last = strip.2.values.last.map { Format.number($0) + strip.1 } ?? ""
        let view = canvas.pane(strip.0, in: part, note: last, focused: focused && index == 0)
        let words = index == 2 ? [waiting, memory].compactMap { $0 } : []
        let plot = Rect(
          x: 0, y: 0, width: view.width, height: view.height - (words.isEmpty ? 0 : 1))
        draw(strip.2, on: view.view(plot), series: index + 1)
        view.text(words.joined(separator: "  "), y: view.height - 1, style: .faint)
      }
    } else {
      drawLines(strips, on: canvas, focused: focused)
    }
  }

  private func drawLines(
    _ strips: [(String, String, SeriesPyramid)], on canvas: Canvas, focused: Bool
  ) {
    let view = canvas.pane(
      "now", note: history.last.map { "step \(Format.count($0.step))" } ?? "", focused: focused)
    guard history.last != nil else {
      view.blank(["No step yet."])
      return
    }
    let names = ["rate", "grad", "tok/s"]
    let pitch = view.height >= 8 ? 2 : 1
    for (row, strip) in strips.enumerated() {
      view.text(names[row], y: row * pitch, style: .faint)
      let value = strip.2.values.last.map(Format.number) ?? "—"
      view.text(value, x: 6, y: row * pitch, width: 8, align: .right)
      let sparkWidth = view.width - 16
      if sparkWidth > 2 {
        let shown = columns(strip.2, sparkWidth).map { $0?.last ?? .nan }
        view.sparkline(
          shown, x: 16, y: row * pitch, width: min(sparkWidth, shown.count),
          style: Style(.series(row + 1)))
      }
    }
    guard let last = history.last else { return }
    view.text("tokens", y: 3 * pitch, style: .faint)
    view.text(Format.number(Double(last.tokens)), x: 6, y: 3 * pitch, width: 8, align: .right)
    if let waiting { view.text(waiting, x: 16, y: 3 * pitch, style: .faint) }
    view.text("time", y: 3 * pitch + 1, style: .faint)
    view.text(
      Format.duration(last.seconds.rounded()), x: 6, y: 3 * pitch + 1, width: 8, align: .right)
    if let memory { view.text(memory, x: 16, y: 3 * pitch + 1, style: .faint) }
  }

  /// How long the engine waited for data of late, in words.
  private var waiting: String? {
    history.waitingShare.map { "wait \(Format.fixed(100 * $0, 1)) %" }
  }

  /// The highest resident memory so far, in words.
  private var memory: String? {
    history.last?.peakBytes.map { "memory \(Format.bytes($0))" }
  }

  private func draw(_ series: SeriesPyramid, on view: Canvas, series index: Int) {
    guard view.width >= 8, view.height >= 1, let newest = series.positions.last else {
      if !view.bounds.isEmpty { view.blank(["no step yet"]) }
      return
    }
    let domain = chart.domain(last: newest, end: history.stageEnd.map(Double.init))
    var raster = BrailleRaster(width: view.width, height: view.height, glyphs: view.glyphs)
    let columns = series.columns(over: domain, count: raster.dotWidth)
    let values = columns.compactMap { $0 }.filter { $0.count > 0 }
      .flatMap { [$0.minimum, $0.maximum] }
    guard let axis = Axis(fitting: values + [0]) else { return }
    let pen = BrailleRaster.Pen(Style(.series(index)))
    var previous: (x: Double, y: Double)?
    for (dot, column) in columns.enumerated() {
      guard let column, column.count > 0 else { continue }
      let top = axis.row(column.maximum, count: raster.dotHeight)
      let bottom = axis.row(column.minimum, count: raster.dotHeight)
      if let previous {
        raster.line(
          fromX: previous.x, y: previous.y, toX: Double(dot),
          y: axis.row(column.first, count: raster.dotHeight), pen: pen)
      }
      raster.span(x: dot, from: Int(top.rounded()), to: Int(bottom.rounded()), pen: pen)
      previous = (Double(dot), axis.row(column.last, count: raster.dotHeight))
    }
    raster.draw(on: view)
  }

  /// One summary a column over all steps so far.
  private func columns(_ series: SeriesPyramid, _ count: Int) -> [SeriesSummary?] {
    guard let first = series.positions.first, let last = series.positions.last else { return [] }
    return series.columns(over: first...max(last, first + 1), count: min(count, series.count))
  }
}
