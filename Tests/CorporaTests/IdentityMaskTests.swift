import Corpora
import Support
import Testing

/// Chunk-interleaved rows whose tokens see their own document only.
@Suite struct IdentityMaskTests {
  private static let settings: [String: SettingsValue] = [
    "split": .text("equal"), "shortest": .integer(2), "document": .integer(16),
    "mask": .text("identity"),
  ]

  private func row(
    _ lengths: [Int], length: Int, _ more: [String: SettingsValue] = [:], seed: UInt64 = 1
  ) throws -> PackedRow {
    var packer = try Packers.catalog.make(
      "interleaved", Self.settings.merging(more) { $1 })
    var source: any DocumentSource = CountedSource(lengths, isContinuous: false)
    var random = RandomStream(seed: seed, name: "test")
    return try packer.row(length: length, from: &source, random: &random)
  }

  @Test func documentsStandWholeAndTellWhenTheyAreRead() throws {
    // Read as A1 B1 C1 A2 B2 C2, in chunks of 8.
    let row = try row([16, 16, 16], length: 47)
    #expect(row.tokens == (1...3).flatMap { d in (0..<16).map { Int32(1000 * d + $0) } })
    let places = try #require(row.places)
    #expect(places == [0, 24, 8, 32, 16, 40].flatMap { Int32($0)..<Int32($0) + 8 })
    #expect(row.starts == [0, 16, 32].flatMap { [Int32](repeating: $0, count: 16) })
  }

  /// The jump from one chunk to the next is (n - 1) l / k for n documents of l tokens.
  @Test(arguments: 2...8) func jumpsAreAsLongAsTheFormulaSays(chunks: Int) throws {
    let row = try row(
      [840, 840, 840, 840], length: 4 * 840 - 1,
      ["chunks": .integer(chunks), "document": .integer(840)])
    let places = try #require(row.places)
    let jumps = zip(places, places.dropFirst()).map { Int($1 - $0) - 1 }.filter { $0 > 0 }
    #expect(jumps.count { $0 == 3 * 840 / chunks } == 4 * (chunks - 1))
  }

  @Test func aTokenSeesExactlyTheEarlierTokensOfItsDocument() throws {
    for seed in 0..<20 as Range<UInt64> {
      let more: [String: SettingsValue] = [
        "split": .text("random"), "chunks": .integer(3), "document": .integer(90),
      ]
      let masked = try row([70, 31, 90, 55, 5, 44], length: 255, more, seed: seed)
      let open = try row(
        [70, 31, 90, 55, 5, 44], length: 255, more.merging(["mask": .text("none")]) { $1 },
        seed: seed)
      let places = try #require(masked.places)
      #expect(places.sorted() == Array(0..<256) && places[255] == 255)
      // Read in their order, the tokens are those of the row without a mask.
      var read = [Int32](repeating: 0, count: 256)
      for (token, place) in places.enumerated() { read[Int(place)] = masked.tokens[token] }
      #expect(read == open.tokens && open.places == nil)
      for token in 0..<256 {
        let seen = (Int(masked.starts[token])...token).map { places[$0] }
        let wanted = (0...Int(places[token])).filter {
          read[$0] / 1000 == masked.tokens[token] / 1000
        }
        #expect(seen.map(Int.init) == wanted)
      }
    }
  }

  private func batch(positions: PositionRule? = nil) throws -> Batch {
    var stream = try BatchStream(
      sources: [
        WeightedSource(
          name: "a", weight: 1, source: CountedSource([16, 16, 16], isContinuous: false))
      ],
      plan: BatchPlan(
        rows: 1, length: 47, packer: try Packers.catalog.make("interleaved", Self.settings),
        positions: positions, seed: 1), tokenizer: UnreadTokenizer())
    return try stream.next()
  }

  @Test func targetsEndWithChunksAndPositionsAreThoseOfTheReading() throws {
    let batch = try batch()
    #expect(
      batch.positions == [0, 24, 8, 32, 16, 40].flatMap { Int32($0)..<Int32($0) + 8 }.dropLast())
    for token in 0..<47 {
      #expect(batch.targets[token] == (token % 8 == 7 ? -1 : batch.tokens[token] + 1))
    }
  }

  @Test func stretchedPositionsFollowTheReading() throws {
    // Every segment, here a chunk, begins 100 later than it would.
    let rule: PositionRule = { segments, _, _ in
      #expect(segments == [8, 8, 8, 8, 8, 7])
      var next: Int32 = 0
      return segments.flatMap { length in
        next += 100
        defer { next += Int32(length) }
        return (0..<Int32(length)).map { next + $0 }
      }
    }
    let positions = try batch(positions: rule).positions
    #expect(positions[0] == 100 && positions[8] == 424 && positions[16] == 208)
    #expect(positions[24] == 532 && positions[32] == 316 && positions[46] == 646)
  }

  @Test func aMaskByNeighboursIsRefusedWithItsRemedy() {
    let error = #expect(throws: UserError.self) {
      try Packers.catalog.make("interleaved", ["mask": .text("document")])
    }
    #expect(error?.remedy.contains("mask: identity") == true)
  }
}
