import Corpora
import Foundation
import Support
import Testing

@Suite struct SkippingSourceTests {
  /// Two chunks of which the first is a quarter of the text; the second lies anywhere behind it.
  private static let rule: ChunkRule = { length, slack, random in
    ([length / 4, length - length / 4], [0, random.integer(in: 0...slack)])
  }

  /// The chunks as they are, the second 1,000 positions later.
  private static let positions: PositionRule = { segments, isCut, _ in
    let shift: Int32 = isCut ? 1_000 : 0
    let first = Int32(segments[0])
    return (0..<Int32(segments.reduce(0, +))).map { $0 < first ? $0 : $0 + shift }
  }

  private func stream(_ lengths: [Int], reach: Int = 400) throws -> BatchStream {
    let source = try SkippingSource(
      CountedSource(lengths), reach: reach, name: "a", seed: 2, rule: Self.rule)
    return try BatchStream(
      sources: [WeightedSource(name: "a", weight: 1, source: source)],
      plan: BatchPlan(rows: 1, length: 64, positions: Self.positions, seed: 1),
      tokenizer: UnreadTokenizer())
  }

  @Test func textAndPositionsSkipAtTheSameToken() throws {
    var stream = try stream([300])
    var ends = Set<Int32>()
    for _ in 0..<300 {
      let batch = try stream.next()
      // The beginning of the document, then a place at least as late as in a text that goes on.
      #expect(batch.tokens[..<16].elementsEqual(1_000..<1_016))
      let second = batch.tokens[16]
      #expect(batch.tokens[16...].elementsEqual(second..<second + 48))
      #expect((1_016...1_251).contains(second))
      // Everything is learnt, the first token after the skip too.
      #expect(batch.targets.elementsEqual(batch.tokens[1...] + [second + 48]))
      #expect(batch.positions.elementsEqual(Array(0..<16) + Array(1_016..<1_064)))
      ends.insert(second + 48)
    }
    // Up to the document's end: 236 places, each wanted about once.
    #expect(ends.min().map { $0 < 1_070 } == true && ends.max().map { $0 > 1_293 } == true)
    #expect(ends.count > 140)
    let entry = stream.ledger.entries[0]
    #expect(entry.leftOutTokens == 300 * 235 && entry.croppedTokens == 0 && entry.epochs == 300)
  }

  @Test func noMoreOfADocumentIsReadThanTheReach() throws {
    var stream = try stream([300], reach: 100)
    let begins = try (0..<3).map { _ in try stream.next().tokens[0] }
    #expect(begins == [1_000, 1_100, 1_200])
  }

  @Test func shortDocumentsStandAsTheyAre() throws {
    var stream = try stream([40, 30])
    let batch = try stream.next()
    #expect(batch.tokens.elementsEqual(Array(1_000..<1_040) + Array(2_000..<2_024)))
    #expect(batch.positions.elementsEqual(0..<64))
  }

  @Test func itResumesAtAnyCut() throws {
    var whole = try stream([300, 50, 90])
    var cursors: [Data] = []
    var batches: [Batch] = []
    for _ in 0..<20 {
      cursors.append(try JSONEncoder().encode(whole.cursor))
      batches.append(try whole.next())
    }
    for cut in batches.indices {
      var resumed = try stream([300, 50, 90])
      try resumed.restore(try JSONDecoder().decode(BatchCursor.self, from: cursors[cut]))
      for step in cut..<20 { #expect(try resumed.next() == batches[step]) }
    }
  }
}
