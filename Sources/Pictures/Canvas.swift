import Foundation

/// A picture of pixels that marks are painted on, with smooth edges.
struct Canvas: Sendable {
  /// Width in pixels.
  let width: Int
  /// Height in pixels.
  let height: Int
  /// Red, green and blue of each pixel, row by row from the top.
  private(set) var bytes: [UInt8]
  private let scale: Double

  /// A white canvas for a figure, `scale` pixels a point.
  init(_ figure: Figure, scale: Double) {
    width = max(1, Int((figure.width * scale).rounded()))
    height = max(1, Int((figure.height * scale).rounded()))
    bytes = [UInt8](repeating: 255, count: width * height * 3)
    self.scale = scale
    for mark in figure.marks { paint(mark) }
  }

  private mutating func paint(_ mark: Figure.Mark) {
    switch mark {
    case .box(let origin, let width, let height, let fill, _):
      let (left, top) = (pixel(origin.x), pixel(origin.y))
      let (right, bottom) = (pixel(origin.x + width), pixel(origin.y + height))
      for y in max(0, top)..<max(0, top, min(bottom, self.height)) {
        for x in max(0, left)..<max(0, left, min(right, self.width)) {
          blend(fill, x: x, y: y, coverage: 1)
        }
      }
    case .line(let from, let to, let width, let colour, let isDashed):
      let pieces = isDashed ? Self.dashes(from, to) : [[from, to]]
      stroke(pieces, radius: width / 2, colour)
    case .path(let points, let width, let colour, let isDashed):
      stroke(isDashed ? Self.dashes(along: points) : [points], radius: width / 2, colour)
    case .text(let text, let at, let style):
      let radius = style.size * (style.isBold ? 0.06 : 0.045)
      stroke(Self.place(text, at: at, style), radius: radius, style.colour)
    }
  }

  /// Strokes of a text in points of the figure.
  private static func place(
    _ text: String, at: Figure.Point, _ style: Figure.Style
  ) -> [[Figure.Point]] {
    let width = StrokeFont.width(text, size: style.size)
    let shift =
      switch style.anchor {
      case .start: 0.0
      case .middle: -width / 2
      case .end: -width
      }
    let angle = style.turn * Double.pi / 180
    let (cosine, sine) = (cos(angle), sin(angle))
    return StrokeFont.strokes(text).map { stroke in
      stroke.map { point in
        let (x, y) = (point.x * style.size + shift, point.y * style.size)
        return Figure.Point(x: at.x + x * cosine - y * sine, y: at.y - x * sine - y * cosine)
      }
    }
  }

  private static func dashes(_ from: Figure.Point, _ to: Figure.Point) -> [[Figure.Point]] {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return [] }
    func at(_ place: Double) -> Figure.Point {
      Figure.Point(x: from.x + dx * place / length, y: from.y + dy * place / length)
    }
    return stride(from: 0, to: length, by: 10).map { [at($0), at(min($0 + 6, length))] }
  }

  /// Dashes of six points with gaps of four along a line through points.
  private static func dashes(along points: [Figure.Point]) -> [[Figure.Point]] {
    var pieces: [[Figure.Point]] = []
    var piece: [Figure.Point] = points.first.map { [$0] } ?? []
    var isDrawn = true
    var left = 6.0
    for (from, to) in zip(points, points.dropFirst()) {
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      let length = (dx * dx + dy * dy).squareRoot()
      var done = 0.0
      while length - done > left {
        done += left
        let here = Figure.Point(x: from.x + dx * done / length, y: from.y + dy * done / length)
        if isDrawn { pieces.append(piece + [here]) }
        piece = [here]
        isDrawn.toggle()
        left = isDrawn ? 6 : 4
      }
      left -= length - done
      piece = isDrawn ? piece + [to] : [to]
    }
    return isDrawn && piece.count > 1 ? pieces + [piece] : pieces
  }

  /// Paints polylines with a round pen; where they cross, nothing is painted twice.
  private mutating func stroke(_ lines: [[Figure.Point]], radius: Double, _ colour: Colour) {
    let reach = max(radius * scale, 0.5)
    let points = lines.joined().map { (x: $0.x * scale, y: $0.y * scale) }
    guard let first = points.first else { return }
    var box = (left: first.x, right: first.x, top: first.y, bottom: first.y)
    for point in points {
      box = (
        min(box.left, point.x), max(box.right, point.x), min(box.top, point.y),
        max(box.bottom, point.y)
      )
    }
    let left = max(0, Int(box.left - reach - 1))
    let top = max(0, Int(box.top - reach - 1))
    let columns = min(width, Int(box.right + reach + 2)) - left
    let rows = min(height, Int(box.bottom + reach + 2)) - top
    guard columns > 0, rows > 0 else { return }
    var mask = [Float](repeating: 0, count: columns * rows)
    for line in lines {
      for (a, b) in zip(line, line.dropFirst()) {
        let from = (x: a.x * scale - Double(left), y: a.y * scale - Double(top))
        let to = (x: b.x * scale - Double(left), y: b.y * scale - Double(top))
        Self.cover(&mask, columns: columns, rows: rows, from: from, to: to, reach: reach)
      }
    }
    for row in 0..<rows {
      for column in 0..<columns where mask[row * columns + column] > 0 {
        blend(
          colour, x: left + column, y: top + row, coverage: Double(mask[row * columns + column]))
      }
    }
  }

  /// Raises the mask to how much of each pixel a round pen covers along one straight piece.
  private static func cover(
    _ mask: inout [Float], columns: Int, rows: Int, from: (x: Double, y: Double),
    to: (x: Double, y: Double), reach: Double
  ) {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let square = dx * dx + dy * dy
    let firstRow = max(0, Int(min(from.y, to.y) - reach - 1))
    let lastRow = min(rows - 1, Int(max(from.y, to.y) + reach + 1))
    let firstColumn = max(0, Int(min(from.x, to.x) - reach - 1))
    let lastColumn = min(columns - 1, Int(max(from.x, to.x) + reach + 1))
    guard firstRow <= lastRow, firstColumn <= lastColumn else { return }
    for row in firstRow...lastRow {
      for column in firstColumn...lastColumn {
        let (px, py) = (Double(column) + 0.5 - from.x, Double(row) + 0.5 - from.y)
        let along = square > 0 ? max(0, min(1, (px * dx + py * dy) / square)) : 0
        let (ox, oy) = (px - along * dx, py - along * dy)
        let coverage = reach + 0.5 - (ox * ox + oy * oy).squareRoot()
        let index = row * columns + column
        mask[index] = max(mask[index], Float(min(1, coverage)))
      }
    }
  }

  private func pixel(_ place: Double) -> Int { Int((place * scale).rounded()) }

  private mutating func blend(_ colour: Colour, x: Int, y: Int, coverage: Double) {
    let index = (y * width + x) * 3
    let channels = (colour.red, colour.green, colour.blue)
    bytes[index] = Self.mixed(bytes[index], channels.0, coverage)
    bytes[index + 1] = Self.mixed(bytes[index + 1], channels.1, coverage)
    bytes[index + 2] = Self.mixed(bytes[index + 2], channels.2, coverage)
  }

  private static func mixed(_ below: UInt8, _ above: UInt8, _ coverage: Double) -> UInt8 {
    UInt8((Double(below) + (Double(above) - Double(below)) * coverage).rounded())
  }
}
