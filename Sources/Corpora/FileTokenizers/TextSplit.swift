/// Cuts a text where a pattern matches.
final class TextSplit: Sendable {
  /// What becomes of a match; the names are those of tokenizer.json.
  enum Behavior: String, Sendable {
    /// It is left out.
    case removed = "Removed"
    /// It is a piece.
    case isolated = "Isolated"
    /// It ends the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// It begins the piece after it.
    case mergedWithNext = "MergedWithNext"
    /// It is a piece together with the matches right after it.
    case contiguous = "Contiguous"
  }

  let pattern: TextPattern
  let behavior: Behavior
  /// True when what is between matches counts as a match, and a match as what is between.
  let isInverted: Bool

  init(pattern: TextPattern, behavior: Behavior, isInverted: Bool) {
    self.pattern = pattern
    self.behavior = behavior
    self.isInverted = isInverted
  }

  /// Calls `body` with the range of each piece, from left to right.
  func forEachPiece(of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    var waiting: (range: Range<Int>, isMatch: Bool)?
    /// Takes the next part, and gives out the one before when that is complete.
    func take(_ range: Range<Int>, _ matches: Bool) {
      let isMatch = matches != isInverted
      switch behavior {
      case .isolated: body(range)
      case .removed: if !isMatch { body(range) }
      case .mergedWithPrevious, .mergedWithNext, .contiguous:
        guard let before = waiting else {
          waiting = (range, isMatch)
          return
        }
        let joins =
          switch behavior {
          case .contiguous: before.isMatch == isMatch
          case .mergedWithPrevious: isMatch && !before.isMatch
          default: before.isMatch && !isMatch
          }
        // What a match was joined to counts as that match: nothing more is joined to it.
        waiting = (joins ? before.range.lowerBound..<range.upperBound : range, isMatch)
        if !joins { body(before.range) }
      }
    }
    var done = 0
    pattern.forEachMatch(in: text) { match in
      if done < match.lowerBound { take(done..<match.lowerBound, false) }
      take(match, true)
      done = match.upperBound
    }
    if done < text.count { take(done..<text.count, false) }
    if let waiting { body(waiting.range) }
  }
}
