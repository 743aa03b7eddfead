public import Support

/// LongRecipe's position index transformation (PIT): contiguous sentences with random gaps between.
///
/// Word order inside a sentence stays as it is while pairs of tokens are on average a third of the
/// target apart, as in a row of full length.
///
/// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.2 and algorithm 2.
public struct SentenceGaps: IndexTransform {
  /// `pit`.
  public static let kind = KindDescription(
    "pit",
    "Position index transformation: contiguous inside a sentence, random skips between sentences, "
      + "spread over the whole target.",
    source: "LongRecipe (arXiv:2409.00509), section 4.2",
    settings: [
      Setting(
        "gaps", .choice(["composition", "uniform_gap"]), default: .text("composition"),
        help: "composition spreads all unused positions at random; uniform_gap draws each gap up "
          + "to max_gap, as the paper's equation 6.", applies: .nextStage),
      Setting(
        "max_gap", .size(0...1 << 30), default: nil,
        help: "Largest single gap in tokens, uniform_gap only; twice the even share when absent.",
        applies: .nextStage),
      Setting(
        "prefix_continuous", .flag, default: .flag(false),
        help: "Keep a random prefix of up to half the row unskipped, as LongRecipe's published "
          + "trainer does and its paper does not.", applies: .nextStage),
    ])

  let isComposition: Bool
  let largestGap: Int?
  let keepsPrefix: Bool

  /// Takes the rule of the gaps.
  public init(_ values: SettingsValues) throws {
    isComposition = values.text("gaps") != "uniform_gap"
    largestGap = values.integer("max_gap")
    keepsPrefix = values.flag("prefix_continuous") ?? false
  }

  /// The running index of each token plus the shift of its segment.
  public func positions(
    segments: [Int], target: Int, random: inout RandomStream
  ) -> [Int32] {
    guard !segments.isEmpty else { return [] }
    let length = segments.reduce(0, +)
    let slack = slack(length, target)
    let shifts =
      isComposition
      ? Self.shifts(
        draws: random.sortedSample(segments.count, below: slack + segments.count))
      : uniformShifts(segments.count, slack, &random)
    var ids = Self.place(segments: segments, shifts: shifts)
    if keepsPrefix {
      let prefix = random.integer(in: 1...max(1, (length + 1) / 2))
      for index in 0..<prefix { ids[index] = Int32(index) }
    }
    return ids
  }

  /// Shift of each segment from N sorted distinct draws: u_1 becomes 0, c_k = u_k - (k - 1).
  ///
  /// The shifts do not decrease, the first is 0, and every gap has the same distribution but the
  /// first, which takes the place of two draws.
  ///
  /// - Parameter draws: distinct integers in ascending order, one for each segment.
  /// - Returns: the number of positions skipped before each segment.
  public static func shifts(draws: [Int]) -> [Int] {
    draws.enumerated().map { index, draw in index == 0 ? 0 : draw - index }
  }

  /// Position ids of contiguous segments, each moved by its shift.
  ///
  /// - Parameters:
  ///   - segments: lengths in tokens.
  ///   - shifts: positions skipped before each segment, as many as segments.
  /// - Returns: position ids, shape [T].
  public static func place(segments: [Int], shifts: [Int]) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(segments.reduce(0, +))
    for (length, shift) in zip(segments, shifts) {
      for _ in 0..<length { ids.append(Int32(ids.count + shift)) }
    }
    return ids
  }

  /// Gaps drawn one by one, up to max_gap, until the target is used up; none before the first.
  private func uniformShifts(
    _ count: Int, _ slack: Int, _ random: inout RandomStream
  ) -> [Int] {
    let largest = largestGap ?? (2 * slack / max(1, count - 1))
    var shift = 0
    return (0..<count).map { index in
      if index > 0 { shift = min(slack, shift + random.integer(in: 0...largest)) }
      return shift
    }
  }
}
