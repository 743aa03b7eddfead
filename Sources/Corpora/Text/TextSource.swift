import Foundation
import Support

/// Files read from their first byte to their last, again and again.
///
/// Training reads all but the held-out end of each file, evaluation the held-out ends only.
struct TextSource: DocumentSource {
  /// Fewest bytes that are held out of a file.
  static let heldOutBlock = 256

  private let files: [TextFile]
  /// The bytes of each file that this split may see.
  private let ranges: [Range<Int>]
  private let place: String
  let repeats: Bool
  private(set) var cursor: SourceCursor

  let isContinuous = true

  init(files: [TextFile], split: CorpusSplit, repeats: Bool, place: String) throws {
    let ranges = files.map { file in
      split == .training ? 0..<file.heldOutStart : file.heldOutStart..<file.bytes.count
    }
    guard files.contains(where: { $0.heldOutStart < $0.bytes.count }) else {
      throw UserError(
        place, "no file is long enough, \(2 * Self.heldOutBlock) bytes are needed",
        remedy: "A part of each text is held out for evaluation; give longer texts.")
    }
    let used = files.indices.filter { !ranges[$0].isEmpty }
    self.files = used.map { files[$0] }
    self.ranges = used.map { ranges[$0] }
    self.place = place
    self.repeats = repeats
    let list = files.map { "\($0.name)\u{0}\($0.bytes.count)\u{0}" }.joined()
    cursor = SourceCursor(fingerprint: StableHash.fnv1a(list))
    cursor.offset = self.ranges[0].lowerBound
  }

  mutating func next(limit: Int) -> Document {
    // The last row ended exactly where the held-out part begins, which has no end mark to give.
    if cursor.offset == ranges[cursor.file].upperBound,
      cursor.offset < files[cursor.file].bytes.count
    {
      advance()
    }
    let file = files[cursor.file]
    let range = ranges[cursor.file]
    var document = Document()
    let hasBegun = cursor.offset > range.lowerBound
    document.offset =
      cursor.offset - range.lowerBound + (hasBegun && range.lowerBound == 0 ? 1 : 0)
    document.wholeCount = tokenCount(of: cursor.file)
    if cursor.offset == 0 { document.tokens.append(ByteTokenizer.begin) }
    // The end mark needs room too; without it the rest comes with the next call.
    let count = min(limit - document.tokens.count, range.upperBound - cursor.offset)
    let start = file.bytes.startIndex + cursor.offset
    document.tokens += file.bytes[start..<start + count].map(Int32.init)
    cursor.offset += count
    if cursor.offset == range.upperBound, document.tokens.count < limit {
      if range.upperBound == file.bytes.count { document.tokens.append(ByteTokenizer.end) }
      advance()
    }
    document.roles = [TokenRole](repeating: .text, count: document.tokens.count)
    return document
  }

  var pass: SourcePass? {
    SourcePass(
      documents: files.count, tokens: files.indices.reduce(0) { $0 + tokenCount(of: $1) })
  }

  /// Tokens of a file's part, its marks included.
  private func tokenCount(of file: Int) -> Int {
    let range = ranges[file]
    return range.count + (range.lowerBound == 0 ? 1 : 0)
      + (range.upperBound == files[file].bytes.count ? 1 : 0)
  }

  private mutating func advance() {
    cursor.file += 1
    if cursor.file == files.count {
      cursor.file = 0
      cursor.epoch += 1
    }
    cursor.offset = ranges[cursor.file].lowerBound
  }

  mutating func restore(_ cursor: SourceCursor) throws {
    guard
      cursor.fingerprint == self.cursor.fingerprint, cursor.file < files.count,
      ranges[cursor.file].contains(cursor.offset)
        || cursor.offset == ranges[cursor.file].upperBound
    else {
      throw UserError(
        place, "the files have changed since the checkpoint was written",
        remedy: "Put the old files back, or start a new run from the checkpoint.")
    }
    self.cursor = cursor
  }
}
