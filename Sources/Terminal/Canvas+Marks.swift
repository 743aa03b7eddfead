public import Support

extension Canvas {
  /// Draws a frame with a title on its top edge and clears the inside.
  ///
  /// - Parameters:
  ///   - part: outer edge.
  ///   - title: left on the top edge; wins when both do not fit.
  ///   - trailing: right on the top edge.
  ///   - focused: heavy lines in the accent colour.
  ///   - style: of the lines without focus.
  /// - Returns: a view of the inside, empty when there is no room.
  @discardableResult
  public func box(
    _ part: Rect? = nil, title: String = "", trailing: String = "", focused: Bool = false,
    style: Style = .faint
  ) -> Canvas {
    let area = part ?? bounds
    let inside = view(area.inset(1, 1))
    guard area.width >= 2, area.height >= 2 else { return inside }
    let lines = focused ? glyphs.heavy : glyphs.light
    let stroke = focused ? Style.accent : style
    let right = area.maxX - 1
    let bottom = area.maxY - 1
    horizontalLine(x: area.x, y: area.y, width: area.width, glyph: lines.horizontal, style: stroke)
    horizontalLine(x: area.x, y: bottom, width: area.width, glyph: lines.horizontal, style: stroke)
    for y in area.y + 1..<max(area.y + 1, bottom) {
      put(lines.vertical, x: area.x, y: y, style: stroke)
      put(lines.vertical, x: right, y: y, style: stroke)
    }
    put(lines.topLeft, x: area.x, y: area.y, style: stroke)
    put(lines.topRight, x: right, y: area.y, style: stroke)
    put(lines.bottomLeft, x: area.x, y: bottom, style: stroke)
    put(lines.bottomRight, x: right, y: bottom, style: stroke)
    inside.fill()
    // One line cell stays between each corner and the text, one space on each side of the text.
    let room = area.width - 6
    let shown = DisplayText(title, limit: max(0, room))
    if shown.width > 0 {
      text(
        DisplayText(" \(shown.description) "), x: area.x + 2, y: area.y,
        style: focused ? .accent : .text)
    }
    let rest = room - (shown.width > 0 ? shown.width + 3 : 0)
    let end = DisplayText(trailing, limit: max(0, rest))
    if end.width > 0, end.width == DisplayText(trailing, limit: room + 1).width {
      text(
        DisplayText(" \(end.description) "), x: right - 3 - end.width, y: area.y, style: .faint)
    }
    return inside
  }

  /// A horizontal line.
  public func horizontalLine(
    x: Int = 0, y: Int, width: Int? = nil, glyph: Glyph? = nil, style: Style = .faint
  ) {
    for column in x..<max(x, x + (width ?? self.width - x)) {
      put(glyph ?? glyphs.light.horizontal, x: column, y: y, style: style)
    }
  }

  /// A vertical line.
  public func verticalLine(
    x: Int, y: Int = 0, height: Int? = nil, glyph: Glyph? = nil, style: Style = .faint
  ) {
    for row in y..<max(y, y + (height ?? self.height - y)) {
      put(glyph ?? glyphs.light.vertical, x: x, y: row, style: style)
    }
  }

  /// A horizontal bar, exact to an eighth of a cell where the font allows.
  ///
  /// - Parameters:
  ///   - fraction: filled share, clamped to 0...1; not a number draws an empty bar.
  ///   - x: first column.
  ///   - y: row.
  ///   - width: cells, caps included.
  ///   - caps: draws an end on both sides.
  ///   - style: of the filled part.
  public func bar(
    _ fraction: Double, x: Int, y: Int, width: Int, caps: Bool = false, style: Style = .accent
  ) {
    var start = x
    var length = width
    if caps, width >= 3 {
      put(glyphs.barEnds.left, x: x, y: y, style: .faint)
      put(glyphs.barEnds.right, x: x + width - 1, y: y, style: .faint)
      start += 1
      length -= 2
    }
    guard length > 0 else { return }
    let parts = glyphs.horizontalParts
    let steps = parts.count - 1
    let share = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
    let filled = Int((share * Double(length * steps)).rounded())
    for cell in 0..<length {
      let part = min(max(filled - cell * steps, 0), steps)
      put(parts[part], x: start + cell, y: y, style: style)
    }
  }

  /// One line of small columns, the newest value at the right edge; gaps where a value is not finite.
  ///
  /// - Parameters:
  ///   - values: one value for each column; the last `width` of them are drawn.
  ///   - range: lowest and highest value; from the drawn values unless told.
  ///   - x: first column.
  ///   - y: row.
  ///   - width: columns.
  ///   - style: of the columns.
  public func sparkline(
    _ values: [Double], range: ClosedRange<Double>? = nil, x: Int, y: Int, width: Int,
    style: Style = .accent
  ) {
    let shown = values.suffix(max(0, width))
    let finite = shown.filter(\.isFinite)
    guard let low = range?.lowerBound ?? finite.min(), let high = range?.upperBound ?? finite.max()
    else { return }
    let parts = glyphs.verticalParts
    for (offset, value) in shown.enumerated() where value.isFinite {
      let share = high > low ? (value - low) / (high - low) : 0
      let step = Int((min(max(share, 0), 1) * Double(parts.count - 1)).rounded())
      put(parts[step], x: x + width - shown.count + offset, y: y, style: style)
    }
  }

  /// A column that rises from the row `bottom`, exact to an eighth of a cell where the font allows.
  public func column(
    _ fraction: Double, x: Int, bottom: Int, height: Int, style: Style = .accent
  ) {
    guard height > 0, fraction.isFinite else { return }
    let parts = glyphs.level == .ascii ? ["#"] : glyphs.verticalParts
    let share = min(max(fraction, 0), 1)
    let filled = Int((share * Double(height * parts.count)).rounded())
    for cell in 0..<height {
      let part = min(max(filled - cell * parts.count, 0), parts.count)
      if part > 0 { put(parts[part - 1], x: x, y: bottom - cell, style: style) }
    }
  }
}
