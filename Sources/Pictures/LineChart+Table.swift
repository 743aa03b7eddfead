import Support
import Terminal

extension LineChart {
  /// The points as comma-separated values, raw and smoothed, one a line.
  ///
  /// Columns: run, step, x (named as the axis), the raw value (named as its axis), and, where the curves
  /// are smoothed, the smoothed one with the half-life in steps in its name.
  public var csv: String {
    let name = Self.field(yLabel)
    let isSmoothed = halfLife > 0
    let smooth = isSmoothed ? "," + Self.field("\(yLabel) half-life \(halfLifeText)") : ""
    var lines = ["run,\(indexName),\(Self.field(xLabel)),\(name)\(smooth)"]
    for curve in curves {
      for point in points(curve) {
        lines.append(
          "\(Self.field(curve.name)),\(point.step),\(point.x),\(point.raw)"
            + (isSmoothed ? ",\(point.smooth)" : ""))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The points as JSON, one object a line.
  public var json: String {
    curves.flatMap { curve in
      points(curve).map { point in
        JSONValue.object([
          ("event", .text("point")), ("run", .text(curve.name)),
          (indexName, .integer(point.step)),
          ("x", .number(point.x)), ("raw", .number(point.raw)), ("smooth", .number(point.smooth)),
          ("half_life", .number(halfLife)),
        ]).line + "\n"
      }
    }.joined()
  }

  /// The smoothed curves as lines of text, 120 columns wide, one letter for each run.
  public var text: String {
    let (width, height, left) = (108, 24, 11)
    var lines = [title]
    guard let axes else { return (lines + ["no point to show", ""]).joined(separator: "\n") }
    var rows = Array(repeating: Array(repeating: Character(" "), count: width), count: height)
    for level in levels {
      let row = axes.y.row(level.y, count: height)
      guard row.isFinite, (0...Double(height - 1)).contains(row) else { continue }
      rows[Int(row.rounded())] = Array(repeating: "-", count: width)
    }
    for (index, curve) in curves.enumerated().reversed() {
      let letter: Character = index == 0 ? "*" : Character(Self.letter(index - 1))
      for point in points(curve) where point.smooth.isFinite {
        let x = axes.x.position(point.x, count: width)
        let y = axes.y.row(point.smooth, count: height)
        guard x.isFinite, y.isFinite, (0...Double(width - 1)).contains(x),
          (0...Double(height - 1)).contains(y)
        else { continue }
        rows[Int(y.rounded())][Int(x.rounded())] = letter
      }
    }
    var labels = Array(repeating: "", count: height)
    for tick in axes.y.ticks(limit: height / 3) {
      let row = Int(axes.y.row(tick.value, count: height).rounded())
      if labels.indices.contains(row) { labels[row] = tick.label }
    }
    lines.append(yLabel)
    for row in 0..<height {
      let blanks = String(repeating: " ", count: max(0, left - 2 - labels[row].count))
      let mark = labels[row].isEmpty ? "|" : "+"
      lines.append(blanks + labels[row] + " " + mark + String(rows[row]).trimmedAtEnd)
    }
    var below = Array(repeating: Character(" "), count: left + width + 1)
    for tick in axes.x.ticks(limit: width / 12) {
      let place = left + Int(axes.x.position(tick.value, count: width).rounded())
      let start = min(place, below.count - tick.label.count)
      for (offset, character) in tick.label.enumerated()
      where below.indices.contains(start + offset) {
        below[start + offset] = character
      }
    }
    lines.append(
      String(repeating: " ", count: left - 1) + "+" + String(repeating: "-", count: width))
    lines.append(String(below).trimmedAtEnd)
    lines.append(String(repeating: " ", count: left) + xLabel)
    for (index, curve) in curves.enumerated() {
      lines.append("\(index == 0 ? "*" : Self.letter(index - 1)) \(curve.name)")
    }
    lines += levels.map { "- \($0.label)" }
    if !smoothing.isEmpty { lines.append("shown: \(smoothing)") }
    return (lines + ["source: \(source)", ""]).joined(separator: "\n")
  }

  /// Axes that hold the visible points, raw ones too, which lie behind; nil without a point.
  var axes: (x: Axis, y: Axis)? {
    let shown = curves.flatMap { points($0) }
    let values = shown.flatMap { [$0.raw, $0.smooth] } + levels.map(\.y)
    guard let y = Axis(fitting: values, scale: isLogY ? .logarithmic : .linear),
      let x = Axis(fitting: shown.map(\.x), scale: isLogX ? .logarithmic : .linear)
    else { return nil }
    return (x, y)
  }

  private static func letter(_ index: Int) -> String {
    String(Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[index % 26])
  }

  private static func field(_ text: String) -> String { Heatmap.field(text) }
}
