public import Support

/// A plot in dots finer than cells: braille (2 x 4 per cell), half blocks (1 x 2) or one mark a cell.
///
/// Where series meet in a cell the dots of all are drawn and the lowest rank gives the colour, so the
/// order of drawing does not matter and lines do not flicker. Lines are drawn as one vertical span in
/// each dot column (tui.md of the design: the same dots as every segment drawn alone).
public struct BrailleRaster: Sendable {
  /// How a series is drawn.
  public struct Pen: Hashable, Sendable {
    /// Colour and attributes.
    public var style: Style
    /// Lower wins where series meet: 0 focused, then pinned, then the others.
    public var rank: Int
    /// What stands for the series where only one mark fits a cell.
    public var mark: Glyph
    /// Dots drawn and left out in turn along x; 0 draws a solid line.
    public var dash: Int

    /// A pen.
    public init(_ style: Style, rank: Int = 0, mark: Glyph = "*", dash: Int = 0) {
      self.style = style
      self.rank = rank
      self.mark = mark
      self.dash = dash
    }
  }

  private struct Owner: Hashable, Sendable {
    var rank = Int.max
    var style = Style.text
    var mark: Glyph = "*"
  }

  /// Cells.
  public let width, height: Int
  /// Dots in one cell.
  public let dotsAcross, dotsDown: Int
  private let level: GlyphSet.Level
  private var bits: [UInt8]
  private var owners: [Owner]

  /// An empty raster.
  ///
  /// - Parameters:
  ///   - width: cells across; negative counts as 0.
  ///   - height: cells down; negative counts as 0.
  ///   - glyphs: decides the kind of dots.
  public init(width: Int, height: Int, glyphs: GlyphSet) {
    self.width = max(0, width)
    self.height = max(0, height)
    level = glyphs.level
    dotsAcross = level == .full ? 2 : 1
    dotsDown = level == .full ? 4 : level == .basic ? 2 : 1
    bits = Array(repeating: 0, count: self.width * self.height)
    owners = Array(repeating: Owner(), count: self.width * self.height)
  }

  /// Dots across the whole raster.
  public var dotWidth: Int { width * dotsAcross }
  /// Dots down the whole raster; row 0 is the top.
  public var dotHeight: Int { height * dotsDown }

  /// Sets one dot; outside the raster it does nothing.
  public mutating func dot(x: Int, y: Int, pen: Pen) {
    guard x >= 0, x < dotWidth, y >= 0, y < dotHeight else { return }
    let place = (y / dotsDown) * width + x / dotsAcross
    bits[place] |= 1 << UInt8((y % dotsDown) * dotsAcross + x % dotsAcross)
    if pen.rank < owners[place].rank {
      owners[place] = Owner(rank: pen.rank, style: pen.style, mark: pen.mark)
    }
  }

  /// Whether a dot is set.
  public func isSet(x: Int, y: Int) -> Bool {
    guard x >= 0, x < dotWidth, y >= 0, y < dotHeight else { return false }
    let bit = UInt8((y % dotsDown) * dotsAcross + x % dotsAcross)
    return bits[(y / dotsDown) * width + x / dotsAcross] >> bit & 1 == 1
  }

  /// Sets the dots of one column from one row to another, in either order.
  public mutating func span(x: Int, from first: Int, to last: Int, pen: Pen) {
    guard x >= 0, x < dotWidth else { return }
    if pen.dash > 0, (x / pen.dash) % 2 == 1 { return }
    let low = max(0, min(first, last))
    let high = min(dotHeight - 1, max(first, last))
    guard low <= high else { return }
    for y in low...high { dot(x: x, y: y, pen: pen) }
  }

  /// A straight line between two points in dots; what lies outside is cut, not dropped.
  public mutating func line(
    fromX x0: Double, y y0: Double, toX x1: Double, y y1: Double, pen: Pen
  ) {
    guard x0.isFinite, y0.isFinite, x1.isFinite, y1.isFinite, dotWidth > 0, dotHeight > 0
    else { return }
    if x0 > x1 {
      line(fromX: x1, y: y1, toX: x0, y: y0, pen: pen)
      return
    }
    let first = max(x0.rounded(), 0)
    let last = min(x1.rounded(), Double(dotWidth - 1))
    guard first <= last else { return }
    let slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0
    for column in Int(first)...Int(last) {
      // A dot column owns the half dot on each side of its centre.
      let left = max(x0, Double(column) - 0.5)
      let right = min(x1, Double(column) + 0.5)
      let top = x1 > x0 ? y0 + (left - x0) * slope : y0
      let bottom = x1 > x0 ? y0 + (right - x0) * slope : y1
      span(x: column, from: clampRow(top), to: clampRow(bottom), pen: pen)
    }
  }

  /// A line through points in dots; a point that is not finite leaves a gap.
  public mutating func polyline(_ points: [(x: Double, y: Double)], pen: Pen) {
    var previous: (x: Double, y: Double)?
    for point in points {
      guard point.x.isFinite, point.y.isFinite else {
        previous = nil
        continue
      }
      let start = previous ?? point
      line(fromX: start.x, y: start.y, toX: point.x, y: point.y, pen: pen)
      previous = point
    }
  }

  /// Draws the dots; cells without a dot are left as they are.
  public func draw(on canvas: Canvas, x: Int = 0, y: Int = 0) {
    for row in 0..<height {
      for column in 0..<width where bits[row * width + column] != 0 {
        let owner = owners[row * width + column]
        let glyph = glyph(bits[row * width + column], mark: owner.mark)
        canvas.put(glyph, x: x + column, y: y + row, style: owner.style)
      }
    }
  }

  /// Rows far outside would overflow Int; one row outside says the same.
  private func clampRow(_ y: Double) -> Int {
    Int(min(max(y.rounded(), -1), Double(dotHeight)))
  }

  private func glyph(_ bits: UInt8, mark: Glyph) -> Glyph {
    switch level {
    case .ascii: return mark
    case .basic: return [" ", "▀", "▄", "█"][Int(bits & 3)]
    case .full:
      // Our bits run row by row; braille numbers its dots down the left column first.
      let order: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
      var code: UInt32 = 0x2800
      for (bit, value) in order.enumerated() where bits >> UInt8(bit) & 1 == 1 { code += value }
      return Unicode.Scalar(code).map { Glyph($0) } ?? .replacement
    }
  }
}
