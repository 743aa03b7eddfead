import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct PackingTests {
  private func rows(
    _ count: Int, of source: CountedSource, length: Int = 19, _ kind: String,
    _ settings: [String: SettingsValue] = [:]
  ) throws -> [PackedRow] {
    var packer = try Packers.catalog.make(kind, settings)
    var source: any DocumentSource = source
    var random = RandomStream(seed: 1, name: "test")
    return try (0..<count).map { _ in
      let row = try packer.row(length: length, from: &source, random: &random)
      #expect(row.tokens.count == length + 1 && row.roles.count == length + 1)
      #expect(row.starts.count == length + 1)
      return row
    }
  }

  /// Runs of tokens that follow each other, as "document:first-last".
  private func runs(_ row: PackedRow) -> [String] {
    var runs: [(first: Int32, last: Int32)] = []
    for (token, role) in zip(row.tokens, row.roles) where role != .ignored {
      if let last = runs.last?.last, token == last + 1 {
        runs[runs.count - 1].last = token
      } else {
        runs.append((token, token))
      }
    }
    return runs.map { "\($0.first / 1000):\($0.first % 1000)-\($0.last % 1000)" }
  }

  @Test func longDocumentsFillRowsAndShortOnesShareThem() throws {
    // 47 tokens are two rows of 20 and a tail of 7; 8, 9 and 7 share a row and its rest goes on.
    let rows = try rows(4, of: CountedSource([47, 8, 9, 7, 20]), "by_length")
    #expect(rows.map(runs) == [["1:0-19"], ["1:20-39"], ["2:0-7", "3:0-8", "4:0-2"], ["5:0-19"]])
    #expect(rows[2].croppedTokens == 7)
    let starts = [(0, 8), (8, 9), (17, 3)].flatMap { start, count in
      [Int32](repeating: Int32(start), count: count)
    }
    #expect(rows[2].starts == starts)
  }

  @Test func theRestOfAShortDocumentOpensTheNextSharedRow() throws {
    let rows = try rows(3, of: CountedSource([8, 9, 7, 12]), "by_length", ["mask": .text("none")])
    #expect(rows[0...1].map(runs) == [["1:0-7", "2:0-8", "3:0-2"], ["3:3-6", "4:0-11", "1:0-3"]])
    #expect(rows.allSatisfy { $0.croppedTokens == 0 && $0.starts.allSatisfy { $0 == 0 } })
  }

  @Test func aShortDocumentWaitsForItsRowHoweverLongThatTakes() throws {
    // One document of 8 among 200 long ones: what waits is read again, not the rows in between.
    let lengths = [8] + [Int](repeating: 20, count: 200)
    var counted = CountedSource(lengths)
    counted.reads = Counter()
    func fresh() throws -> BatchStream {
      try BatchStream(
        sources: [WeightedSource(name: "a", weight: 1, source: counted)],
        plan: BatchPlan(
          rows: 1, length: 19, packer: try Packers.catalog.make("by_length"), seed: 1),
        tokenizer: UnreadTokenizer())
    }
    var whole = try fresh()
    for _ in 0..<150 { _ = try whole.next() }
    let cursor = whole.cursor
    let next = try (0..<300).map { _ in try whole.next() }
    var resumed = try fresh()
    let before = counted.reads?.count ?? 0
    try resumed.restore(cursor)
    #expect((counted.reads?.count ?? 0) - before == 1)
    #expect(try (0..<300).map { _ in try resumed.next() } == next)
  }

  @Test func shortDocumentsMayBeDropped() throws {
    let rows = try rows(2, of: CountedSource([8, 41]), "by_length", ["short": .text("drop")])
    #expect(rows.map(runs) == [["2:0-19"], ["2:20-39"]])
    #expect(rows[0].croppedTokens == 8)
    #expect(throws: UserError.self) {
      try self.rows(1, of: CountedSource([8, 9]), "by_length", ["short": .text("drop")])
    }
  }

  @Test func piecesOfLongDocumentsShareARow() throws {
    // Rows of 64 tokens hold four pieces of 16; 39 tokens are two pieces and a tail, 9 are dropped.
    let settings: [String: SettingsValue] = ["short": .text("drop"), "piece": .integer(16)]
    let source = CountedSource([39, 9, 16, 100])
    let rows = try rows(2, of: source, length: 64, "by_length", settings)
    #expect(
      rows.map(runs) == [["1:0-31", "3:0-15", "4:0-15"], ["4:16-79"]])
    #expect(rows[0].croppedTokens == 7 + 9 && rows[0].paddedTokens == 0)
    // A piece sees itself only, whatever it was cut from.
    let starts = (0..<4).flatMap { [Int32](repeating: 16 * $0, count: 16) }
    #expect(rows.allSatisfy { $0.starts == starts + [64] && $0.roles.last == .ignored })
    let loose = try self.rows(
      1, of: source, length: 64, "by_length", settings.merging(["mask": .text("none")]) { $1 })
    #expect(loose[0].starts.dropLast().allSatisfy { $0 == 0 })
    // One long document a pass is enough, however many passes a row takes.
    #expect(
      try self.rows(3, of: CountedSource([17, 9]), length: 64, "by_length", settings).count == 3)
  }

  @Test func targetsEndWithPieces() throws {
    var stream = try BatchStream(
      sources: [WeightedSource(name: "a", weight: 1, source: CountedSource([500]))],
      plan: BatchPlan(
        rows: 1, length: 64,
        packer: try Packers.catalog.make("by_length", ["piece": .integer(16)]), seed: 1),
      tokenizer: UnreadTokenizer())
    let batch = try stream.next()
    for token in 0..<64 {
      #expect(batch.targets[token] == (token % 16 == 15 ? -1 : batch.tokens[token] + 1))
    }
    #expect(stream.ledger.entries[0].tokens == 64)
  }

  @Test func rowsHoldAWholeNumberOfPieces() throws {
    let packer = try Packers.catalog.make("by_length", ["piece": .integer(16)])
    #expect(throws: UserError.self) {
      try BatchStream(
        sources: [WeightedSource(name: "a", weight: 1, source: CountedSource([500]))],
        plan: BatchPlan(rows: 1, length: 72, packer: packer, seed: 1),
        tokenizer: UnreadTokenizer())
    }
  }

  @Test func anEndlessSourceOfShortDocumentsIsRefusedInTheEnd() throws {
    var packer = try Packers.catalog.make("by_length", ["short": .text("drop")])
    var source = try worldSource("pages")
    var random = RandomStream(seed: 1, name: "test")
    #expect(throws: UserError.self) {
      try packer.row(length: 4_096, from: &source, random: &random)
    }
  }

  @Test func aSourceMayHaveAPackingOfItsOwn() throws {
    func fresh() throws -> BatchStream {
      try BatchStream(
        sources: [
          WeightedSource(
            name: "pieces", weight: 1, source: CountedSource([500, 9]),
            packer: try Packers.catalog.make(
              "by_length", ["piece": .integer(16), "short": .text("drop")])),
          WeightedSource(
            name: "whole", weight: 1, source: CountedSource([500, 9]),
            packer: try Packers.catalog.make("by_length", ["short": .text("drop")])),
          WeightedSource(name: "others", weight: 2, source: CountedSource([40, 30])),
        ], plan: BatchPlan(rows: 1, length: 64, seed: 1), tokenizer: UnreadTokenizer())
    }
    var whole = try fresh()
    var cursors: [Data] = []
    var batches: [Batch] = []
    for _ in 0..<40 {
      cursors.append(try JSONEncoder().encode(whole.cursor))
      batches.append(try whole.next())
    }
    let starts = batches.map { ($0.sources[0], Set($0.documentStarts).sorted()) }
    #expect(starts.contains { $0.0 == 0 } && starts.contains { $0.0 == 2 })
    for (source, starts) in starts where source < 2 {
      #expect(starts == (source == 0 ? [0, 16, 32, 48] : [0]))
    }
    #expect(starts.contains { $0.0 == 2 && $0.1.count == 2 && $0.1 != [0, 16, 32, 48] })
    for cut in batches.indices {
      var resumed = try fresh()
      try resumed.restore(try JSONDecoder().decode(BatchCursor.self, from: cursors[cut]))
      for step in cut..<min(40, cut + 8) { #expect(try resumed.next() == batches[step]) }
    }
  }

  @Test func bestFitKeepsDocumentsWhole() throws {
    let source = CountedSource([12, 5, 8, 9, 11, 15, 20, 47], isContinuous: false)
    let rows = try rows(6, of: source, "best_fit", ["window": .integer(5)])
    // Longest first, each into the fullest row that has room for it.
    #expect(
      rows[0...4].map(runs) == [
        ["7:0-19"], ["8:0-19"], ["6:0-14", "2:0-4"], ["1:0-11", "3:0-7"], ["5:0-10", "4:0-8"],
      ])
    #expect(rows[5].tokens == rows[0].tokens)
    #expect(rows[2].starts == [Int32](repeating: 0, count: 15) + [Int32](repeating: 15, count: 5))
    let loose = try self.rows(2, of: CountedSource([12], isContinuous: false), "best_fit")
    #expect(loose.map(runs) == [["1:0-11"], ["1:0-11"]])
    #expect(loose[0].paddedTokens == 7 && loose[0].croppedTokens == 0)
  }

  @Test func chunksOfDocumentsTakeTurns() throws {
    for parts in 2...8 {
      let source = CountedSource([16, 16, 16], isContinuous: false)
      let row = try rows(
        1, of: source, length: 47, "interleaved",
        [
          "chunks": .integer(parts), "split": .text("equal"), "shortest": .integer(2),
          "document": .integer(16),
        ])[0]
      // A1 B1 C1 A2 B2 C2 and so on, each document in its own order.
      let wanted = (0..<parts).flatMap { round in
        (1...3).map { "\($0):\(round * 16 / parts)-\((round + 1) * 16 / parts - 1)" }
      }
      #expect(runs(row) == wanted, "\(parts)")
      #expect(row.starts.allSatisfy { $0 == 0 } && row.documents == 3)
    }
  }

  @Test func randomSplitsKeepOrderAndLeastLengths() throws {
    let source = CountedSource([100, 80, 90, 130], isContinuous: false)
    let rows = try rows(
      20, of: source, length: 399, "interleaved",
      ["chunks": .integer(3), "shortest": .integer(20), "document": .integer(130)])
    var firstChunks = Set<Int>()
    for row in rows {
      for (document, length) in [100, 80, 90, 130].enumerated() {
        let places = row.tokens.indices.filter { row.tokens[$0] / 1000 == document + 1 }
        #expect(places.map { Int(row.tokens[$0]) % 1000 } == Array(0..<length))
        let ends = places.indices.filter { $0 + 1 == length || places[$0 + 1] != places[$0] + 1 }
        #expect(ends.count == 3)
        let lengths = zip(ends, [-1] + ends).map { $0 - $1 }
        #expect(lengths.allSatisfy { $0 >= 20 })
        if document == 0 { firstChunks.insert(lengths[0]) }
      }
    }
    #expect(firstChunks.count > 5)
  }

  @Test func documentsTooShortForTwoChunksAreLeftOut() throws {
    let source = CountedSource([10, 60], isContinuous: false)
    let row = try rows(
      1, of: source, length: 119, "interleaved",
      ["shortest": .integer(16), "document": .integer(64)])[0]
    #expect(!runs(row).contains { $0.hasPrefix("1:") } && row.croppedTokens == 20)
    #expect(throws: UserError.self) {
      try self.rows(
        1, of: CountedSource([10], isContinuous: false), length: 119, "interleaved",
        ["shortest": .integer(16), "document": .integer(64)])
    }
  }

  @Test(arguments: ["documents", "rows", "by_length", "best_fit", "interleaved"])
  func everyPackerResumesAtAnyCut(kind: String) throws {
    try resumes(kind, [:])
  }

  @Test func aRowOfPiecesAndASharedRowResumeSideBySide() throws {
    try resumes("by_length", ["piece": .integer(32)])
  }

  private func resumes(_ kind: String, _ settings: [String: SettingsValue]) throws {
    for isContinuous in [true, false] {
      func fresh() throws -> BatchStream {
        try BatchStream(
          sources: [
            WeightedSource(
              name: "a", weight: 2,
              source: CountedSource([70, 9, 33, 250, 40, 21], isContinuous: isContinuous)),
            WeightedSource(name: "b", weight: 1, source: CountedSource([30, 31, 64])),
          ],
          plan: BatchPlan(
            rows: 2, length: 64, packer: try Packers.catalog.make(kind, settings), seed: 3),
          tokenizer: UnreadTokenizer())
      }
      var whole = try fresh()
      var cursors: [Data] = []
      var batches: [Batch] = []
      for _ in 0..<40 {
        cursors.append(try JSONEncoder().encode(whole.cursor))
        batches.append(try whole.next())
      }
      for cut in batches.indices {
        var resumed = try fresh()
        try resumed.restore(try JSONDecoder().decode(BatchCursor.self, from: cursors[cut]))
        for step in cut..<min(40, cut + 12) {
          #expect(try resumed.next() == batches[step], "cut \(cut), batch \(step)")
        }
      }
    }
  }
}
