public import Support

/// Word-level tokens of the miniature world.
///
/// Text is laid out for reading (capitals at sentence starts, numbers joined, code indented), and
/// `encode` undoes exactly that layout: case and spaces carry nothing, the line break after a
/// statement or brace is layout, every other line break is a token.
public struct WorldTokenizer: Tokenizer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "world", "One token a word of the built-in miniature world; for the built-in sources.")

  private static let lineBreak = WorldVocabulary.token("\n")
  private static let sentenceEnd = Set(WorldVocabulary.tokens(". ? ; { }") + [lineBreak])
  private static let attachesLeft = Set(WorldVocabulary.tokens(". , : ; ? ) ("))
  private static let staysSmall = Set(
    WorldVocabulary.tokens("func let if while return key assert"))
  private static let opensLine = Set(WorldVocabulary.tokens("; { }"))

  /// The tokenizer; it has no settings.
  public init() {}

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {}

  /// The kind's name.
  public var name: String { Self.kind.name }
  /// Token numbers, V, padded to a multiple of 64.
  public var vocabularySize: Int { Tokenizers.padded(WorldVocabulary.words.count) }
  /// One line of JSON for checkpoints.
  public var description: String {
    Tokenizers.describe(self, words: WorldVocabulary.words)
  }
  /// A hash of the words.
  public var vocabularyHash: String { Tokenizers.hash(WorldVocabulary.words) }

  /// Words of other texts are unknown to it.
  public var readsAnyText: Bool { false }

  /// True for a token that ends a sentence.
  public func isSentenceEnd(_ token: Int32) -> Bool { Self.sentenceEnd.contains(token) }

  /// The token numbers of a text, one a word, 0 for words that the world does not have, [words].
  ///
  /// No option changes them: the world has no marks, and spaces carry nothing.
  public func encode(_ text: String, _ options: EncodingOptions) -> [Int32] {
    var tokens: [Int32] = []
    var reader = WorldReader(text)
    while let word = reader.next() {
      if word == "\n" {
        // Layout, when the line was broken by a statement's end; see `decode`.
        if let last = tokens.last, Self.opensLine.contains(last), reader.takesLayoutBreak() {
          continue
        }
        tokens.append(Self.lineBreak)
      } else {
        reader.endsLayoutBreak()
        tokens.append(WorldVocabulary.numbersByWord[word] ?? 0)
      }
    }
    return tokens
  }

  /// The text of token numbers.
  public func decode(_ tokens: [Int32]) -> String {
    var text = ""
    var depth = 0
    var previous: Int32 = -1
    let closing = WorldVocabulary.token("}")
    let opening = WorldVocabulary.token("{")
    for token in tokens {
      let word = Self.word(token)
      if token == closing { depth = max(0, depth - 1) }
      if previous >= 0, Self.opensLine.contains(previous) {
        text += "\n"
        if token != Self.lineBreak { text += String(repeating: "  ", count: depth) }
      } else if previous >= 0, Self.needsSpace(previous, token) {
        text += " "
      }
      text += Self.isCapital(token, after: previous) ? Self.capitalised(word) : word
      if token == opening { depth += 1 }
      previous = token
    }
    return text
  }

  /// The word as the vocabulary has it; capitals at the start of a sentence are layout.
  public func word(_ token: Int32) -> String { Self.word(token) }

  private static func word(_ token: Int32) -> String {
    let index = Int(token)
    return WorldVocabulary.words.indices.contains(index)
      ? WorldVocabulary.words[index] : WorldVocabulary.unknown
  }

  private static func needsSpace(_ previous: Int32, _ token: Int32) -> Bool {
    if token == lineBreak || previous == lineBreak { return false }
    if attachesLeft.contains(token) || previous == WorldVocabulary.token("(") { return false }
    return !(WorldVocabulary.numbers.contains(previous) && WorldVocabulary.numbers.contains(token))
  }

  private static func isCapital(_ token: Int32, after previous: Int32) -> Bool {
    guard previous < 0 || sentenceEnd.contains(previous) else { return false }
    return !staysSmall.contains(token) && !opensLine.contains(previous)
  }

  private static func capitalised(_ word: String) -> String {
    word.hasPrefix("<") ? word : word.prefix(1).uppercased() + word.dropFirst()
  }
}
