/// Text that is safe to show: the only way from data to the screen, the log and the clipboard.
///
/// Bytes are decoded with replacement. C0 controls and DEL become their pictures (U+2400 block), C1
/// controls `<9B>`, bidi, zero-width, private and unassigned characters `<U+202E>`. More than three
/// marks on one character are dropped and counted (`<+5>`). The width is exact in cells.
public struct DisplayText: Hashable, Sendable, CustomStringConvertible,
  ExpressibleByStringInterpolation
{
  /// The glyphs from left to right, without continuation cells.
  public private(set) var glyphs: [Glyph] = []
  /// Cells taken by all glyphs.
  public private(set) var width = 0

  /// Sanitizes a string.
  ///
  /// - Parameters:
  ///   - raw: anything, of any length.
  ///   - limit: cells to fill at most; longer text is cut and ends in an ellipsis. Reading stops
  ///     there, so a huge string costs no more than a short one.
  public init(_ raw: String, limit: Int = .max) {
    append(raw.unicodeScalars, limit: limit)
  }

  /// Decodes UTF-8 with replacement and sanitizes it.
  public init(bytes: some Collection<UInt8>, limit: Int = .max) {
    self.init(String(decoding: bytes, as: UTF8.self), limit: limit)
  }

  /// Safe text from a literal.
  public init(stringLiteral value: String) {
    self.init(value)
  }

  private init(glyphs: [Glyph]) {
    self.glyphs = glyphs
    width = glyphs.reduce(0) { $0 + $1.width }
  }

  /// The safe text as a string, for logs and the clipboard.
  public var description: String {
    var text = ""
    for glyph in glyphs { glyph.write(to: &text) }
    return text
  }

  /// The lines of a multi-line text; line feeds separate them and tabs advance to the next stop.
  ///
  /// - Parameters:
  ///   - raw: anything.
  ///   - tabWidth: cells between tab stops, at least 1.
  /// - Returns: one text for each line, at least one.
  public static func lines(_ raw: String, tabWidth: Int = 4) -> [DisplayText] {
    let stop = max(1, tabWidth)
    return raw.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var text = DisplayText("")
      var scalars = line
      if scalars.last == "\r" { scalars = scalars.dropLast() }
      for (index, part) in scalars.split(separator: "\t", omittingEmptySubsequences: false)
        .enumerated()
      {
        if index > 0 {
          let gap = stop - text.width % stop
          text.glyphs += Array(repeating: .space, count: gap)
          text.width += gap
        }
        text.append(part, limit: .max)
      }
      return text
    }
  }

  /// The text cut to a number of cells, with an ellipsis when something is missing.
  ///
  /// - Parameters:
  ///   - cells: cells to fill at most; 0 or less gives the empty text.
  ///   - ellipsis: the glyph that stands for the rest; one cell wide.
  /// - Returns: at most `cells` wide.
  public func truncated(to cells: Int, ellipsis: Glyph = "\u{2026}") -> DisplayText {
    if width <= cells { return self }
    guard cells > 0 else { return DisplayText(glyphs: []) }
    var kept: [Glyph] = []
    var used = 0
    for glyph in glyphs {
      if used + glyph.width > cells - 1 { break }
      kept.append(glyph)
      used += glyph.width
    }
    kept.append(ellipsis)
    return DisplayText(glyphs: kept)
  }

  /// The text with every glyph replaced by its ASCII stand-in.
  ///
  /// A wide glyph keeps its two cells, so that columns stay where they were.
  public var ascii: DisplayText {
    var mapped: [Glyph] = []
    mapped.reserveCapacity(glyphs.count)
    for glyph in glyphs {
      mapped.append(glyph.ascii)
      if glyph.width == 2 { mapped.append(glyph.ascii) }
    }
    return DisplayText(glyphs: mapped)
  }

  /// The text between two cell offsets; a wide glyph cut in half becomes a space.
  public func slice(from start: Int, cells: Int) -> DisplayText {
    guard cells > 0 else { return DisplayText(glyphs: []) }
    var kept: [Glyph] = []
    var column = 0
    for glyph in glyphs where column < start + cells {
      let end = column + glyph.width
      if end > start {
        kept.append(column >= start && end <= start + cells ? glyph : .space)
      }
      column = end
    }
    return DisplayText(glyphs: kept)
  }

  private mutating func append(_ scalars: some Sequence<Unicode.Scalar>, limit: Int) {
    var dropped = 0
    for scalar in scalars {
      if width > limit { break }
      let kind = DisplayWidth.classify(scalar)
      if kind == .mark, let last = glyphs.last, dropped > 0 || last != .space {
        if dropped == 0, let marked = last.adding(scalar) {
          glyphs[glyphs.count - 1] = marked
        } else {
          dropped += 1
        }
        continue
      }
      noteDropped(&dropped)
      switch kind {
      case .narrow, .wide: push(Glyph(scalar))
      case .mark: push(Glyph("\u{25CC}").adding(scalar) ?? .replacement)
      case .hidden: spell(scalar)
      }
    }
    noteDropped(&dropped)
    if width > limit { self = truncated(to: limit) }
  }

  private mutating func noteDropped(_ count: inout Int) {
    guard count > 0 else { return }
    for scalar in "<+\(count)>".unicodeScalars { push(Glyph(scalar)) }
    count = 0
  }

  private mutating func spell(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x20 || value == 0x7F {
      let picture = value == 0x7F ? 0x2421 : 0x2400 + value
      push(Unicode.Scalar(picture).map { Glyph($0) } ?? .replacement)
      return
    }
    let digits = String(value, radix: 16, uppercase: true)
    let name =
      value < 0xA0
      ? "<\(digits)>" : "<U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)>"
    for scalar in name.unicodeScalars { push(Glyph(scalar)) }
  }

  private mutating func push(_ glyph: Glyph) {
    glyphs.append(glyph)
    width += glyph.width
  }
}
