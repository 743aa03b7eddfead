import Records
import Support
public import Terminal

/// The loss curve: every column's smallest to largest raw value behind the smoothed line.
public struct LossPane {
  /// The run.
  public var history: RunHistory
  /// What is in sight.
  public var chart: ChartView

  /// A pane of these values.
  public init(history: RunHistory, chart: ChartView) {
    self.history = history
    self.chart = chart
  }

  /// Columns of the plot inside a pane of so many columns.
  public static func plotWidth(paneWidth: Int) -> Int { max(1, paneWidth - 4 - labelWidth - 1) }
  private static let labelWidth = 7

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let half = Format.count(Int(history.loss.halfLife))
    let smoothing = history.loss.halfLife > 0 ? "half-life \(half) steps" : "no smoothing"
    let follow = chart.range == nil ? "follow" : "frozen"
    let raw = chart.showsRaw && history.loss.halfLife > 0
    let view = canvas.pane(
      chart.logarithmic ? "loss · log y" : "loss",
      note: canvas.width >= 44
        ? (raw ? "·· raw  ━ " : "━ ") + smoothing + "  " + follow : smoothing,
      focused: focused)
    guard let newest = history.loss.raw.positions.last else {
      view.blank(emptyLines)
      return
    }
    let left = Self.labelWidth
    let height = view.height - 3
    let width = view.width - left - 1
    guard height >= 2, width >= 8 else {
      view.text(readout, y: 0)
      return
    }
    let domain = chart.domain(last: newest, end: history.stageEnd.map(Double.init))
    let x = Axis(low: domain.lowerBound, high: domain.upperBound)
    var raster = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
    let rawColumns = history.loss.raw.columns(over: domain, count: raster.dotWidth)
    let smoothColumns = history.loss.smooth.columns(over: domain, count: raster.dotWidth)
    let shown = (raw ? rawColumns : smoothColumns).compactMap { $0 }
      .filter { $0.count > 0 }.flatMap { [$0.minimum, $0.maximum] }
    guard
      let y = Axis(fitting: shown, scale: chart.logarithmic ? .logarithmic : .linear)
    else {
      view.blank(["No finite loss in these steps.", "0 shows all steps"])
      return
    }
    view.leftAxis(
      y.ticks(limit: max(2, height / 2)), axis: y, x: left - 1, y: 0, height: height)
    drawMarks(on: view, x: x, left: left, width: width, height: height)
    // Two rasters: where both meet, the line alone is drawn, and stays a line.
    if raw {
      var behind = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
      drawRaw(rawColumns, y, &behind, isJoined: view.colors != .none)
      behind.draw(on: view, x: left, y: 0)
    }
    drawLine(smoothColumns, y, &raster)
    raster.draw(on: view, x: left, y: 0)
    for (dot, column) in rawColumns.enumerated() where (column?.nonFinite ?? 0) > 0 {
      view.put(view.glyphs.failed, x: left + dot / raster.dotsAcross, y: 0, style: .bad)
    }
    view.bottomAxis(
      Ticks.nice(domain.lowerBound, domain.upperBound, limit: max(2, width / 12)), axis: x,
      x: left, y: height, width: width)
    drawCheckpoints(on: view, x: x, left: left, width: width, y: height)
    view.text(readout, y: height + 2, style: chart.cursor == nil ? .faint : .text)
  }

  private var emptyLines: [String] {
    history.isEmpty
      ? ["No run yet.", "R starts the recipe as it stands."]
      : history.evaluations.isEmpty
        ? ["Waiting for the first step …"]
        : ["The base is evaluated first.", "The curve starts with the first step."]
  }

  /// Value, average, rate and gradient norm at the cursor, or at the newest step.
  private var readout: String {
    let series = history.loss.raw
    guard let newest = series.positions.last else { return "" }
    let index = min(series.lowerBound(chart.cursor ?? newest), series.count - 1)
    func at(_ pyramid: SeriesPyramid) -> String {
      pyramid.values.indices.contains(index) ? Format.number(pyramid.values[index]) : "—"
    }
    let mark = chart.cursor == nil ? "newest" : "┊"
    return "\(mark) step \(Format.count(Int(series.positions[index])))  "
      + "smooth \(at(history.loss.smooth))  raw \(at(series))  "
      + "rate \(at(history.rate))  grad \(at(history.gradientNorm))"
  }

  private func drawRaw(
    _ columns: [SeriesSummary?], _ axis: Axis, _ raster: inout BrailleRaster, isJoined: Bool
  ) {
    let pen = BrailleRaster.Pen(.faint, rank: 2, mark: ":")
    var previous: (x: Double, y: Double)?
    for (dot, column) in columns.enumerated() {
      guard let column, column.count > 0 else { continue }
      let first = axis.row(max(column.first, axis.low), count: raster.dotHeight)
      // One step or less a column: a line between them shows the course. Without colours it would
      // drown the average.
      if isJoined, let previous, column.count == 1 {
        raster.line(fromX: previous.x, y: previous.y, toX: Double(dot), y: first, pen: pen)
      }
      previous = (Double(dot), axis.row(max(column.last, axis.low), count: raster.dotHeight))
      let top = axis.row(column.maximum, count: raster.dotHeight)
      let bottom = axis.row(max(column.minimum, axis.low), count: raster.dotHeight)
      guard top.isFinite, bottom.isFinite, top <= bottom else { continue }
      let low = Int(top.rounded())
      let high = Int(bottom.rounded())
      // Every other dot: the trace stays lighter than the line without colour too.
      for y in low...high where y == low || y == high || (dot + y) % 2 == 0 {
        raster.dot(x: dot, y: y, pen: pen)
      }
    }
  }

  private func drawLine(_ columns: [SeriesSummary?], _ axis: Axis, _ raster: inout BrailleRaster) {
    let pen = BrailleRaster.Pen(Style(.series(0), [.bold]), rank: 0, mark: "*")
    var previous: (x: Double, y: Double)?
    for (dot, column) in columns.enumerated() {
      guard let column else { continue }
      guard column.count > 0 else {
        previous = nil
        continue
      }
      let first = axis.row(column.first, count: raster.dotHeight)
      if let previous {
        raster.line(
          fromX: previous.x, y: previous.y, toX: Double(dot), y: first, pen: pen)
      }
      let top = axis.row(column.maximum, count: raster.dotHeight)
      let bottom = axis.row(column.minimum, count: raster.dotHeight)
      if top.isFinite, bottom.isFinite {
        raster.span(x: dot, from: Int(top.rounded()), to: Int(bottom.rounded()), pen: pen)
      }
      previous = (Double(dot), axis.row(column.last, count: raster.dotHeight))
    }
  }

  private func drawMarks(on view: Canvas, x: Axis, left: Int, width: Int, height: Int) {
    for stage in history.stages where stage.step > 0 {
      let place = x.position(Double(stage.step), count: width)
      guard place.isFinite, place >= 0, place <= Double(width - 1) else { continue }
      let column = left + Int(place.rounded())
      view.verticalLine(x: column, height: height, glyph: view.glyphs.dashedVertical)
      view.text(stage.name, x: column + 1, y: 0, style: .faint)
    }
    for edit in history.edits {
      let place = x.position(Double(edit.step), count: width)
      guard place.isFinite, place >= 0, place <= Double(width - 1) else { continue }
      view.put(view.glyphs.edited, x: left + Int(place.rounded()), y: 0, style: .warning)
    }
    if let cursor = chart.cursor {
      let place = x.position(cursor, count: width)
      guard place.isFinite, place >= 0, place <= Double(width - 1) else { return }
      view.verticalLine(
        x: left + Int(place.rounded()), height: height, glyph: view.glyphs.dashedVertical,
        style: .accent)
    }
  }

  private func drawCheckpoints(on view: Canvas, x: Axis, left: Int, width: Int, y: Int) {
    for checkpoint in history.checkpoints {
      let place = x.position(Double(checkpoint.step), count: width)
      guard place.isFinite, place >= 0, place <= Double(width - 1) else { continue }
      view.put(view.glyphs.checkpoint, x: left + Int(place.rounded()), y: y, style: .good)
    }
  }
}
