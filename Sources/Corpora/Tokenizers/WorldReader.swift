/// Cuts a text into the words of the miniature world, in lower case.
///
/// Letters in a row are a word, digits in a row are chunks of two, a line break and every other
/// sign stand alone; spaces part words.
struct WorldReader {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var hasLayoutBreak = false

  init(_ text: String) { scalars = Array(text.lowercased().unicodeScalars) }

  /// True once after every end of a statement: its line break is layout.
  mutating func takesLayoutBreak() -> Bool {
    defer { hasLayoutBreak = true }
    return !hasLayoutBreak
  }

  mutating func endsLayoutBreak() { hasLayoutBreak = false }

  /// The next word, or nil at the end.
  mutating func next() -> String? {
    while index < scalars.count, Self.isSpace(scalars[index]) { index += 1 }
    guard index < scalars.count else { return nil }
    let start = index
    if Self.isDigit(scalars[start]) {
      return digits()
    }
    if scalars[start] == "<", let end = mark() {
      index = end
    } else if Self.isLetter(scalars[start]) {
      while index < scalars.count, Self.isLetter(scalars[index]) { index += 1 }
    } else {
      index += 1
    }
    return word(start..<index)
  }

  /// Two digits, or all that is left of an odd number: a single digit has no token.
  private mutating func digits() -> String {
    var end = index
    while end < scalars.count, end < index + 2, Self.isDigit(scalars[end]) { end += 1 }
    defer { index = end }
    return word(index..<end)
  }

  private func mark() -> Int? {
    let unknown = WorldVocabulary.unknown.unicodeScalars
    return scalars[index...].starts(with: unknown) ? index + unknown.count : nil
  }

  private func word(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\r"
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar >= "0" && scalar <= "9"
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic
  }
}
