public import Support

/// PoSE: the row is cut into a few chunks, each moved to a later place.
///
/// The published trainer takes the text of each later chunk from a random later place of the document
/// too; so does `text: skipped`. With `text: contiguous` the row is one text, and positions alone skip.
///
/// - SeeAlso: PoSE (arXiv:2309.10400), section 3.2; the length rule is that of its published trainer.
public struct PositionalSkips: IndexTransform {
  /// `pose`.
  public static let kind = KindDescription(
    "pose", "Positional skip-wise training: a few chunks, the later ones moved by random skips.",
    source: "PoSE (arXiv:2309.10400), section 3.2",
    settings: [
      Setting(
        "chunks", .integer(1...64), default: .integer(2),
        help: "Number of chunks; the published recipes use 2.", applies: .nextStage),
      Setting(
        "text", .choice(["contiguous", "skipped"]), default: .text("contiguous"),
        help: "contiguous: only positions skip, the text goes on; skipped: the text of each later "
          + "chunk comes from a random later place of its document as well, as in the published "
          + "trainer; up to the target's tokens of a document are read for it.",
        applies: .nextStage),
    ])

  let chunks: Int
  /// True when text is skipped where positions are.
  public let skipsText: Bool

  /// Takes `chunks` and `text`.
  public init(_ values: SettingsValues) throws {
    chunks = values.integer("chunks") ?? 2
    skipsText = values.text("text") == "skipped"
  }

  /// Contiguous chunks, the later ones skipped forward.
  public func positions(
    segments: [Int], target: Int, random: inout RandomStream
  ) -> [Int32] {
    let length = segments.reduce(0, +)
    guard length > 0 else { return [] }
    let (lengths, shifts) = cut(length, slack: slack(length, target), &random)
    return SentenceGaps.place(segments: lengths, shifts: shifts)
  }

  /// Position ids of chunks that were cut already, each skipped forward.
  ///
  /// - Parameters:
  ///   - chunks: their lengths, each at least 1, at most `target` in all.
  ///   - target: context to reach, in tokens.
  ///   - random: the stream the draws come from.
  /// - Returns: position ids, shape [T], T the sum of the chunks.
  public func positions(
    ofChunks chunks: [Int], target: Int, random: inout RandomStream
  ) -> [Int32] {
    let slack = slack(chunks.reduce(0, +), target)
    return SentenceGaps.place(
      segments: chunks, shifts: Self.shifts(chunks.count, slack: slack, &random))
  }

  /// Cuts a text into chunks and says how much is skipped before each.
  ///
  /// Chunk lengths are uniform from 1 to (T+1)/chunks, the last takes the rest; each skip is uniform
  /// between the one before and `slack`.
  ///
  /// - Parameters:
  ///   - length: T, at least 1 token.
  ///   - slack: tokens or positions that may be skipped in all.
  ///   - random: the stream the draws come from.
  /// - Returns: the chunks' lengths, and what is skipped before each in all, the first 0.
  public func cut(
    _ length: Int, slack: Int, _ random: inout RandomStream
  ) -> (lengths: [Int], shifts: [Int]) {
    let chunks = min(chunks, length)
    var lengths: [Int] = []
    var shifts: [Int] = []
    var rest = length
    for index in 0..<chunks {
      let isLast = index == chunks - 1
      let chunk = isLast ? rest : random.integer(in: 1...max(1, (length + 1) / chunks))
      // Every later chunk keeps at least one token.
      lengths.append(isLast ? rest : min(chunk, rest - (chunks - 1 - index)))
      rest -= lengths[index]
      shifts.append(Self.shift(index, after: shifts, slack: slack, &random))
    }
    return (lengths, shifts)
  }

  private static func shifts(
    _ count: Int, slack: Int, _ random: inout RandomStream
  ) -> [Int] {
    (0..<count).reduce(into: []) { shifts, index in
      shifts.append(shift(index, after: shifts, slack: slack, &random))
    }
  }

  private static func shift(
    _ index: Int, after shifts: [Int], slack: Int, _ random: inout RandomStream
  ) -> Int {
    index == 0 ? 0 : random.integer(in: shifts[index - 1]...slack)
  }
}
