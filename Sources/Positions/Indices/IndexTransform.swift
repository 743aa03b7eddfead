public import Support

/// A choice of position ids for a row of tokens: it lets a short row hold long distances.
///
/// What every kind promises: as many ids as tokens, strictly increasing, the first is 0, the last
/// below the target, and the same stream gives the same ids.
public protocol IndexTransform: CatalogKind {
  /// Position ids of one row; a fresh draw at each call.
  ///
  /// - Parameters:
  ///   - segments: lengths of the row's segments (sentences) in tokens; each at least 1, their sum
  ///     the row length, at most `target` unless the kind is `plain`.
  ///   - target: context to reach, in tokens.
  ///   - random: the stream the draws come from.
  /// - Returns: position ids, shape [T], T the sum of the segments.
  func positions(segments: [Int], target: Int, random: inout RandomStream) -> [Int32]
}

/// Every index transform that a recipe's `positions` may name.
public let indexTransforms = Catalog<any IndexTransform>(
  "positions",
  [
    PlainPositions.self,
    SentenceGaps.self,
    PositionalSkips.self,
    RandomPositions.self,
  ])

/// Position ids that may still be skipped: the target less the row.
///
/// A row longer than its target is a programmer's fault: recipes are checked before they start.
func slack(_ length: Int, _ target: Int) -> Int {
  precondition(length <= target, "a row of \(length) tokens has no room in a target of \(target)")
  return target - length
}
