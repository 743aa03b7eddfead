public import Support

/// ProLong's rules: long documents fill rows of their own, short ones share rows.
///
/// A document longer than a row is cut into rows of exactly the row's length and its tail is
/// dropped. Shorter ones stand one after the other; the last is cut where the row ends, and what is
/// left of a document that can be read on opens the next shared row.
///
/// - SeeAlso: ProLong (arXiv:2410.02660), appendix A.3, and its packing program.
public struct LengthPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "by_length",
    "Long documents cut into rows of their own, tails dropped; short ones packed together.",
    source: "ProLong (arXiv:2410.02660), appendix A.3",
    settings: [
      Packers.mask,
      Setting(
        "short", .choice(["pack", "drop"]), default: .text("pack"),
        help: "What happens to documents shorter than a row: packed together, or dropped.",
        applies: .nextStage),
    ])

  private let masksDocuments: Bool
  private let dropsShort: Bool
  /// The shared row in work.
  private var shared = PackedRow()

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    masksDocuments = values.text("mask") != "none"
    dropsShort = values.text("short") == "drop"
  }

  /// True between two shared rows.
  public var holdsNothing: Bool { shared.tokens.isEmpty }

  /// Fills one row of `length` + 1 tokens.
  public mutating func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow {
    var dropped = 0
    var passes = 0
    while true {
      let before = source.cursor
      // A row's worth tells a long document from a short one.
      var piece = try source.next(limit: length + 1)
      let isLong = (piece.wholeCount ?? piece.tokens.count) > length
      if isLong, piece.tokens.count == length + 1 {
        var row = PackedRow()
        row.append(piece, count: length + 1, start: 0)
        row.croppedTokens += dropped
        return row
      }
      if isLong || dropsShort {
        dropped += piece.tokens.count
        passes += source.cursor.epoch > before.epoch ? 1 : 0
        guard passes < 2 else {
          throw UserError(
            "pack", "no document of the source is as long as a row of \(length) tokens",
            remedy: "Lower `sequence`, or pack short documents with `short: pack`.")
        }
        continue
      }
      let start = shared.tokens.count
      let room = length + 1 - start
      if piece.tokens.count > room, source.isContinuous {
        // Its rest opens the next shared row.
        try source.restore(before)
        piece = try source.next(limit: room)
      }
      shared.append(
        piece, count: min(room, piece.tokens.count), start: masksDocuments ? start : 0)
      guard shared.tokens.count == length + 1 else { continue }
      defer { shared = PackedRow() }
      shared.croppedTokens += dropped
      return shared
    }
  }
}
