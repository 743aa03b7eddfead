import Foundation
import Support

/// Files read by a few readers in turn, again and again.
///
/// The text is cut into as many parts of equal length; each reader goes from the first token of its
/// part to the last, and whoever has read least goes next. So neighbouring rows are of different
/// places: read from end to end, a training would see one book after the other, and its loss on the
/// others would rise. Training reads all but the held-out end of each file, evaluation the
/// held-out ends only.
struct TextSource: DocumentSource {
  /// Fewest bytes that are held out of a file.
  static let heldOutBlock = 256
  /// Fewest tokens of a reader's part: many rows that follow each other.
  private static let leastPart = 1 << 16

  /// What this split may see of a file.
  private struct Piece {
    let tokens: TextTokens
    /// The mark before it, where the file begins.
    let begin: Int32?
    /// The mark after it, where the file ends.
    let closing: Int32?
    /// Tokens before it in the text.
    let start: Int
    var count: Int { tokens.count + (begin == nil ? 0 : 1) + (closing == nil ? 0 : 1) }
    var end: Int { start + count }
  }

  private var pieces: [Piece] = []
  /// Where the parts of the readers begin, and the last one ends.
  private let borders: [Int]
  private let place: String
  let repeats: Bool
  private(set) var cursor: SourceCursor

  let isContinuous = true

  init(
    files: [TextFile], tokenizer: any Tokenizer, split: CorpusSplit, readers: Int, repeats: Bool,
    place: String
  ) throws {
    guard files.contains(where: { $0.heldOutStart < $0.bytes.count }) else {
      throw UserError(
        place, "no file is long enough, \(2 * Self.heldOutBlock) bytes are needed",
        remedy: "A part of each text is held out for evaluation; give longer texts.")
    }
    var total = 0
    for file in files {
      let count = file.bytes.count
      let range = split == .training ? 0..<file.heldOutStart : file.heldOutStart..<count
      guard !range.isEmpty else { continue }
      let start = file.bytes.startIndex + range.lowerBound
      let piece = Piece(
        tokens: TextTokens(file.bytes[start..<start + range.count], by: tokenizer),
        begin: range.lowerBound == 0 ? tokenizer.documentBegin : nil,
        closing: range.upperBound == count ? tokenizer.documentEnd : nil, start: total)
      total = piece.end
      pieces.append(piece)
    }
    guard total > 0 else {
      throw UserError(place, "the text has no tokens", remedy: "Give a text of words.")
    }
    let parts = max(1, min(readers, total / Self.leastPart))
    borders = (0...parts).map { $0 * total / parts }
    self.place = place
    self.repeats = repeats
    let list = files.map { "\($0.name)\u{0}\($0.bytes.count)\u{0}" }.joined()
    cursor = SourceCursor(fingerprint: StableHash.fnv1a(list))
    cursor.readers = Array(borders.dropLast())
  }

  mutating func next(limit: Int) -> Document {
    var readers = cursor.readers ?? []
    let open = readers.indices.filter { readers[$0] < borders[$0 + 1] }
    let reader = open.min { readers[$0] - borders[$0] < readers[$1] - borders[$1] } ?? 0
    let start = readers[reader]
    let piece = pieces[pieces.lastIndex { $0.start <= start } ?? 0]
    let end = min(start + limit, piece.end, borders[reader + 1])
    readers[reader] = end
    if open.count == 1, end == borders[reader + 1] {
      readers = Array(borders.dropLast())
      cursor.epoch += 1
    }
    cursor.readers = readers

    var document = Document(tokens: Self.tokens(start - piece.start..<end - piece.start, of: piece))
    document.offset = start - piece.start
    document.wholeCount = piece.count
    return document
  }

  /// Some tokens of a piece, by their numbers in it.
  private static func tokens(_ range: Range<Int>, of piece: Piece) -> [Int32] {
    let first = piece.begin == nil ? 0 : 1
    let inside = range.clamped(to: first..<first + piece.tokens.count)
    var tokens: [Int32] = []
    tokens.reserveCapacity(range.count)
    if let begin = piece.begin, range.lowerBound < first { tokens.append(begin) }
    tokens += piece.tokens[inside.lowerBound - first..<inside.upperBound - first]
    if let closing = piece.closing, range.upperBound > first + piece.tokens.count {
      tokens.append(closing)
    }
    return tokens
  }

  var pass: SourcePass? {
    SourcePass(documents: pieces.count, tokens: borders[borders.count - 1])
  }

  mutating func restore(_ cursor: SourceCursor) throws {
    guard cursor.fingerprint == self.cursor.fingerprint, let readers = cursor.readers,
      readers.count == borders.count - 1,
      readers.indices.allSatisfy({ (borders[$0]...borders[$0 + 1]).contains(readers[$0]) })
    else {
      throw UserError(
        place, "the files have changed since the checkpoint was written",
        remedy: "Put the old files back, or start a new run from the checkpoint.")
    }
    self.cursor = cursor
  }
}

/// The tokens of a text.
///
/// Bytes are tokens as they stand in the file; any other tokenizer reads the text once, and its tokens
/// are kept.
private enum TextTokens {
  case bytes(Data)
  case read([Int32])

  init(_ bytes: Data, by tokenizer: any Tokenizer) {
    self =
      tokenizer is ByteTokenizer
      ? .bytes(bytes) : .read(tokenizer.encode(String(decoding: bytes, as: UTF8.self)))
  }

  var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .read(let tokens): tokens.count
    }
  }

  subscript(_ range: Range<Int>) -> [Int32] {
    switch self {
    case .bytes(let bytes):
      bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
        .map(Int32.init)
    case .read(let tokens): Array(tokens[range])
    }
  }
}
