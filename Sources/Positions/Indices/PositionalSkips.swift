public import Support

/// PoSE: the row is cut into a few chunks, each moved to a later place.
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
        help: "Number of chunks; the published recipes use 2.", applies: .nextStage)
    ])

  let chunks: Int

  /// Takes `chunks`.
  public init(_ values: SettingsValues) throws {
    chunks = values.integer("chunks") ?? 2
  }

  /// Contiguous chunks, the later ones skipped forward.
  ///
  /// Chunk lengths are uniform from 1 to (T+1)/chunks, the last takes the rest; each skip is uniform
  /// between the one before and the unused part of the target.
  public func positions(
    segments: [Int], target: Int, random: inout RandomStream
  ) -> [Int32] {
    let length = segments.reduce(0, +)
    guard length > 0 else { return [] }
    let slack = slack(length, target)
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
      shifts.append(index == 0 ? 0 : random.integer(in: shifts[index - 1]...slack))
    }
    return SentenceGaps.place(segments: lengths, shifts: shifts)
  }
}
