import Support

/// Tokens that are found in a text before anything is cut.
struct AddedTokens: Sendable {
  /// One of them.
  struct Token: Sendable {
    let id: Int32
    /// What is looked for, UTF-8.
    let content: [UInt8]
    /// True for a mark, such as the end of a text, which plain text must not become.
    let isSpecial: Bool
    let isSingleWord: Bool
    let stripsLeft: Bool
    let stripsRight: Bool
  }

  /// A part of a text.
  enum Part {
    case text(Range<Int>)
    case token(Int32)
  }

  /// Tokens by their first byte, the longest first, [256].
  private var buckets = [[Token]](repeating: [], count: 256)
  private var isEmpty = true

  /// No tokens.
  init() {}

  /// Adds a token; an empty one is never found.
  mutating func add(_ token: Token) {
    guard let first = token.content.first else { return }
    let index = Int(first)
    let place =
      buckets[index].firstIndex { $0.content.count < token.content.count } ?? buckets[index].count
    buckets[index].insert(token, at: place)
    isEmpty = false
  }

  /// Calls `body` with each part of a text, from left to right: of tokens that begin at the same place
  /// the longest is found.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - marks: whether special tokens count; what reads like one is text otherwise.
  ///   - body: receives the parts; none is empty.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, marks: Bool, _ body: (Part) -> Void
  ) {
    var done = 0
    var index = 0
    while !isEmpty, index < text.count {
      guard let token = token(text, at: index) else {
        index += 1
        continue
      }
      var range = index..<index + token.content.count
      index = range.upperBound
      if token.isSpecial && !marks { continue }
      if token.isSingleWord, Self.isInWord(text, range) { continue }
      if token.stripsLeft {
        let start = Self.spaceStart(text, before: range.lowerBound)
        range = max(start, done)..<range.upperBound
      }
      if token.stripsRight {
        range = range.lowerBound..<Self.spaceEnd(text, after: range.upperBound)
        index = range.upperBound
      }
      if done < range.lowerBound { body(.text(done..<range.lowerBound)) }
      body(.token(token.id))
      done = range.upperBound
    }
    if done < text.count { body(.text(done..<text.count)) }
  }

  private func token(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Token? {
    let bucket = buckets[Int(text[index])]
    guard !bucket.isEmpty else { return nil }
    let rest = UnsafeBufferPointer(rebasing: text[index...])
    return bucket.first { rest.starts(with: $0.content) }
  }

  private static func isInWord(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    let before = lastScalar(text, before: range.lowerBound)?.scalar
    let after = firstScalar(text, at: range.upperBound)?.scalar
    return [before, after].contains { $0.map(isOfWord) ?? false }
  }

  private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }

  private static func spaceStart(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    var start = end
    while let last = lastScalar(text, before: start), last.scalar.properties.isWhitespace {
      start = last.start
    }
    return start
  }

  private static func spaceEnd(_ text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int {
    var end = start
    while let first = firstScalar(text, at: end), first.scalar.properties.isWhitespace {
      end = first.end
    }
    return end
  }

  private static func lastScalar(
    _ text: UnsafeBufferPointer<UInt8>, before end: Int
  ) -> (scalar: Unicode.Scalar, start: Int)? {
    guard end > 0 else { return nil }
    var start = end - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return firstScalar(text, at: start).map { ($0.scalar, start) }
  }

  private static func firstScalar(
    _ text: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (scalar: Unicode.Scalar, end: Int)? {
    guard start < text.count else { return nil }
    let end = min(text.count, start + UTF8Length.of(text[start]))
    let scalars = String(decoding: text[start..<end], as: UTF8.self).unicodeScalars
    return scalars.first.map { ($0, end) }
  }
}
