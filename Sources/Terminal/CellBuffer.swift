public import Support

/// What one cell shows.
public struct Cell: Hashable, Sendable {
  /// The glyph; `Glyph.continuation` in the right half of a wide one.
  public var glyph: Glyph
  /// How it looks.
  public var style: Style

  /// A cell; empty and plain unless told.
  public init(_ glyph: Glyph = .space, _ style: Style = .text) {
    self.glyph = glyph
    self.style = style
  }
}

/// A frame in memory: what tests compare and what a screen copies to the terminal.
///
/// A wide glyph always has its continuation to the right of it: overwriting one half clears the other,
/// and a wide glyph that does not fit becomes a space.
public struct CellBuffer: Hashable, Sendable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  private var cells: [Cell]

  /// An empty frame; negative sizes become 0.
  public init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
    cells = Array(repeating: Cell(), count: self.width * self.height)
  }

  /// The cell at a place, or an empty one outside the frame.
  public subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, x < width, y >= 0, y < height else { return Cell() }
    return cells[y * width + x]
  }

  /// Puts a glyph; does nothing outside the frame.
  public mutating func put(_ glyph: Glyph, x: Int, y: Int, style: Style) {
    guard x >= 0, x < width, y >= 0, y < height, glyph.width > 0 else { return }
    let place = y * width + x
    release(place, column: x)
    guard glyph.width == 2 else {
      cells[place] = Cell(glyph, style)
      return
    }
    guard x + 1 < width else {
      cells[place] = Cell(.space, style)
      return
    }
    release(place + 1, column: x + 1)
    cells[place] = Cell(glyph, style)
    cells[place + 1] = Cell(.continuation, style)
  }

  /// Changes the style of a cell and keeps its glyph.
  public mutating func restyle(x: Int, y: Int, _ change: (Style) -> Style) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    cells[y * width + x].style = change(cells[y * width + x].style)
  }

  /// Whether a row is the same in both frames; false for different widths or missing rows.
  public func rowEquals(_ other: CellBuffer, row: Int) -> Bool {
    guard width == other.width, row >= 0, row < height, row < other.height else { return false }
    let range = row * width..<(row + 1) * width
    return cells[range] == other.cells[range]
  }

  /// The glyphs of each row as text, trailing spaces kept.
  public var lines: [String] {
    (0..<height).map { row in
      var text = ""
      for column in 0..<width { cells[row * width + column].glyph.write(to: &text) }
      return text
    }
  }

  /// All rows as one text with line feeds, trailing spaces removed.
  public var text: String {
    lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// Clears the other half of a wide glyph that is about to lose this cell.
  private mutating func release(_ place: Int, column: Int) {
    if cells[place].glyph.width == 0, column > 0 { cells[place - 1].glyph = .space }
    if cells[place].glyph.width == 2, column + 1 < width { cells[place + 1].glyph = .space }
    cells[place].glyph = .space
  }
}
