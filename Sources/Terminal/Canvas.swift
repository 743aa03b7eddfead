public import Support

/// How many colours a terminal shows.
public enum ColorDepth: String, CaseIterable, Sendable {
  /// None: attributes and glyphs carry everything.
  case none
  /// Eight.
  case eight
  /// Eight and their bright forms.
  case sixteen
  /// The table of 256.
  case full
  /// Any colour by its red, green and blue.
  case direct

  /// Whether there are enough to tell a value by the colour of its cell.
  public var canShowMaps: Bool { self == .full || self == .direct }
}

/// Where text stands in the room given to it.
public enum Alignment: Sendable {
  /// At the left edge.
  case left
  /// In the middle.
  case center
  /// At the right edge.
  case right
}

/// A clipped view into a frame, with its own coordinates from (0, 0).
///
/// All views of one frame write into the same cells; nothing outside a view can be touched. Text is
/// sanitized here, whatever it holds. Use from one thread.
public struct Canvas {
  final class Surface {
    var buffer: CellBuffer
    init(_ buffer: CellBuffer) { self.buffer = buffer }
  }

  let surface: Surface
  let frame: Rect
  let clip: Rect
  /// What may be drawn.
  public let glyphs: GlyphSet
  /// How many colours there are; most panes need not ask.
  public let colors: ColorDepth

  /// A new empty frame.
  public init(width: Int, height: Int, glyphs: GlyphSet = .full, colors: ColorDepth = .full) {
    surface = Surface(CellBuffer(width: width, height: height))
    frame = Rect(width: width, height: height)
    clip = frame
    self.glyphs = glyphs
    self.colors = colors
  }

  private init(_ parent: Canvas, frame: Rect) {
    surface = parent.surface
    self.frame = frame
    clip = frame.intersection(parent.clip)
    glyphs = parent.glyphs
    colors = parent.colors
  }

  /// Columns of this view.
  public var width: Int { frame.width }
  /// Rows of this view.
  public var height: Int { frame.height }
  /// This view in its own coordinates.
  public var bounds: Rect { Rect(width: frame.width, height: frame.height) }
  /// The whole frame drawn so far.
  public var buffer: CellBuffer { surface.buffer }

  /// A view of a part; what lies outside this view stays invisible.
  public func view(_ part: Rect) -> Canvas {
    Canvas(self, frame: part.moved(x: frame.x, y: frame.y))
  }

  /// Puts one glyph; a wide glyph that does not fit whole becomes a space.
  public func put(_ glyph: Glyph, x: Int, y: Int, style: Style = .text) {
    let column = frame.x + x
    let row = frame.y + y
    guard clip.contains(x: column, y: row) else { return }
    let adapted = glyphs.adapt(glyph)
    let fits = adapted.width < 2 || column + 1 < clip.maxX
    surface.buffer.put(fits ? adapted : .space, x: column, y: row, style: style)
  }

  /// Writes text of any origin on one line, cut with an ellipsis where it does not fit.
  ///
  /// - Parameters:
  ///   - raw: the text; sanitized here.
  ///   - x: first column.
  ///   - y: row.
  ///   - style: how it looks.
  ///   - width: cells to use; to the right edge of the view unless told.
  ///   - alignment: where the text stands inside those cells.
  /// - Returns: cells the text took.
  @discardableResult
  public func text(
    _ raw: String, x: Int = 0, y: Int, style: Style = .text, width: Int? = nil,
    align alignment: Alignment = .left
  ) -> Int {
    let room = width ?? (self.width - x)
    guard room > 0 else { return 0 }
    return text(
      DisplayText(raw, limit: room), x: x, y: y, style: style, width: room, align: alignment)
  }

  /// Writes sanitized text on one line, cut with an ellipsis where it does not fit.
  ///
  /// - Returns: cells the text took.
  @discardableResult
  public func text(
    _ text: DisplayText, x: Int = 0, y: Int, style: Style = .text, width: Int? = nil,
    align alignment: Alignment = .left
  ) -> Int {
    let room = width ?? (self.width - x)
    guard room > 0 else { return 0 }
    let shown = glyphs.adapt(text.truncated(to: room))
    var column = x
    switch alignment {
    case .left: break
    case .center: column += (room - shown.width) / 2
    case .right: column += room - shown.width
    }
    for glyph in shown.glyphs {
      put(glyph, x: column, y: y, style: style)
      column += glyph.width
    }
    return shown.width
  }

  /// Writes runs of text with their own styles one after another.
  ///
  /// - Returns: the column after the last run.
  @discardableResult
  public func runs(_ runs: [(String, Style)], x: Int = 0, y: Int) -> Int {
    var column = x
    for (raw, style) in runs where column < width {
      column += text(raw, x: column, y: y, style: style)
    }
    return column
  }

  /// Fills a part, or the whole view, with a glyph one cell wide.
  public func fill(_ part: Rect? = nil, with glyph: Glyph = .space, style: Style = .text) {
    let area = bounds.intersection(part ?? bounds)
    for y in area.y..<area.maxY {
      for x in area.x..<area.maxX { put(glyph, x: x, y: y, style: style) }
    }
  }

  /// Changes the style of what is already drawn in a part.
  public func restyle(_ part: Rect, _ change: (Style) -> Style) {
    let area = part.moved(x: frame.x, y: frame.y).intersection(clip)
    for y in area.y..<area.maxY {
      for x in area.x..<area.maxX { surface.buffer.restyle(x: x, y: y, change) }
    }
  }
}
