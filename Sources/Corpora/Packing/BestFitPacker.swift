public import Support

/// Best-fit packing: documents are kept whole and put where the least room is left.
///
/// A window of some rows' worth of documents is sorted by length, longest first, and each goes into
/// the fullest row that still has room for it. Documents longer than a row are cut into rows first.
/// What stays open is padding.
///
/// - SeeAlso: Ding et al., "Fewer truncations improve language modeling" (arXiv:2404.10830), 3.
public struct BestFitPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "best_fit",
    "Whole documents, each put into the fullest row with room for it; the rest is padding.",
    source: "Ding et al. (arXiv:2404.10830), section 3",
    settings: [
      Packers.mask,
      Setting(
        "window", .integer(1...4096), default: .integer(16),
        help: "Rows' worth of documents that are packed at once.", applies: .nextStage),
    ])

  private let masksDocuments: Bool
  private let window: Int
  /// Finished rows of the window, the next one last.
  private var rows: [PackedRow] = []
  /// Where the window began, and the rows of it that are given.
  private var start: HeldDocuments?

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    masksDocuments = values.text("mask") != "none"
    window = values.integer("window") ?? 16
  }

  /// The place of the window, unless all of its rows are given.
  public var held: HeldDocuments? { rows.isEmpty ? nil : start }

  /// Packs the window again.
  public mutating func hold(
    _ held: HeldDocuments?, length: Int, from source: inout any DocumentSource
  ) throws {
    rows = []
    start = held
    guard let held, let place = held.places.first else { return }
    try source.restore(place.cursor)
    rows = try fill(length: length, from: &source).dropFirst(held.givenRows).reversed()
  }

  /// Fills one row of `length` + 1 tokens.
  public mutating func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow {
    if rows.isEmpty {
      start = HeldDocuments(places: [.init(cursor: source.cursor, limit: length + 1)])
      rows = try fill(length: length, from: &source).reversed()
    }
    start?.givenRows += 1
    return rows.removeLast()
  }

  private func fill(length: Int, from source: inout any DocumentSource) throws -> [PackedRow] {
    var pieces: [Document] = []
    var tokens = 0
    while tokens < window * (length + 1) {
      let piece = try source.next(limit: length + 1)
      tokens += piece.tokens.count
      pieces.append(piece)
    }
    // Equal lengths keep their order.
    let order = pieces.indices.sorted {
      (pieces[$1].tokens.count, $0) < (pieces[$0].tokens.count, $1)
    }
    var filled: [PackedRow] = []
    for index in order {
      let piece = pieces[index]
      let fitting = filled.indices.filter {
        filled[$0].tokens.count + piece.tokens.count <= length + 1
      }
      let best = fitting.max { filled[$0].tokens.count < filled[$1].tokens.count }
      if best == nil { filled.append(PackedRow()) }
      let place = best ?? filled.count - 1
      let start = filled[place].tokens.count
      filled[place].append(
        piece, count: piece.tokens.count, start: masksDocuments ? start : 0)
    }
    for index in filled.indices { filled[index].pad(to: length) }
    return filled
  }
}
