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
  /// True for a token after which a sentence, statement or row of a table is over.
  func isSentenceEnd(_ token: Int32) -> Bool
}

extension Tokenizer {
  /// For every token number of the vocabulary, whether it ends a sentence; shape [V].
  public var sentenceEnds: [Bool] {
    (0..<vocabularySize).map { isSentenceEnd(Int32($0)) }
  }
}
