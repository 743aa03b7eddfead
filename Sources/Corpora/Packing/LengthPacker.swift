public import Support

/// ProLong's rules: long documents fill rows of their own, or a row with a few pieces of them; short
/// ones share rows.
///
/// A document longer than a row is cut into rows of exactly the row's length and its tail is
/// dropped; with `piece` it is cut into pieces of that length, as many of which stand in a row as it
/// has room for. Shorter ones stand one after the other; the last is cut where the row ends, and what
/// is left of a document that can be read on opens the next shared row.
///
/// - SeeAlso: ProLong (arXiv:2410.02660), appendix A.3, and its packing program.
public struct LengthPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "by_length",
    "Long documents cut into rows or pieces of their own, tails dropped; short ones packed together.",
    source: "ProLong (arXiv:2410.02660), appendix A.3",
    settings: [
      Packers.mask,
      Setting(
        "short", .choice(["pack", "drop"]), default: .text("pack"),
        help: "What happens to documents shorter than a row, or a piece: packed together, or "
          + "dropped.", applies: .nextStage),
      Setting(
        "piece", .size(16...(1 << 30)), default: nil,
        help: "Length of the pieces that long documents are cut into, several to a row; the row "
          + "when absent.", applies: .nextStage),
    ])

  /// Short documents in a row after which a source without an end has no others.
  private static let mostDropped = 100_000

  private let masksDocuments: Bool
  private let dropsShort: Bool
  private let piece: Int?
  /// The shared row in work, the row of pieces in work, and where the documents of both stand.
  private var shared = PackedRow()
  private var pieces = PackedRow()
  private var sharedPlaces: [HeldDocuments.Place] = []
  private var piecePlaces: [HeldDocuments.Place] = []

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    masksDocuments = values.text("mask") != "none"
    dropsShort = values.text("short") == "drop"
    piece = values.integer("piece")
  }

  /// The documents of the rows in work; those of the shared row come first.
  public var held: HeldDocuments? {
    let places = sharedPlaces + piecePlaces
    return places.isEmpty ? nil : HeldDocuments(places: places)
  }

  /// Reads the documents of the rows in work again.
  public mutating func hold(
    _ held: HeldDocuments?, length: Int, from source: inout any DocumentSource
  ) throws {
    (shared, pieces) = (PackedRow(), PackedRow())
    (sharedPlaces, piecePlaces) = ([], [])
    for place in held?.places ?? [] {
      try source.restore(place.cursor)
      let document = try source.next(limit: place.limit)
      if isLong(document, length: length) {
        take(document, from: place)
      } else {
        share(document, from: place, length: length)
      }
    }
  }

  /// Rows hold a whole number of pieces.
  public func check(length: Int) throws {
    guard let piece, length % piece != 0 else { return }
    throw UserError(
      "pack.piece", "a part of the row of \(length) tokens is needed, \(piece) found",
      remedy: "Use a piece that divides the row, such as a half or an eighth of it.")
  }

  /// Fills one row of `length` + 1 tokens.
  public mutating func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow {
    var dropped = (tokens: 0, documents: 0, passes: 0)
    while true {
      let before = source.cursor
      // A piece's worth tells a long document from a short one.
      let unit = piece ?? length + 1
      var document = try source.next(limit: unit)
      let isLong = isLong(document, length: length)
      if isLong, document.tokens.count == unit {
        take(document, from: .init(cursor: before, limit: unit))
        dropped.passes = 0
        guard pieces.tokens.count >= length else { continue }
        defer { (pieces, piecePlaces) = (PackedRow(), []) }
        // The token after the last piece is nobody's: a piece ends as a document does.
        pieces.pad(to: length)
        pieces.croppedTokens += dropped.tokens
        return pieces
      }
      if isLong || dropsShort {
        dropped.tokens += document.tokens.count
        dropped.documents += 1
        dropped.passes += source.cursor.epoch > before.epoch ? 1 : 0
        guard
          dropped.passes < 2, source.pass != nil || dropped.documents < Self.mostDropped
        else { throw Self.nothingLong(unit: piece ?? length) }
        continue
      }
      let room = length + 1 - shared.tokens.count
      var limit = unit
      if document.tokens.count > room, source.isContinuous {
        // Its rest opens the next shared row.
        limit = room
        try source.restore(before)
        document = try source.next(limit: limit)
      }
      share(document, from: .init(cursor: before, limit: limit), length: length)
      guard shared.tokens.count == length + 1 else { continue }
      defer { (shared, sharedPlaces) = (PackedRow(), []) }
      shared.croppedTokens += dropped.tokens
      return shared
    }
  }

  private static func nothingLong(unit: Int) -> UserError {
    UserError(
      "pack", "no document of the source is as long as \(unit) tokens",
      remedy: "Lower `sequence` or `piece`, or pack short documents with `short: pack`.")
  }

  /// True for a document that fills a row or piece by itself, and for what is left of one.
  private func isLong(_ document: Document, length: Int) -> Bool {
    (document.wholeCount ?? document.tokens.count) >= piece ?? length + 1
  }

  /// Appends a whole piece to the row of pieces.
  private mutating func take(_ document: Document, from place: HeldDocuments.Place) {
    let start = pieces.tokens.count
    pieces.append(
      document, count: document.tokens.count, start: masksDocuments ? start : 0)
    piecePlaces.append(place)
  }

  /// Appends a document to the shared row, as far as there is room.
  private mutating func share(
    _ document: Document, from place: HeldDocuments.Place, length: Int
  ) {
    let start = shared.tokens.count
    shared.append(
      document, count: min(length + 1 - start, document.tokens.count),
      start: masksDocuments ? start : 0)
    sharedPlaces.append(place)
  }
}
