import Positions
import Support
import Testing

struct IndexTransformTests {
  /// Every kind in every mode.
  static let modes: [(String, [String: SettingsValue])] = [
    ("plain", [:]),
    ("pit", [:]),
    ("pit", ["prefix_continuous": .flag(true)]),
    ("pit", ["gaps": .text("uniform_gap")]),
    ("pit", ["gaps": .text("uniform_gap"), "max_gap": .integer(3)]),
    ("pit", ["gaps": .text("uniform_gap"), "max_gap": .integer(0)]),
    ("pose", [:]), ("pose", ["chunks": .integer(1)]), ("pose", ["chunks": .integer(9)]),
    ("pose", ["text": .text("skipped")]),
    ("randpos", [:]),
  ]

  static let rows: [([Int], Int)] = [
    ([1], 1), ([1], 9), ([5], 5), ([1, 1, 1], 3), ([3, 2, 4], 20), ([3, 2, 4], 9),
    ([Int](repeating: 88, count: 14), 4096), ([4000, 96], 4097), ([1, 500, 1], 100_000),
  ]

  @Test func theWorkedVectorOfTheTransformation() {
    let shifts = SentenceGaps.shifts(draws: [2, 5, 9])
    #expect(shifts == [0, 4, 7])
    #expect(
      SentenceGaps.place(segments: [3, 2, 4], shifts: shifts)
        == [0, 1, 2, 7, 8, 12, 13, 14, 15])
  }

  @Test(arguments: modes.indices, rows.indices)
  func idsRiseFromZeroBelowTheTarget(_ mode: Int, _ row: Int) throws {
    let (kind, settings) = Self.modes[mode]
    let (segments, target) = Self.rows[row]
    let transform = try indexTransforms.make(kind, settings)
    let length = segments.reduce(0, +)
    for seed in UInt64(0)..<20 {
      var random = RandomStream(seed: seed, name: "positions")
      let ids = transform.positions(segments: segments, target: target, random: &random)
      try #require(ids.count == length, "seed \(seed)")
      #expect(ids.first == 0, "seed \(seed)")
      #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
      #expect(ids.last.map { Int($0) < target } == true, "seed \(seed)")
    }
  }

  @Test(arguments: modes.indices)
  func noTokensGiveNoIds(_ mode: Int) throws {
    var random = RandomStream(seed: 1, name: "positions")
    let (kind, settings) = Self.modes[mode]
    let ids = try indexTransforms.make(kind, settings)
      .positions(segments: [], target: 64, random: &random)
    #expect(ids.isEmpty)
  }

  @Test(arguments: modes.indices)
  func theSameStreamReplaysAndTheNextDrawDiffers(_ mode: Int) throws {
    let (kind, settings) = Self.modes[mode]
    let transform = try indexTransforms.make(kind, settings)
    let segments = [Int](repeating: 8, count: 40)
    var first = RandomStream(seed: 7, name: "positions")
    var second = first
    let ids = transform.positions(segments: segments, target: 4096, random: &first)
    #expect(ids == transform.positions(segments: segments, target: 4096, random: &second))
    #expect(first == second)
    let next = transform.positions(segments: segments, target: 4096, random: &first)
    let isFixed =
      kind == "plain" || settings["chunks"] == .integer(1) || settings["max_gap"] == .integer(0)
    #expect((next == ids) == isFixed)
  }

  @Test(arguments: [
    [:], ["gaps": SettingsValue.text("uniform_gap")],
    ["prefix_continuous": .flag(true)],
  ])
  func sentencesStayContiguous(_ settings: [String: SettingsValue]) throws {
    let transform = try indexTransforms.make("pit", settings)
    let keepsPrefix = settings["prefix_continuous"] != nil
    for seed in UInt64(0)..<50 {
      var random = RandomStream(seed: seed, name: "positions")
      let segments = (0..<60).map { _ in random.integer(in: 1...40) }
      let ids = transform.positions(segments: segments, target: 8192, random: &random)
      var start = 0
      var broken = 0
      for length in segments {
        let run = ids[start..<start + length]
        if zip(run, run.dropFirst()).contains(where: { $1 != $0 + 1 }) { broken += 1 }
        start += length
      }
      // The continuous prefix may end inside one sentence.
      #expect(broken <= (keepsPrefix ? 1 : 0), "seed \(seed)")
    }
  }

  @Test func gapsShareTheSlackEvenlyButTheFirstTakesTwoShares() throws {
    let transform = try indexTransforms.make("pit")
    let segments = [Int](repeating: 10, count: 9)
    var gaps = [Double](repeating: 0, count: 8)
    var random = RandomStream(seed: 3, name: "positions")
    let draws = 4000
    for _ in 0..<draws {
      let ids = transform.positions(segments: segments, target: 1090, random: &random)
      for gap in 0..<8 {
        gaps[gap] += Double(ids[10 * (gap + 1)] - ids[10 * (gap + 1) - 1] - 1) / Double(draws)
      }
    }
    // Slack 1000 over ten shares; standard error of a mean is about 1.4.
    #expect(abs(gaps[0] - 200) < 10, "\(gaps)")
    for gap in gaps.dropFirst() { #expect(abs(gap - 100) < 7, "\(gaps)") }
  }

  @Test func poseSkipsTextThatWasCutBefore() throws {
    let skips = try PositionalSkips(
      SettingsValues(["text": .text("skipped")], declared: PositionalSkips.kind.settings))
    #expect(skips.skipsText)
    var random = RandomStream(seed: 5, name: "positions")
    var ends: [Int] = []
    for _ in 0..<2_000 {
      let (lengths, shifts) = skips.cut(20, slack: 99, &random)
      #expect(lengths.count == 2 && lengths.reduce(0, +) == 20 && (1...10).contains(lengths[0]))
      // The end of the second chunk's text, uniform in 20 ... 119.
      ends.append(20 + shifts[1])
      let ids = skips.positions(ofChunks: lengths, target: 4_096, random: &random)
      #expect(ids.prefix(lengths[0]).elementsEqual(0..<Int32(lengths[0])))
      let second = ids[lengths[0]]
      #expect(ids.dropFirst(lengths[0]).elementsEqual(second..<second + Int32(lengths[1])))
      #expect(ids.last.map { $0 < 4_096 } == true)
    }
    // Four standard errors of a mean.
    let mean = Double(ends.reduce(0, +)) / 2_000
    #expect(abs(mean - 69.5) < 2.6 && Set(ends) == Set(20...119), "\(mean)")
  }

  @Test func poseCutsLiveInTheFirstHalf() throws {
    let transform = try indexTransforms.make("pose")
    var random = RandomStream(seed: 5, name: "positions")
    var cuts: Set<Int> = []
    for _ in 0..<2000 {
      let ids = transform.positions(segments: [21], target: 4096, random: &random)
      let runs = zip(ids, ids.dropFirst()).count { $1 != $0 + 1 } + 1
      #expect(runs <= 2)
      if let cut = ids.indices.dropFirst().first(where: { ids[$0] != ids[$0 - 1] + 1 }) {
        cuts.insert(cut)
      }
    }
    #expect(cuts == Set(1...11))
  }

  @Test func everyKindOfTheCatalogueIsTriedHere() {
    #expect(Set(indexTransforms.descriptions.map(\.name)) == Set(Self.modes.map(\.0)))
  }
}
