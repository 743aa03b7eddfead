import Support

/// Cuts a text into the pieces that are encoded one by one.
struct PreTokenizer: Sendable {
  private enum Step: Sendable {
    case split(TextSplit)
    /// Spaces become a sign, which may also be put before the first word.
    case metaspace(Metaspace)
    /// A space is put before a text that has none.
    case leadingSpace
  }

  private static let known = [
    "ByteLevel", "Digits", "Split", "Metaspace", "Whitespace", "WhitespaceSplit", "Punctuation",
    "Sequence",
  ]
  /// GPT-2's expression.
  private static let words =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  private var steps: [Step] = []
  /// True when pieces are bytes, which stand in the vocabulary as visible characters.
  private(set) var isOfBytes = false

  /// The pre-tokenizer of a tokenizer.json; nil is none.
  init(_ part: TokenizerPart?) throws {
    if let part { try add(part) }
  }

  private mutating func add(_ part: TokenizerPart) throws {
    try part.countStep(after: steps.count)
    guard !isOfBytes else {
      throw part.error("a step after ByteLevel is not known")
    }
    switch try part.type {
    case "Sequence": for step in try part.need("pretokenizers").list { try add(step) }
    case "ByteLevel":
      if try part.flag("add_prefix_space", default: true) { steps.append(.leadingSpace) }
      if try part.flag("use_regex", default: true) { try split(Self.words, .isolated, part) }
      isOfBytes = true
    case "Split":
      let behavior = try part.need("behavior")
      guard let kind = TextSplit.Behavior(rawValue: try behavior.text) else {
        throw behavior.error("\(behavior.value.line) is not known")
      }
      steps.append(
        .split(
          TextSplit(
            pattern: try TextPattern(try part.need("pattern")), behavior: kind,
            isInverted: try part.flag("invert"))))
    case "Digits":
      let isSingle = try part.flag("individual_digits")
      try split(#"\p{N}"#, isSingle ? .isolated : .contiguous, part)
    case "Whitespace": try split(#"\w+|[^\w\s]+"#, .removed, isInverted: true, part)
    case "WhitespaceSplit": try split(#"\s"#, .removed, part)
    case "Punctuation":
      let name = try part["behavior"]?.text ?? "Isolated"
      guard let kind = TextSplit.Behavior(rawValue: name) else {
        throw part.error("the behavior \(name) is not known")
      }
      try split(#"[\p{P}$+<=>^`|~]"#, kind, part)
    case "Metaspace": steps.append(.metaspace(try Metaspace(part)))
    default: throw try part.unknownType(Self.known)
    }
  }

  private mutating func split(
    _ pattern: String, _ behavior: TextSplit.Behavior, isInverted: Bool = false,
    _ part: TokenizerPart
  ) throws {
    let pattern = try TextPattern(regex: try PatternSyntax.translated(pattern, part), part)
    steps.append(
      .split(TextSplit(pattern: pattern, behavior: behavior, isInverted: isInverted)))
  }

  /// Where a piece stands.
  struct Place {
    /// True for the beginning of the text.
    var isFirst: Bool
    /// True when the text goes on where other text ends.
    var continues: Bool
  }

  /// Calls `body` with each piece, from left to right.
  func cut(
    _ text: UnsafeBufferPointer<UInt8>, at place: Place,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    cut(text, at: place, step: 0, body)
  }

  private func cut(
    _ text: UnsafeBufferPointer<UInt8>, at place: Place, step: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard !text.isEmpty else { return }
    guard step < steps.count else { return body(text) }
    switch steps[step] {
    case .split(let split): apply(split, to: text, at: place, step: step + 1, body)
    case .leadingSpace:
      guard text[0] != 0x20, !(place.isFirst && place.continues) else {
        return cut(text, at: place, step: step + 1, body)
      }
      ([0x20] + text).withUnsafeBufferPointer { cut($0, at: place, step: step + 1, body) }
    case .metaspace(let metaspace):
      metaspace.apply(Array(text), at: place).withUnsafeBufferPointer { text in
        guard let split = metaspace.split else {
          return cut(text, at: place, step: step + 1, body)
        }
        apply(split, to: text, at: place, step: step + 1, body)
      }
    }
  }

  private func apply(
    _ split: TextSplit, to text: UnsafeBufferPointer<UInt8>, at place: Place, step: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    split.forEachPiece(of: text) { range in
      var place = place
      place.isFirst = place.isFirst && range.lowerBound == 0
      cut(UnsafeBufferPointer(rebasing: text[range]), at: place, step: step, body)
    }
  }
}

/// Spaces as a visible sign, U+2581 as a rule, in the manner of SentencePiece.
struct Metaspace: Sendable {
  /// When a sign is put before a text.
  enum Prepending: String, Sendable {
    case always, first, never
  }

  /// The sign, UTF-8.
  let sign: [UInt8]
  let prepending: Prepending
  /// Cuts before each sign; nil when texts stay whole.
  let split: TextSplit?
  private let space: TextPattern

  /// A part of a tokenizer.json, a pre-tokenizer or a decoder.
  init(_ part: TokenizerPart) throws {
    let sign = try part["replacement"]?.text ?? "\u{2581}"
    self.sign = Array(sign.utf8)
    if let scheme = part["prepend_scheme"] {
      guard let prepending = Prepending(rawValue: try scheme.text) else {
        throw scheme.error("\(scheme.value.line) is not known")
      }
      self.prepending = prepending
    } else {
      prepending = try part.flag("add_prefix_space", default: true) ? .always : .never
    }
    space = try TextPattern(literal: " ", part)
    split =
      try part.flag("split", default: true)
      ? TextSplit(
        pattern: try TextPattern(literal: sign, part), behavior: .mergedWithNext,
        isInverted: false) : nil
  }

  /// The text with signs.
  func apply(_ text: [UInt8], at place: PreTokenizer.Place) -> [UInt8] {
    let text = space.replacing(in: text, with: sign)
    let isWanted =
      switch prepending {
      case .always: !(place.isFirst && place.continues)
      case .first: place.isFirst && !place.continues
      case .never: false
      }
    return isWanted && !text.starts(with: sign) ? sign + text : text
  }
}
