public import Support

/// Random positions: a sorted sample of the whole target, which breaks the order of neighbours.
///
/// - SeeAlso: Ruoss et al. (arXiv:2305.16843), section 3; `RPES` in LongRecipe (arXiv:2409.00509).
public struct RandomPositions: IndexTransform {
  /// `randpos`.
  public static let kind = KindDescription(
    "randpos", "A sorted random sample of all positions of the target; neighbours drift apart.",
    source: "Ruoss et al. (arXiv:2305.16843), section 3")

  /// Takes no settings.
  public init(_ values: SettingsValues) throws {}

  /// T distinct positions below the target in ascending order; the first is moved to 0.
  public func positions(
    segments: [Int], target: Int, random: inout RandomStream
  ) -> [Int32] {
    let length = segments.reduce(0, +)
    guard length > 0 else { return [] }
    _ = slack(length, target)
    // One fewer draw keeps position 0, as every kind here promises; relative positions lose nothing by
    // it. LongRecipe's trainer keeps it for Llama-2 alone.
    return [0] + random.sortedSample(length - 1, below: target - 1).map { Int32($0 + 1) }
  }
}
