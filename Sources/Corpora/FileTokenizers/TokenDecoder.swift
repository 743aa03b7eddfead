import Support

/// Tokens become text again.
struct TokenDecoder: Sendable {
  private enum Step: Sendable {
    case byteLevel
    case byteTokens
    case fuse
    case replace(TextPattern, [UInt8])
    case strip([UInt8], start: Int, stop: Int)
    case metaspace(Metaspace)
  }

  private static let known = [
    "ByteLevel", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "Sequence",
  ]

  private var steps: [Step] = []
  /// Without a decoder tokens are words.
  private let joinsBySpaces: Bool

  /// The decoder of a tokenizer.json; nil is none.
  init(_ part: TokenizerPart?) throws {
    joinsBySpaces = part == nil
    if let part { try add(part) }
  }

  private mutating func add(_ part: TokenizerPart) throws {
    try part.countStep(after: steps.count)
    switch try part.type {
    case "Sequence": for step in try part.need("decoders").list { try add(step) }
    case "ByteLevel": steps.append(.byteLevel)
    case "ByteFallback": steps.append(.byteTokens)
    case "Fuse": steps.append(.fuse)
    case "Replace":
      let content = Array(try part.need("content").text.utf8)
      steps.append(.replace(try TextPattern(try part.need("pattern")), content))
    case "Strip":
      let content = Array(try part.need("content").text.utf8)
      guard !content.isEmpty else { throw part.error("an empty content found") }
      steps.append(
        .strip(content, start: try part.need("start").id, stop: try part.need("stop").id))
    case "Metaspace": steps.append(.metaspace(try Metaspace(part)))
    default: throw try part.unknownType(Self.known)
    }
  }

  /// The bytes of a text whose tokens are written so; they need not be whole UTF-8.
  ///
  /// `continues` leaves in what the first word of a text loses, such as the space before it.
  func bytes(of tokens: [ArraySlice<UInt8>], continues: Bool = false) -> [UInt8] {
    var tokens = tokens
    for step in steps {
      switch step {
      case .byteLevel: tokens = [Self.fused(tokens.map(Self.bytes)[...])]
      case .byteTokens: tokens = Self.byteTokens(tokens)
      case .fuse: tokens = [Self.fused(tokens[...])]
      case .replace(let pattern, let content):
        tokens = tokens.map { pattern.replacing(in: Array($0), with: content)[...] }
      case .strip(let content, let start, let stop):
        guard !continues else { continue }
        tokens = tokens.map { Self.stripped($0, content, start: start, stop: stop) }
      case .metaspace(let metaspace):
        let drops = metaspace.prepending != .never && !continues
        tokens = tokens.enumerated().map { index, token in
          Self.spaced(token, metaspace.sign, to: index == 0 && drops ? [] : [0x20])
        }
      }
    }
    return joinsBySpaces ? Array(tokens.joined(separator: [0x20])) : Array(tokens.joined())
  }

  private static func fused(_ tokens: ArraySlice<ArraySlice<UInt8>>) -> ArraySlice<UInt8> {
    Array(tokens.joined())[...]
  }

  /// The bytes of a token of visible characters; a token with others stands for itself.
  private static func bytes(_ token: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    token.withUnsafeBufferPointer { ByteAlphabet.bytes(of: $0) }?[...] ?? token
  }

  /// Each run of byte tokens as the text of its bytes; when they are none, as U+FFFD each.
  private static func byteTokens(_ tokens: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var run: [UInt8] = []
    func end() {
      guard !run.isEmpty else { return }
      let isText = run.withUnsafeBytes { UTF8Check.firstFault($0) } == nil
      let broken = Array(repeatElement(Array("\u{FFFD}".utf8), count: run.count).joined())
      result.append((isText ? run : broken)[...])
      run = []
    }
    for token in tokens {
      if let byte = byte(of: token) {
        run.append(byte)
      } else {
        end()
        result.append(token)
      }
    }
    end()
    return result
  }

  /// The byte of a token such as `<0x0A>`.
  private static func byte(of token: ArraySlice<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token.last == UInt8(ascii: ">") else {
      return nil
    }
    return UInt8(String(decoding: token.dropFirst(3).dropLast(), as: UTF8.self), radix: 16)
  }

  private static func stripped(
    _ token: ArraySlice<UInt8>, _ content: [UInt8], start: Int, stop: Int
  ) -> ArraySlice<UInt8> {
    var token = token
    var count = 0
    while count < start, token.starts(with: content) {
      token = token.dropFirst(content.count)
      count += 1
    }
    count = 0
    while count < stop, token.reversed().starts(with: content.reversed()) {
      token = token.dropLast(content.count)
      count += 1
    }
    return token
  }

  private static func spaced(
    _ token: ArraySlice<UInt8>, _ sign: [UInt8], to space: [UInt8]
  ) -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    var rest = token
    while let first = rest.first {
      if rest.starts(with: sign) {
        result += space
        rest = rest.dropFirst(sign.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result[...]
  }
}
