import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct BatchStreamTests {
  private static let mix = [
    ("stories", 0.4), ("code", 0.25), ("pages", 0.15), ("recall", 0.1), ("repeat", 0.1),
  ]

  private func stream(
    _ mix: [(String, Double)] = mix, rows: Int = 2, length: Int = 128,
    packer: any Packer = DocumentPacker(), positions: PositionRule? = nil,
    split: CorpusSplit = .training
  ) throws -> BatchStream {
    try BatchStream(
      sources: mix.map {
        WeightedSource(name: $0.0, weight: $0.1, source: try worldSource($0.0, split: split))
      },
      plan: BatchPlan(
        rows: rows, length: length, packer: packer, positions: positions, seed: 3),
      tokenizer: WorldTokenizer())
  }

  /// Skips a random number of positions before each segment.
  private static let skipping: PositionRule = { segments, _, random in
    var next: Int32 = 0
    return segments.flatMap { length in
      next += Int32(random.below(50))
      defer { next += Int32(length) }
      return (0..<Int32(length)).map { next + $0 }
    }
  }

  @Test(arguments: ["documents", "rows"])
  func resumingAtAnyCutGivesTheSameBatches(packer: String) throws {
    func fresh() throws -> BatchStream {
      try stream(packer: try Packers.catalog.make(packer), positions: Self.skipping)
    }
    var whole = try fresh()
    var batches: [Batch] = []
    var cursors: [Data] = []
    for step in 0..<50 {
      cursors.append(try JSONEncoder().encode(whole.cursor))
      if step == 20 { try whole.setWeight("code", 2) }
      batches.append(try whole.next())
    }
    for cut in batches.indices {
      var resumed = try fresh()
      try resumed.restore(try JSONDecoder().decode(BatchCursor.self, from: cursors[cut]))
      for step in cut..<50 {
        if step == 20 { try resumed.setWeight("code", 2) }
        #expect(try resumed.next() == batches[step], "cut \(cut), batch \(step)")
      }
      #expect(resumed.ledger == whole.ledger)
    }
    #expect(cursors.allSatisfy { $0.count < 4_096 })
  }

  @Test func textsResumeAtAnyCut() throws {
    let folder = try TemporaryFolder()
    try folder.write(String(repeating: "One day. Another day! ", count: 40), to: "a.txt")
    try folder.write(String(repeating: "Мир большой. ", count: 60), to: "b.txt")
    func fresh() throws -> BatchStream {
      let kind = try SourceKinds.catalog.make("text", ["path": .text(folder.path)])
      let opening = SourceOpening(
        name: "books", split: .training, seed: 1, tokenizer: ByteTokenizer())
      return try BatchStream(
        sources: [WeightedSource(name: "books", weight: 1, source: try kind.open(opening))],
        plan: BatchPlan(rows: 1, length: 61, positions: Self.skipping, seed: 1),
        tokenizer: ByteTokenizer())
    }
    var whole = try fresh()
    var cursors: [BatchCursor] = []
    var batches: [Batch] = []
    for _ in 0..<80 {
      cursors.append(whole.cursor)
      batches.append(try whole.next())
    }
    #expect(whole.ledger.entries[0].epochs >= 2)
    for cut in batches.indices {
      var resumed = try fresh()
      try resumed.restore(cursors[cut])
      for step in cut..<80 { #expect(try resumed.next() == batches[step]) }
    }
  }

  @Test(arguments: [
    [("stories", 1.0)], [("stories", 0.5), ("code", 0.5)],
    [("stories", 0.3), ("code", 0.3), ("pages", 0.2), ("tables", 0.2)],
    [("stories", 0.97), ("code", 0.01), ("pages", 0.02)], mix,
    [("stories", 1.0), ("code", 0.0), ("pages", 2.0)],
  ])
  func sharesHoldToARowOverAnyWindow(mix: [(String, Double)]) throws {
    var stream = try stream(mix, rows: 1, length: 32)
    let total = mix.reduce(0) { $0 + $1.1 }
    var given = [[Int](repeating: 0, count: mix.count)]
    for _ in 0..<400 {
      let batch = try stream.next()
      var counts = given[given.count - 1]
      for source in batch.sources { counts[Int(source)] += 1 }
      given.append(counts)
    }
    for index in mix.indices {
      let share = mix[index].1 / total
      let owed = given.enumerated().map { share * 32 * Double($0) - Double($1[index]) }
      // From the start the deviation stays below a row, so that no window misses by two.
      #expect(owed.allSatisfy { abs($0) < 32 + 1e-6 }, "\(mix[index])")
      if mix[index].1 == 0 { #expect(given[400][index] == 0) }
    }
  }

  @Test func sharesHoldByTokensWhenRowsArePadded() throws {
    var stream = try stream(
      [("pages", 1), ("stories", 1)], rows: 1, length: 256, packer: RowPacker())
    for _ in 0..<300 { _ = try stream.next() }
    let entries = stream.ledger.entries
    #expect(abs(entries[0].tokens - entries[1].tokens) <= 256)
    #expect(entries[0].rows > entries[1].rows + 50)
  }

  @Test func weightsChangeWhileRunning() throws {
    var stream = try stream([("stories", 1), ("code", 1)], rows: 1, length: 32)
    for _ in 0..<10 { _ = try stream.next() }
    try stream.setWeight("code", 3)
    for _ in 0..<40 { _ = try stream.next() }
    #expect(stream.ledger.entries.map(\.rows) == [15, 35])
    try stream.setWeight("stories", 0)
    for _ in 0..<10 { _ = try stream.next() }
    #expect(stream.ledger.entries.map(\.rows) == [15, 45])
    #expect(throws: UserError.self) { try stream.setWeight("code", 0) }
    #expect(throws: UserError.self) { try stream.setWeight("code", -1) }
    #expect(throws: UserError.self) { try stream.setWeight("cod", 1) }
  }

  @Test func targetsAreTheNextTokensAndStopAtBorders() throws {
    var stream = try stream([("pages", 1)], rows: 2, length: 512)
    for _ in 0..<20 {
      let batch = try stream.next()
      var borders = 0
      for index in 0..<1_024 where index % 512 != 511 {
        let start = batch.documentStarts[index]
        #expect(start <= Int32(index % 512))
        if batch.documentStarts[index + 1] == start {
          #expect(batch.targets[index] == batch.tokens[index + 1])
        } else {
          borders += 1
          #expect(batch.documentStarts[index + 1] == Int32((index + 1) % 512))
          #expect(batch.targets[index] == -1 && batch.roles[index] == .ignored)
        }
      }
      #expect(borders >= 4)
    }
  }

  @Test func withoutMaskARowIsOneText() throws {
    var stream = try stream(
      [("pages", 1)], length: 512, packer: DocumentPacker(masksDocuments: false))
    let batch = try stream.next()
    #expect(batch.documentStarts.allSatisfy { $0 == 0 })
    #expect(batch.targets.allSatisfy { $0 >= 0 })
  }

  @Test func rolesBelongToTargets() throws {
    var stream = try stream([("stories", 1)], rows: 4, length: 256)
    let batch = try stream.next()
    var answers = 0
    for row in 0..<4 {
      let begin = row * 256
      for index in begin..<begin + 255 where batch.roles[index] == .answer {
        answers += 1
        #expect(WorldTokenizer().decode([batch.targets[index]]).count == 2)
        #expect(batch.tokens[begin..<index].contains(batch.targets[index]))
      }
    }
    #expect(answers > 0)
    #expect(stream.ledger.entries[0].answerTokens >= answers)
  }

  @Test func rowPackerPadsWithoutTargets() throws {
    var stream = try stream([("pages", 1)], rows: 1, length: 300, packer: RowPacker())
    for _ in 0..<30 {
      let batch = try stream.next()
      let count = batch.documentStarts.count { $0 == 0 }
      #expect(count < 300 && count >= 40)
      #expect(batch.targets[(count - 1)...].allSatisfy { $0 == -1 })
      #expect(batch.targets[..<(count - 1)].allSatisfy { $0 >= 0 })
      #expect(batch.documentStarts[count...].allSatisfy { $0 == Int32(count) })
    }
    let entry = stream.ledger.entries[0]
    #expect(entry.tokens + entry.paddedTokens == 30 * 300 && entry.documents == 30)
  }

  @Test func segmentsAreSentencesThatFillTheRow() throws {
    let tokenizer = WorldTokenizer()
    let rule: PositionRule = { segments, _, _ in
      precondition(segments.reduce(0, +) == 256 && segments.allSatisfy { $0 > 0 })
      // Marks the last token of every segment.
      return segments.flatMap { [Int32](repeating: 0, count: $0 - 1) + [1] }
    }
    var stream = try stream([("pages", 1)], rows: 1, length: 256, positions: rule)
    let batch = try stream.next()
    for index in 0..<255 {
      let isBorder = batch.documentStarts[index + 1] != batch.documentStarts[index]
      let isEnd = isBorder || tokenizer.isSentenceEnd(batch.tokens[index])
      #expect((batch.positions[index] == 1) == isEnd)
    }
    #expect(batch.positions[255] == 1)
  }

  @Test func ledgerCountsEveryToken() throws {
    var stream = try stream(rows: 2, length: 128)
    for _ in 0..<25 { _ = try stream.next() }
    #expect(stream.ledger.tokens == 25 * 256)
    let asked = stream.ledger.entries.reduce(0) { $0 + $1.askedTokens }
    #expect(abs(asked - 6_400) < 1e-6)
    for entry in stream.ledger.entries {
      #expect(abs(entry.askedTokens - Double(entry.tokens)) <= 128)
      #expect(entry.documents >= entry.rows)
    }
    #expect(stream.ledger.entries.contains { $0.croppedTokens > 0 })
  }

  @Test func uselessMixesAreRefused() {
    let mixes: [[(String, Double)]] = [
      [], [("code", 0)], [("code", -1)], [("code", .nan)], [("code", .infinity)],
    ]
    for mix in mixes { #expect(throws: UserError.self) { try stream(mix) } }
    #expect(throws: UserError.self) { try stream(length: 8) }
    #expect(throws: UserError.self) { try stream(rows: 0) }
  }

  @Test func cursorsOfOtherStreamsAreRefused() throws {
    let other = try stream([("code", 1)]).cursor
    var stream = try stream([("stories", 1)])
    #expect(throws: UserError.self) { try stream.restore(other) }
  }

  @Test func worldBatchesOutrunTraining() throws {
    var stream = try stream(rows: 4, length: 1_228, positions: Self.skipping)
    var tokens = 0
    let time = try ContinuousClock().measure {
      while tokens < 2_000_000 { tokens += try stream.next().tokens.count }
    }
    // A floor far below the usual 10 M tokens/s, for busy machines; training takes about 40 k.
    #expect(time < .seconds(4), "2 M tokens took \(time)")
  }
}
