public import Support

/// Chunk-interleaved pretraining: every document of a row is cut into k chunks, and the row holds
/// the first chunk of each document, then the second of each, and so on.
///
/// So the parts of a document lie far apart, though no document is long. Usually attention is causal
/// over the whole row. With the mask `identity` a token sees the earlier chunks of its own document
/// only. The row then holds each document in one piece and `places` tell where its tokens are read:
/// with the positions of those places that is the same attention, and costs no more than it.
///
/// - SeeAlso: LongSkywork (arXiv:2406.00605), section 3.1; the random split is that of its replication
///   in "Untie the Knots", section 4.3.
public struct InterleavingPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "interleaved",
    "Chunk-interleaved pretraining: documents cut into chunks that take turns in the row.",
    source: "LongSkywork (arXiv:2406.00605), section 3.1",
    settings: [
      Setting(
        "mask", .choice(["none", "identity", "document"]), default: .text("none"),
        help: "none: a token sees the whole row before it; identity: all earlier chunks of its own "
          + "document. A mask `document`, by neighbouring tokens, is refused.",
        applies: .nextStage),
      Setting(
        "chunks", .integer(2...8), default: .integer(2),
        help: "Chunks of each document; 2 gives the longest jumps.", applies: .nextStage),
      Setting(
        "split", .choice(["random", "equal"]), default: .text("random"),
        help: "Where documents are cut: at random, or into equal parts.", applies: .nextStage),
      Setting(
        "shortest", .size(1...(1 << 20)), default: .integer(64),
        help: "Documents of fewer tokens for two chunks are left out, those of fewer for each of "
          + "the others are cut into fewer chunks.", applies: .nextStage),
      Setting(
        "document", .size(16...(1 << 30)), default: nil,
        help: "Longest piece of a document in a row; a quarter of the row when absent.",
        applies: .nextStage),
    ])

  /// Short documents in a row after which the source has no others.
  private static let mostLeftOut = 100_000

  private let masksByIdentity: Bool
  private let chunks: Int
  private let isRandom: Bool
  private let shortest: Int
  private let longest: Int?

  /// Builds it from checked settings.
  ///
  /// - Throws: `UserError` for a mask that would cut documents off from their own beginning.
  public init(_ values: SettingsValues) throws {
    guard values.text("mask") != "document" else {
      throw UserError(
        "pack.mask", "the mask document cuts a chunk off from the earlier chunks of its document",
        remedy: "Use `mask: identity` for attention inside a document, or `mask: none`.")
    }
    masksByIdentity = values.text("mask") == "identity"
    chunks = values.integer("chunks") ?? 2
    isRandom = values.text("split") != "equal"
    shortest = values.integer("shortest") ?? 64
    longest = values.integer("document")
  }

  /// Fills one row of `length` + 1 tokens.
  public func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow {
    let most = min(length + 1, max(16, longest ?? (length + 1) / 4))
    // In short rows a chunk may not be longer than there is room for.
    let least = min(shortest, most / 4)
    var row = PackedRow()
    var documents: [Document] = []
    var room = length + 1
    var leftOut = 0
    while room > 0 {
      // The last document is cut where the row ends.
      let piece = try source.next(limit: source.isContinuous ? min(room, most) : most)
      let count = min(room, piece.tokens.count)
      guard count >= 2 * least || count == room else {
        row.croppedTokens += count
        leftOut += 1
        guard leftOut < Self.mostLeftOut else {
          throw UserError(
            "pack", "\(leftOut) documents in a row have fewer than \(2 * least) tokens",
            remedy: "Lower `shortest`, or use a source with longer documents.")
        }
        continue
      }
      var document = Document(
        tokens: Array(piece.tokens[0..<count]), roles: Array(piece.roles[0..<count]))
      document.leftOutTokens = piece.leftOutTokens
      row.croppedTokens += piece.croppedTokens + piece.tokens.count - count
      documents.append(document)
      room -= count
    }
    let cuts = documents.map { self.cuts(of: $0.tokens.count, least: least, &random) }
    var chunksInOrder: [(document: Int, tokens: Range<Int>)] = []
    for round in 0..<chunks {
      for (document, cuts) in cuts.enumerated() where round + 1 < cuts.count {
        chunksInOrder.append((document, cuts[round]..<cuts[round + 1]))
      }
    }
    if masksByIdentity {
      row.append(documents, readAs: chunksInOrder)
    } else {
      for (document, range) in chunksInOrder {
        row.tokens += documents[document].tokens[range]
        row.roles += documents[document].roles[range]
      }
      row.starts = [Int32](repeating: 0, count: row.tokens.count)
    }
    row.documents = documents.count
    row.leftOutTokens = documents.reduce(0) { $0 + $1.leftOutTokens }
    return row
  }

  /// Where a document is cut, its begin and end included.
  private func cuts(of count: Int, least: Int, _ random: inout RandomStream) -> [Int] {
    let parts = max(1, min(chunks, least > 0 ? count / least : count))
    guard parts > 1 else { return [0, count] }
    guard isRandom else { return (0...parts).map { $0 * count / parts } }
    // Every chunk has its least tokens; the others are dealt out by random borders.
    let free = count - parts * least
    let borders = (1..<parts).map { _ in random.below(free + 1) }.sorted()
    return [0] + borders.enumerated().map { $1 + ($0 + 1) * least } + [count]
  }
}

extension PackedRow {
  /// Appends whole documents that are read chunk by chunk.
  fileprivate mutating func append(
    _ documents: [Document], readAs chunks: [(document: Int, tokens: Range<Int>)]
  ) {
    var read = documents.map { [Int32](repeating: 0, count: $0.tokens.count) }
    var place: Int32 = 0
    for (document, range) in chunks {
      for index in range {
        read[document][index] = place
        place += 1
      }
    }
    // The token that is read last is a target only, so it has to stand last.
    let last = chunks.last?.document ?? 0
    for document in documents.indices.filter({ $0 != last }) + [last] {
      let start = Int32(tokens.count)
      tokens += documents[document].tokens
      roles += documents[document].roles
      starts += repeatElement(start, count: documents[document].tokens.count)
      places = (places ?? []) + read[document]
    }
  }
}
