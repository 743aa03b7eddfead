public import Support

/// How a text is to be read.
public struct EncodingOptions: OptionSet, Sendable {
  /// What reads like a mark becomes the mark, such as `<|im_end|>`; not for text from elsewhere.
  public static let marks = EncodingOptions(rawValue: 1)
  /// The text goes on where other text ends: nothing is put before its first word.
  public static let continues = EncodingOptions(rawValue: 2)

  /// The options as bits.
  public let rawValue: Int

  /// Options by their bits.
  public init(rawValue: Int) { self.rawValue = rawValue }
}

/// Text to token numbers and back.
public protocol Tokenizer: CatalogKind {
  /// The kind's name in recipes and checkpoints.
  var name: String { get }
  /// Token numbers 0 ..< this are valid, V; padded to a multiple of 64.
  var vocabularySize: Int { get }
  /// What a checkpoint stores: one line of JSON from which `Tokenizers.make(description:)` rebuilds it.
  var description: String { get }
  /// A hash of what the token numbers mean; two tokenizers with the same one agree.
  var vocabularyHash: String { get }
  /// Rebuilds it from its description.
  ///
  /// - Throws: `UserError` when the description is not of this kind.
  init(description: JSONValue) throws
  /// The token numbers of a text; what has no number of its own becomes the unknown token.
  func encode(_ text: String, _ options: EncodingOptions) -> [Int32]
  /// The text of token numbers; `encode` of it gives them back.
  func decode(_ tokens: [Int32]) -> String
  /// The text of token numbers; with `marks` those of a file are written out.
  func decode(_ tokens: [Int32], marks: Bool) -> String
  /// The mark before the first token of a document; nil when there is none.
  var documentBegin: Int32? { get }
  /// The mark after the last token of a document; nil when there is none.
  var documentEnd: Int32? { get }
  /// True when every text has tokens of its own.
  var readsAnyText: Bool { get }
  /// The text of one token by itself, without the layout that its neighbours give it.
  func word(_ token: Int32) -> String
  /// True for a token after which a sentence, statement or row of a table is over.
  func isSentenceEnd(_ token: Int32) -> Bool
  /// For every token number whether it ends a sentence; shape [V].
  var sentenceEnds: [Bool] { get }
}

extension Tokenizer {
  /// No mark.
  public var documentBegin: Int32? { nil }
  /// No mark.
  public var documentEnd: Int32? { nil }
  /// The token numbers of a text by itself; marks that it spells out are text.
  public func encode(_ text: String) -> [Int32] { encode(text, []) }
  /// The text without marks, which have none.
  public func decode(_ tokens: [Int32], marks: Bool) -> String { decode(tokens) }
  /// A kind without settings: all of it is the program's.
  public init(description: JSONValue) throws {
    try self.init(SettingsValues([:], declared: []))
  }
  /// Its text.
  public func word(_ token: Int32) -> String { decode([token]) }
  /// It reads any text.
  public var readsAnyText: Bool { true }

  /// A text as a document between marks.
  func document(_ text: String) -> Document {
    var tokens = documentBegin.map { [$0] } ?? []
    tokens += encode(text)
    if let end = documentEnd { tokens.append(end) }
    return Document(tokens: tokens)
  }

  /// For every token number of the vocabulary, whether it ends a sentence; shape [V].
  public var sentenceEnds: [Bool] {
    (0..<vocabularySize).map { isSentenceEnd(Int32($0)) }
  }
}
