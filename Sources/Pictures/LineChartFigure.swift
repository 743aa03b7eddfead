public import Support
import Terminal

/// Lays a chart out as a figure for a paper: axes, curves with the spread of the raw values behind
/// them, events, legend, caption.
struct LineChartFigure {
  private let chart: LineChart
  private let width = 680.0
  private let left = 78.0
  private let right = 656.0
  private let top = 58.0
  private let bottom = 348.0
  private var marks: [Figure.Mark] = []

  /// The figure of a chart.
  static func figure(of chart: LineChart) -> Figure {
    var layout = LineChartFigure(chart)
    return layout.draw()
  }

  private init(_ chart: LineChart) { self.chart = chart }

  private mutating func draw() -> Figure {
    text(chart.title, 24, 30, Figure.Style(size: 17, isBold: true))
    if let axes = chart.axes {
      drawEvents(axes.x)
      drawLevels(axes.y)
      for (index, curve) in chart.curves.enumerated().reversed() {
        draw(curve, Colour.curves[index % Colour.curves.count], index, axes)
      }
      drawAxes(axes)
    } else {
      text("no point to show", left, (top + bottom) / 2, Figure.Style(colour: .faint))
    }
    var y = bottom + 62
    for (index, curve) in chart.curves.enumerated() {
      let colour = Colour.curves[index % Colour.curves.count]
      path([point(left, y - 4), point(left + 28, y - 4)], 1.8, colour, isDashed: index > 0)
      text(curve.name, left + 36, y, Figure.Style(size: 11.5))
      y += 17
    }
    y += 6
    let lines = caption.wrapped(size: 11, width: width - 48)
    for line in lines {
      text(line, 24, y, Figure.Style(size: 11, colour: .faint))
      y += 15
    }
    return Figure(
      width: width, height: y + 4, title: chart.title, caption: lines.joined(separator: " "),
      marks: marks)
  }

  /// The spread of the raw values of each column of points, then the smoothed line over it.
  private mutating func draw(
    _ curve: LineChart.Curve, _ colour: Colour, _ index: Int, _ axes: (x: Axis, y: Axis)
  ) {
    let columns = 2 * Int(right - left)
    var raw: [Figure.Point] = []
    var smooth: [Figure.Point] = []
    var start = 0
    let points = chart.points(curve)
    while start < points.count {
      let column = Int(axes.x.fraction(points[start].x) * Double(columns))
      var end = start
      while end < points.count, Int(axes.x.fraction(points[end].x) * Double(columns)) == column {
        end += 1
      }
      // First, smallest, largest and last of a column give the same line as all of its points.
      raw += reduced(points[start..<end].map { ($0.x, $0.raw) }, axes)
      smooth += reduced(points[start..<end].map { ($0.x, $0.smooth) }, axes)
      start = end
    }
    if chart.halfLife > 0 {
      path(raw, 0.7, colour.mixed(with: .white, share: 0.68), isDashed: false)
    }
    path(smooth, 1.8, colour, isDashed: index > 0)
  }

  private func reduced(
    _ points: [(x: Double, y: Double)], _ axes: (x: Axis, y: Axis)
  ) -> [Figure.Point] {
    let places = points.compactMap { place -> Figure.Point? in
      guard place.y.isFinite, axes.y.scale == .linear || place.y > 0 else { return nil }
      return point(
        left + axes.x.fraction(place.x) * (right - left),
        bottom - axes.y.fraction(place.y) * (bottom - top))
    }
    guard places.count > 4, let first = places.first, let last = places.last else { return places }
    let low = places.enumerated().min { $0.element.y < $1.element.y }
    let high = places.enumerated().max { $0.element.y < $1.element.y }
    let ends = [low, high].compactMap(\.self).sorted { $0.offset < $1.offset }.map(\.element)
    return [first] + ends + [last]
  }

  private mutating func drawAxes(_ axes: (x: Axis, y: Axis)) {
    path(
      [point(left, top), point(left, bottom), point(right, bottom)], 1.2, .ink, isDashed: false)
    for tick in axes.y.ticks(limit: 8) {
      let y = bottom - axes.y.fraction(tick.value) * (bottom - top)
      path([point(left - 5, y), point(left, y)], 1, .ink, isDashed: false)
      text(tick.label, left - 8, y + 4, Figure.Style(size: 11, anchor: .end))
    }
    for tick in axes.x.ticks(limit: 9) {
      let x = left + axes.x.fraction(tick.value) * (right - left)
      path([point(x, bottom), point(x, bottom + 5)], 1, .ink, isDashed: false)
      text(tick.label, x, bottom + 18, Figure.Style(size: 11, anchor: .middle))
    }
    text(
      chart.xLabel, (left + right) / 2, bottom + 38, Figure.Style(size: 12.5, anchor: .middle))
    text(
      chart.yLabel, 24, (top + bottom) / 2, Figure.Style(size: 12.5, anchor: .middle, turn: 90))
  }

  /// Dashed lines with a label each; a label that would touch the one before is left out.
  private mutating func drawEvents(_ axis: Axis) {
    var free = left
    for event in chart.events {
      let share = axis.fraction(event.x)
      guard share.isFinite, (0...1).contains(share) else { continue }
      let x = left + share * (right - left)
      path([point(x, top), point(x, bottom)], 0.8, .faint, isDashed: true)
      let size = StrokeFont.width(event.label, size: 10)
      guard x >= free, x + size + 4 <= right + 20 else { continue }
      text(event.label, x + 4, top - 4, Figure.Style(size: 10, colour: .faint))
      free = x + size + 12
    }
  }

  /// Dashed lines with their labels in the corner that rising curves leave free.
  private mutating func drawLevels(_ axis: Axis) {
    for level in chart.levels {
      let share = axis.fraction(level.y)
      guard share.isFinite, (0...1).contains(share) else { continue }
      let y = bottom - share * (bottom - top)
      path([point(left, y), point(right, y)], 0.8, .faint, isDashed: true)
      text(level.label, left + 6, y - 4, Figure.Style(size: 10, colour: .faint))
    }
  }

  private var caption: String {
    let smoothing = chart.smoothing
    let words =
      smoothing.isEmpty
      ? chart.origin + " "
      : "Lines: \(smoothing); behind them the raw values. "
    return words + (chart.source.isEmpty ? "" : "Source: \(chart.source).")
  }

  private func point(_ x: Double, _ y: Double) -> Figure.Point { Figure.Point(x: x, y: y) }

  private mutating func path(
    _ points: [Figure.Point], _ width: Double, _ colour: Colour, isDashed: Bool
  ) {
    if points.count > 1 {
      marks.append(.path(points, width: width, colour: colour, isDashed: isDashed))
    }
  }

  private mutating func text(_ words: String, _ x: Double, _ y: Double, _ style: Figure.Style) {
    if !words.isEmpty { marks.append(.text(words, at: point(x, y), style)) }
  }
}

extension LineChart {
  /// The chart as an SVG document for papers and browsers.
  public var svg: String { LineChartFigure.figure(of: self).svg }

  /// The chart as the bytes of a PNG file, three pixels a point.
  ///
  /// - Throws: `UserError` when the library refuses.
  public func png() throws(UserError) -> [UInt8] {
    try LineChartFigure.figure(of: self).png(scale: 3)
  }
}
