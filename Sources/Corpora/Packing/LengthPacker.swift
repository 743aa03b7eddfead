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
  /// The shared row in work, and where its documents stand.
  private var shared = PackedRow()
  private var places: [HeldDocuments.Place] = []

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    masksDocuments = values.text("mask") != "none"
    dropsShort = values.text("short") == "drop"
  }

  /// The documents of the shared row in work.
  public var held: HeldDocuments? { places.isEmpty ? nil : HeldDocuments(places: places) }

  /// Reads the documents of the shared row again.
  public mutating func hold(
    _ held: HeldDocuments?, length: Int, from source: inout any DocumentSource
  ) throws {
    shared = PackedRow()
    places = []
    for place in held?.places ?? [] {
      try source.restore(place.cursor)
      share(try source.next(limit: place.limit), from: place, length: length)
    }
  }

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
      let room = length + 1 - shared.tokens.count
      var limit = length + 1
      if piece.tokens.count > room, source.isContinuous {
        // Its rest opens the next shared row.
        limit = room
        try source.restore(before)
        piece = try source.next(limit: limit)
      }
      share(piece, from: .init(cursor: before, limit: limit), length: length)
      guard shared.tokens.count == length + 1 else { continue }
      defer {
        shared = PackedRow()
        places = []
      }
      shared.croppedTokens += dropped
      return shared
    }
  }

  /// Appends a document to the shared row, as far as there is room.
  private mutating func share(_ piece: Document, from place: HeldDocuments.Place, length: Int) {
    let start = shared.tokens.count
    shared.append(
      piece, count: min(length + 1 - start, piece.tokens.count),
      start: masksDocuments ? start : 0)
    places.append(place)
  }
}
