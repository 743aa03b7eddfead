/// One thing that fills one or two cells of the screen: a base character and up to three marks.
///
/// A glyph never holds a control, bidi, zero-width or otherwise unpredictable character: every way to
/// make one replaces those by U+FFFD. It is 16 bytes of plain memory, so a screen of glyphs compares
/// quickly.
public struct Glyph: Hashable, Sendable, ExpressibleByUnicodeScalarLiteral {
  /// The base character; NUL only for `continuation`.
  public let scalar: Unicode.Scalar
  /// Three combining marks of 21 bits each, then one bit for a wide base.
  private let packed: UInt64

  private static let wideBit: UInt64 = 1 << 63
  private static let markMask: UInt64 = 0x1F_FFFF
  /// Combining marks kept on one base; a curses cell has room for four.
  public static let markLimit = 3

  /// The empty cell.
  public static let space = Glyph(" ")
  /// The right half of a wide glyph.
  public static let continuation = Glyph(scalar: "\0", packed: 0)
  /// What stands for anything that cannot be shown.
  public static let replacement = Glyph(scalar: "\u{FFFD}", packed: 0)

  private init(scalar: Unicode.Scalar, packed: UInt64) {
    self.scalar = scalar
    self.packed = packed
  }

  /// A glyph of one character; anything that is not plainly visible becomes U+FFFD.
  public init(_ scalar: Unicode.Scalar) {
    switch DisplayWidth.classify(scalar) {
    case .narrow: self.init(scalar: scalar, packed: 0)
    case .wide: self.init(scalar: scalar, packed: Glyph.wideBit)
    case .mark, .hidden: self = .replacement
    }
  }

  /// A glyph written as a literal.
  public init(unicodeScalarLiteral value: Unicode.Scalar) {
    self.init(value)
  }

  /// Cells taken: 0 for `continuation`, else 1 or 2.
  public var width: Int {
    if packed & Glyph.wideBit != 0 { return 2 }
    return scalar.value == 0 ? 0 : 1
  }

  /// The combining marks, at most `markLimit`.
  public var marks: [Unicode.Scalar] {
    guard packed & ~Glyph.wideBit != 0 else { return [] }
    return (0..<Glyph.markLimit).compactMap { place in
      let value = UInt32((packed >> UInt64(21 * place)) & Glyph.markMask)
      return value == 0 ? nil : Unicode.Scalar(value)
    }
  }

  /// The same glyph with one more mark, or nil when it is not a mark or there is no room.
  public func adding(_ mark: Unicode.Scalar) -> Glyph? {
    guard DisplayWidth.classify(mark) == .mark, scalar.value != 0 else { return nil }
    for place in 0..<Glyph.markLimit {
      let shift = UInt64(21 * place)
      guard (packed >> shift) & Glyph.markMask == 0 else { continue }
      return Glyph(scalar: scalar, packed: packed | UInt64(mark.value) << shift)
    }
    return nil
  }

  /// Appends the characters; `continuation` appends nothing.
  public func write(to text: inout String) {
    guard scalar.value != 0 else { return }
    text.unicodeScalars.append(scalar)
    for mark in marks { text.unicodeScalars.append(mark) }
  }

  /// The glyph that stands for this one where only ASCII can be drawn; same width per cell.
  public var ascii: Glyph {
    if scalar.isASCII { return packed & ~Glyph.wideBit == 0 ? self : Glyph(scalar) }
    return ASCIIFallback.glyph(for: scalar)
  }
}
