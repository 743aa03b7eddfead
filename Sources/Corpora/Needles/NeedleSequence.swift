/// A needle in a finished sequence.
public struct PlacedNeedle: Sendable, Equatable {
  /// The key that is asked for, such as `Mara`.
  public let key: String
  /// The right answer, such as `4187`.
  public let answer: String
  /// The depth wanted, from 0, the start of the haystack, to 1, its end.
  public let depth: Double
  /// Tokens of haystack before the needle divided by all tokens of haystack.
  public let actualDepth: Double
  /// Index of the needle's first token in the sequence.
  public let tokenOffset: Int
  /// Tokens of the needle.
  public let tokenCount: Int
  /// The answer's tokens.
  public let answerTokens: [Int32]
  /// For each answer token the index of the token before it, where the model predicts it.
  public let answerPositions: [Int]
}

/// Haystack, needles and questions with their answers, ready for one teacher-forced pass.
public struct NeedleSequence: Sendable, Equatable {
  /// Token numbers; never more than the length asked for, answers included (RULER's accounting).
  public let tokens: [Int32]
  /// Tokens that are neither needle nor question.
  public let haystackTokens: Int
  /// The needles by depth.
  public let needles: [PlacedNeedle]
}
