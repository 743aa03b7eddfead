import Records
import Support
import Terminal

extension ChartPane {
  func drawRaw(
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

  func drawLine(
    _ columns: [SeriesSummary?], _ axis: Axis, _ raster: inout BrailleRaster,
    _ pen: BrailleRaster.Pen
  ) {
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

  /// Lines where stages begin, and the cursor.
  func drawStages(on plot: Canvas, x: ChartAxis, width: Int, height: Int) {
    for stage in history.stages where stage.step > 0 {
      guard let column = x.column(ofStep: Double(stage.step), in: history, count: width) else {
        continue
      }
      plot.verticalLine(x: column, height: height, glyph: plot.glyphs.dashedVertical)
      plot.text(stage.name, x: column + 1, y: 0, style: .faint)
    }
    if let cursor = chart.cursor,
      let column = x.column(ofStep: cursor, in: history, count: width)
    {
      plot.verticalLine(
        x: column, height: height, glyph: plot.glyphs.dashedVertical, style: .accent)
    }
  }

  /// What happened, on the line of the axis; where two meet, the one that matters more stays.
  func drawEvents(on plot: Canvas, x: ChartAxis, width: Int, y: Int) {
    let order: [EventMark] = [.evaluation, .checkpoint, .edit, .warning, .failure]
    for mark in order {
      for event in history.events where event.mark == mark {
        guard let column = x.column(ofStep: Double(event.step), in: history, count: width) else {
          continue
        }
        plot.text(event.mark.glyph(plot.glyphs), x: column, y: y, style: event.mark.style)
      }
    }
  }
}
