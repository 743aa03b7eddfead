public import Support

/// Text to token numbers and back.
public protocol Tokenizer: CatalogKind {
  /// The kind's name in recipes and checkpoints.
  var name: String { get }
  /// Token numbers 0 ..< this are valid, V; padded to a multiple of 64.
  var vocabularySize: Int { get }
  /// What a checkpoint stores: one line of JSON from which `Tokenizers.make(description:)` rebuilds it.
  var description: String { get }
  /// The token numbers of a text; what has no number of its own becomes the unknown token.
  func encode(_ text: String) -> [Int32]
  /// The text of token numbers; `encode` of it gives them back.
  func decode(_ tokens: [Int32]) -> String
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
}

extension Tokenizer {
  /// No mark.
  public var documentBegin: Int32? { nil }
  /// No mark.
  public var documentEnd: Int32? { nil }
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
