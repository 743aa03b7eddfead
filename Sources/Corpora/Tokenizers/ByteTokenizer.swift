public import Support

/// One token a byte of UTF-8, and two marks for the begin and the end of a document.
public struct ByteTokenizer: Tokenizer {
  /// The mark before the first byte of a document.
  public static let begin: Int32 = 256
  /// The mark after the last byte of a document.
  public static let end: Int32 = 257

  /// The names of the two marks in descriptions and files.
  public static let marks = ["<begin>", "<end>"]

  /// What `describe` says.
  public static let kind = KindDescription(
    "bytes", "One token a byte of UTF-8; works for any text.")

  /// The tokenizer; it has no settings.
  public init() {}

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {}

  /// The kind's name.
  public var name: String { Self.kind.name }
  /// Token numbers, V, padded to a multiple of 64.
  public var vocabularySize: Int { Tokenizers.padded(258) }
  /// One line of JSON for checkpoints.
  public var description: String {
    Tokenizers.describe(self, words: Self.marks)
  }
  /// A hash of the marks' names.
  public var vocabularyHash: String { Tokenizers.hash(Self.marks) }

  /// The mark before the first byte of a document.
  public var documentBegin: Int32? { Self.begin }
  /// The mark after the last byte of a document.
  public var documentEnd: Int32? { Self.end }

  /// The token numbers of a text, one a byte of UTF-8, [bytes].
  ///
  /// No option changes them: no text spells a mark, and a byte is the same wherever it stands.
  public func encode(_ text: String, _ options: EncodingOptions) -> [Int32] {
    text.utf8.map(Int32.init)
  }

  /// The text of the bytes; marks and unused numbers have none, broken UTF-8 becomes U+FFFD.
  public func decode(_ tokens: [Int32]) -> String {
    String(decoding: tokens.compactMap { UInt8(exactly: $0) }, as: UTF8.self)
  }

  /// True for a token that ends a sentence.
  public func isSentenceEnd(_ token: Int32) -> Bool {
    switch UInt8(exactly: token) {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "\n"): true
    default: token == Self.end
    }
  }
}
