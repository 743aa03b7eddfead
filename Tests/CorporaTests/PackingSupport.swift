import Corpora
import Support
import Synchronization

/// Documents of given lengths, again and again; token n of document d is 1000 d + n.
struct CountedSource: DocumentSource {
  let lengths: [Int]
  let isContinuous: Bool
  var cursor = SourceCursor()
  /// Counts the calls of `next`.
  var reads: Counter?

  init(_ lengths: [Int], isContinuous: Bool = true) {
    self.lengths = lengths
    self.isContinuous = isContinuous
  }

  mutating func next(limit: Int) throws -> Document {
    reads?.add()
    let length = lengths[cursor.file]
    let end = isContinuous ? min(length, cursor.offset + limit) : min(length, limit)
    var piece = Document(
      tokens: (cursor.offset..<end).map { Int32(1000 * (cursor.file + 1) + $0) })
    piece.offset = cursor.offset
    piece.wholeCount = isContinuous ? length : end
    cursor.offset = isContinuous && end < length ? end : 0
    if cursor.offset == 0 { cursor.file += 1 }
    if cursor.file == lengths.count {
      cursor.file = 0
      cursor.epoch += 1
    }
    return piece
  }

  mutating func restore(_ cursor: SourceCursor) { self.cursor = cursor }
}

/// Counts what happens in copies of a value.
final class Counter: Sendable {
  private let total = Mutex(0)
  var count: Int { total.withLock { $0 } }
  func add() { total.withLock { $0 += 1 } }
}

/// A tokenizer for tokens that nobody reads.
struct UnreadTokenizer: Tokenizer {
  static let kind = KindDescription("unread", "")
  init() {}
  init(_ values: SettingsValues) {}
  var name: String { "unread" }
  var vocabularySize: Int { 1 << 13 }
  var description: String { "{}" }
  var vocabularyHash: String { "" }
  func encode(_ text: String, _ options: EncodingOptions) -> [Int32] { [] }
  func decode(_ tokens: [Int32]) -> String { "" }
  func isSentenceEnd(_ token: Int32) -> Bool { false }
}
