import Support

extension Canvas {
  /// Draws a left axis: labels to the left of a line with a mark at the exact row of each tick.
  ///
  /// - Parameters:
  ///   - ticks: marks; those on a row already taken are left out.
  ///   - axis: maps values to rows.
  ///   - x: column of the line; labels are right-aligned before it.
  ///   - y: top row of the plot.
  ///   - height: rows of the plot.
  public func leftAxis(_ ticks: [Tick], axis: Axis, x: Int, y: Int, height: Int) {
    guard height > 0 else { return }
    verticalLine(x: x, y: y, height: height)
    var taken = Set<Int>()
    for tick in ticks {
      let place = axis.row(tick.value, count: height)
      guard place.isFinite, place > -0.5, place < Double(height) - 0.5 else { continue }
      let row = Int(place.rounded())
      guard taken.insert(row).inserted else { continue }
      put(glyphs.tickLeft, x: x, y: y + row, style: .faint)
      text(tick.label, x: 0, y: y + row, style: .faint, width: x, align: .right)
    }
  }

  /// Draws a bottom axis: a mark at the exact column of each tick and its label below, centred and
  /// kept inside; labels never touch.
  ///
  /// - Parameters:
  ///   - ticks: marks from low to high.
  ///   - axis: maps values to columns.
  ///   - x: left column of the plot.
  ///   - y: row of the line; labels take the next row.
  ///   - width: columns of the plot.
  public func bottomAxis(_ ticks: [Tick], axis: Axis, x: Int, y: Int, width: Int) {
    guard width > 0 else { return }
    horizontalLine(x: x, y: y, width: width)
    var free = Int.min
    for tick in ticks {
      let place = axis.position(tick.value, count: width)
      guard place.isFinite, place > -0.5, place < Double(width) - 0.5 else { continue }
      let column = x + Int(place.rounded())
      put(glyphs.tickBottom, x: column, y: y, style: .faint)
      let label = DisplayText(tick.label)
      let start = max(0, min(column - label.width / 2, self.width - label.width))
      guard start >= free else { continue }
      text(label, x: start, y: y + 1, style: .faint)
      free = start + label.width + 1
    }
  }
}
