/// A colour by its role; `Palette` decides what a terminal shows for it.
public struct Color: Hashable, Sendable {
  let code: UInt16

  private init(code: UInt16) { self.code = code }

  /// The terminal's own foreground or background.
  public static let standard = Color(code: 0)
  /// Plain text; the terminal's own foreground.
  public static let text = Color(code: 1)
  /// Frames, hints, units: there, but not in the way.
  public static let faint = Color(code: 2)
  /// Focus and the cursor.
  public static let accent = Color(code: 3)
  /// Something to look at.
  public static let warning = Color(code: 4)
  /// Better, done; blue, always with a glyph or sign.
  public static let good = Color(code: 5)
  /// Worse, failed; orange, always with a glyph or sign.
  public static let bad = Color(code: 6)

  /// Series 0 to 5 of a chart; other numbers wrap around.
  public static func series(_ index: Int) -> Color { Color(code: 16 + UInt16(wrap(index, 6))) }

  /// Step 0 to 11 of the sequential heat map (viridis); clamped.
  public static func heat(_ step: Int) -> Color {
    Color(code: 32 + UInt16(min(max(step, 0), heatSteps - 1)))
  }

  /// Text that is readable on the same step of `heat`.
  public static func onHeat(_ step: Int) -> Color {
    Color(code: 48 + UInt16(min(max(step, 0), heatSteps - 1)))
  }

  /// Step 0 to 8 of the diverging map, blue to orange with 4 in the middle; clamped.
  public static func diverging(_ step: Int) -> Color {
    Color(code: 64 + UInt16(min(max(step, 0), divergingSteps - 1)))
  }

  /// Text that is readable on the same step of `diverging`.
  public static func onDiverging(_ step: Int) -> Color {
    Color(code: 80 + UInt16(min(max(step, 0), divergingSteps - 1)))
  }

  /// Steps of the sequential heat map.
  public static let heatSteps = 12
  /// Steps of the diverging map.
  public static let divergingSteps = 9

  private static func wrap(_ index: Int, _ count: Int) -> Int {
    ((index % count) + count) % count
  }
}

/// How a cell looks.
public struct Style: Hashable, Sendable {
  /// Attributes that every terminal has in some form.
  public struct Attributes: OptionSet, Hashable, Sendable {
    /// One bit for each attribute.
    public let rawValue: UInt8
    /// Attributes from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Heavier strokes.
    public static let bold = Attributes(rawValue: 1)
    /// Fainter strokes.
    public static let dim = Attributes(rawValue: 2)
    /// Foreground and background swapped.
    public static let reverse = Attributes(rawValue: 4)
    /// A line below.
    public static let underline = Attributes(rawValue: 8)
  }

  /// Colour of the strokes.
  public var foreground: Color
  /// Colour of the cell.
  public var background: Color
  /// Attributes.
  public var attributes: Attributes

  /// A style from its parts.
  public init(
    _ foreground: Color = .text, on background: Color = .standard, _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// Plain text.
  public static let text = Style()
  /// Frames, hints and units.
  public static let faint = Style(.faint)
  /// Focus.
  public static let accent = Style(.accent, [.bold])
  /// Something to look at.
  public static let warning = Style(.warning)
  /// Better or done.
  public static let good = Style(.good)
  /// Worse or failed.
  public static let bad = Style(.bad)
  /// Plain text in bold.
  public static let strong = Style(.text, [.bold])
  /// The selected line.
  public static let selected = Style(.text, [.reverse])

  /// A style without a background.
  public init(_ foreground: Color, _ attributes: Attributes) {
    self.init(foreground, on: .standard, attributes)
  }

  /// Text on one step of the sequential heat map.
  public static func heat(_ step: Int) -> Style { Style(.onHeat(step), on: .heat(step)) }

  /// Text on one step of the diverging map.
  public static func diverging(_ step: Int) -> Style {
    Style(.onDiverging(step), on: .diverging(step))
  }

  /// The same style with more attributes.
  public func with(_ more: Attributes) -> Style {
    Style(foreground, on: background, attributes.union(more))
  }
}
