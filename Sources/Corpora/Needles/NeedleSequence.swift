/// A scored answer of a finished sequence.
public struct PlacedNeedle: Sendable, Equatable {
  /// The key that is asked for, such as `Mara`.
  public let key: String
  /// The depth wanted, from 0, the start of the haystack, to 1, its end.
  public let depth: Double
  /// Tokens of haystack before the first piece of evidence divided by all tokens of haystack.
  public let actualDepth: Double
  /// Where the statements stand that tell the answer.
  public internal(set) var evidence: [Range<Int>]
  /// The answer's tokens.
  public let answerTokens: [Int32]
  /// For each answer token the index of the token before it, where the model predicts it.
  public internal(set) var answerPositions: [Int]
}

/// Haystack, needles and questions with their answers, ready for one teacher-forced pass.
public struct NeedleSequence: Sendable, Equatable {
  /// Token numbers; never more than the length asked for, answers included (RULER's accounting).
  public internal(set) var tokens: [Int32]
  /// Tokens that are neither needle nor question, a mark at the beginning among them.
  public let haystackTokens: Int
  /// Index of the first token of the questions.
  public internal(set) var questionStart: Int
  /// Answers that look right without reading the keys, each once: a blind guess is one of these.
  public let candidates: [[Int32]]
  /// The scored answers, in the order of the plan.
  public internal(set) var needles: [PlacedNeedle]
}

/// A sequence that a model without a shortcut cannot answer.
public enum NeedleControl: String, Sendable, CaseIterable {
  /// The statements that tell the answers are cut out; all else stays.
  case noNeedle = "no needle"
  /// The questions alone, without any text before them.
  case questionOnly = "question only"
}

extension NeedleSequence {
  /// The sequence with what tells the answers taken away.
  public func with(_ control: NeedleControl) -> NeedleSequence {
    switch control {
    case .noNeedle: removing(needles.flatMap(\.evidence))
    case .questionOnly: removing([0..<questionStart])
    }
  }

  private func removing(_ ranges: [Range<Int>]) -> NeedleSequence {
    var isKept = [Bool](repeating: true, count: tokens.count)
    for range in ranges {
      for index in range { isKept[index] = false }
    }
    // The new index of each token that stays; the end of the text too.
    var place = [0]
    place.reserveCapacity(tokens.count + 1)
    for index in tokens.indices { place.append(place[index] + (isKept[index] ? 1 : 0)) }
    var result = self
    result.tokens = tokens.indices.filter { isKept[$0] }.map { tokens[$0] }
    result.questionStart = place[questionStart]
    for index in needles.indices {
      result.needles[index].evidence = []
      result.needles[index].answerPositions = needles[index].answerPositions.map { place[$0] }
    }
    return result
  }
}
