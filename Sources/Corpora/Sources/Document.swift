/// What a token means as a target of the model.
public enum TokenRole: UInt8, Sendable, Codable {
  /// Plain text.
  case text = 0
  /// A token of an answer, which only what stands earlier in the document tells.
  case answer = 1
  /// A token that repeats an earlier part of the row.
  case recall = 2
  /// No target: padding, the first token of a document, or a part that is given and not learnt.
  case ignored = 3
}

/// A document as token numbers, or a piece of one, with the role of every token.
public struct Document: Sendable, Equatable {
  /// Token numbers.
  public var tokens: [Int32]
  /// The role of each token as a target, as many as tokens.
  public var roles: [TokenRole]
  /// What is to be predicted at each token's place when that is not the token itself, as many as
  /// tokens; nil for the tokens.
  public var labels: [Int32]?
  /// Position numbers that come with the data, as many as tokens; nil lets the stage choose.
  public var positions: [Int32]?
  /// Tokens of the document before this piece; 0 where it begins.
  public var offset = 0
  /// Tokens of the whole document; nil when this is all of it.
  public var wholeCount: Int?
  /// Tokens that a selection left out to make this piece.
  public var leftOutTokens = 0
  /// Tokens at its end that were cut off and are lost.
  public var croppedTokens = 0
  /// What is asked in the document, and which tokens tell the answer.
  public var questions: [AskedQuestion] = []
  /// Tokens before which a part of the text was skipped, in ascending order.
  public var cuts: [Int] = []

  /// A whole document; all tokens are plain text unless roles are given.
  public init(tokens: [Int32] = [], roles: [TokenRole]? = nil) {
    self.tokens = tokens
    self.roles = roles ?? [TokenRole](repeating: .text, count: tokens.count)
  }
}

/// A question of a document with the evidence for its answer, for looking at data.
public struct AskedQuestion: Sendable, Equatable {
  /// What kind of question it is, such as `argmax`.
  public let kind: String
  /// Where the answer stands, by the document's tokens.
  public let answer: Range<Int>
  /// Where what tells the answer stands, by the document's tokens.
  public let evidence: [Range<Int>]

  /// A question of these parts.
  public init(kind: String, answer: Range<Int>, evidence: [Range<Int>]) {
    self.kind = kind
    self.answer = answer
    self.evidence = evidence
  }
}
