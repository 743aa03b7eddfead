import Foundation
import Support

/// Learns the byte pairs of texts and writes them as a tokenizer.json.
///
/// Words are cut as SmolLM's: digits stand alone, other words by GPT-2's expression. The first numbers
/// are the marks of a document and the 256 bytes, so that every text can be encoded.
public struct BytePairTrainer {
  /// The mark that begins a document.
  public static let begin = "<|begin_of_text|>"
  /// The mark that ends one.
  public static let end = "<|end_of_text|>"
  /// Fewest tokens: marks and bytes.
  public static let leastSize = 258
  /// A rarer pair is not worth a token.
  private static let leastCount = 2

  /// Bytes of all texts.
  public let byteCount: Int
  /// Most tokens.
  public let size: Int
  private let files: [TextFile]

  /// A trainer on the text files that the paths mean.
  ///
  /// - Parameters:
  ///   - paths: files and folders of UTF-8 text.
  ///   - size: tokens of the vocabulary, at least `leastSize`.
  /// - Throws: `UserError` when a text cannot be read.
  public init(paths: [String], size: Int) throws {
    precondition(size >= Self.leastSize, "marks and bytes need a token each")
    files = try paths.flatMap { try TextFiles.read($0) }
    byteCount = files.reduce(0) { $0 + $1.bytes.count }
    self.size = size
  }

  /// Learns the vocabulary.
  ///
  /// - Parameters:
  ///   - read: receives the bytes that were read since the last call.
  ///   - joined: is called after each new token.
  /// - Returns: the text of a tokenizer.json.
  /// - Throws: `UserError` when the texts are empty.
  public func train(read: (Int) -> Void, joined: () -> Void) throws -> String {
    let (words, counts) = try countedWords(read)
    var file = TrainedFile()
    var learner = PairLearner()
    words.forEach { word, number in
      learner.add(word.map { file.bytes[Int($0)] }, weight: counts[Int(number)])
    }
    learner.begin()
    while file.count < size, let (number, pair) = learner.next(least: Self.leastCount) {
      learner.join(number, to: file.join(pair.left, pair.right))
      joined()
    }
    return file.json
  }

  /// Each word of the texts with its number, and how often the word of each number stands there.
  private func countedWords(_ read: (Int) -> Void) throws -> (words: ByteTable, counts: [Int]) {
    let cutter = try PreTokenizer(
      TokenizerPart(file: "", key: "pre_tokenizer", value: TrainedFile.preTokenizer))
    var words = ByteTable(capacity: 1 << 12)
    var counts: [Int] = []
    for file in files {
      var done = 0
      file.bytes.withUnsafeBytes { bytes in
        let place = PreTokenizer.Place(isFirst: true, continues: false)
        cutter.cut(bytes.bindMemory(to: UInt8.self), at: place) { piece in
          if let number = words.value(piece) {
            counts[Int(number)] += 1
          } else {
            words.insert(piece, Int32(counts.count))
            counts.append(1)
          }
          done += piece.count
          if done > 1 << 18 {
            read(done)
            done = 0
          }
        }
      }
      read(done)
    }
    guard !counts.isEmpty else {
      throw UserError("tokenizer", "the texts are empty", remedy: "Give longer texts.")
    }
    return (words, counts)
  }
}
