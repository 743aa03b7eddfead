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
    let bytes: Data
    let hasBegin: Bool
    let hasEnd: Bool
    /// Tokens before it in the text.
    let start: Int
    var count: Int { bytes.count + (hasBegin ? 1 : 0) + (hasEnd ? 1 : 0) }
    var end: Int { start + count }
  }

  private var pieces: [Piece] = []
  /// Where the parts of the readers begin, and the last one ends.
  private let borders: [Int]
  private let place: String
  let repeats: Bool
  private(set) var cursor: SourceCursor

  let isContinuous = true

  init(files: [TextFile], split: CorpusSplit, readers: Int, repeats: Bool, place: String) throws {
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
        bytes: file.bytes[start..<start + range.count], hasBegin: range.lowerBound == 0,
        hasEnd: range.upperBound == count, start: total)
      total = piece.end
      pieces.append(piece)
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
    let begin = piece.hasBegin ? 1 : 0
    let bytes = range.clamped(to: begin..<begin + piece.bytes.count)
    let first = piece.bytes.startIndex - begin
    var tokens: [Int32] = []
    tokens.reserveCapacity(range.count)
    if range.lowerBound < begin { tokens.append(ByteTokenizer.begin) }
    tokens += piece.bytes[first + bytes.lowerBound..<first + bytes.upperBound].lazy.map(Int32.init)
    if range.upperBound > begin + piece.bytes.count { tokens.append(ByteTokenizer.end) }
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
