/// What a token means as a target of the model.
public enum TokenRole: UInt8, Sendable, Codable {
  /// Plain text.
  case text = 0
  /// A value token of a query, which only the fact earlier in the document tells.
  case answer = 1
  /// A token that repeats an earlier part of the row.
  case recall = 2
  /// No target: padding, or the first token of a document.
  case ignored = 3
}

/// A piece of text as token numbers, with the role of every token.
public struct Document: Sendable, Equatable {
  /// Token numbers.
  public var tokens: [Int32]
  /// The role of each token as a target, as many as tokens.
  public var roles: [TokenRole]

  /// A document; all tokens are plain text unless roles are given.
  public init(tokens: [Int32] = [], roles: [TokenRole]? = nil) {
    self.tokens = tokens
    self.roles = roles ?? [TokenRole](repeating: .text, count: tokens.count)
  }
}
