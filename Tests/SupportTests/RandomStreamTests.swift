import Foundation
import Support
import Testing

@Suite struct RandomStreamTests {
  /// Answers of Philox 4x32-10 for a counter and a key, from Random123's file of known answers
  /// (kat_vectors, rows "philox4x32 10"): four words of the counter, two of the key, four out.
  private static let known: [[UInt32]] = [
    [0, 0, 0, 0, 0, 0, 0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8],
    [
      0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF,
      0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD,
    ],
    [
      0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344, 0xA409_3822, 0x299F_31D0,
      0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1,
    ],
  ]

  @Test(arguments: known)
  func philoxGivesTheKnownAnswers(row: [UInt32]) throws {
    func pair(_ low: Int) -> UInt64 { UInt64(row[low]) | UInt64(row[low + 1]) << 32 }
    // A stream's stored state is its key and counter, so a stored state can be any of the table's.
    let state = "{\"key\":\(pair(4)),\"counter\":\(pair(0)),\"streamNumber\":\(pair(2))}"
    var stream = try JSONDecoder().decode(RandomStream.self, from: Data(state.utf8))
    #expect([stream.next(), stream.next()] == [pair(6), pair(8)])
  }

  @Test func aStoredStreamGoesOnWithTheSameDraws() throws {
    for used in 0..<5 {
      var stream = RandomStream(seed: 7, name: "replay")
      for _ in 0..<used { _ = stream.next() }
      let stored = try JSONEncoder().encode(stream)
      var copy = try JSONDecoder().decode(RandomStream.self, from: stored)
      #expect((0..<9).map { _ in stream.next() } == (0..<9).map { _ in copy.next() })
    }
  }

  @Test func streamsOfOtherSeedsNamesAndNumbersDiffer() {
    var streams = [
      RandomStream(seed: 1, name: "a"), RandomStream(seed: 2, name: "a"),
      RandomStream(seed: 1, name: "b"), RandomStream(seed: 1, name: "a", index: 1),
    ]
    let draws = Set(streams.indices.map { streams[$0].next() })
    #expect(draws.count == streams.count)
  }

  @Test(arguments: [2, 3, 7, 10, 64])
  func integersAreUniform(bound: Int) {
    var stream = RandomStream(seed: 11, name: "uniform")
    var counts = [Int](repeating: 0, count: bound)
    let draws = 20_000
    for _ in 0..<draws { counts[stream.below(bound)] += 1 }
    let expected = Double(draws) / Double(bound)
    let chiSquare = counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
    // Five standard deviations above the mean of a chi-square variable.
    let freedom = Double(bound - 1)
    #expect(chiSquare < freedom + 5 * (2 * freedom).squareRoot())
  }

  @Test func realNumbersFillTheUnitIntervalAndNormalsHaveUnitVariance() {
    var stream = RandomStream(seed: 13, name: "real")
    let count = 20_000
    let uniform = (0..<count).map { _ in stream.uniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.01)
    let normal = (0..<count).map { _ in stream.normal() }
    #expect(abs(normal.reduce(0, +) / Double(count)) < 0.035)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / Double(count) - 1) < 0.05)
  }

  @Test(arguments: [(0, 5), (1, 1), (3, 5), (5, 5), (100, 1000)])
  func aSortedSampleHoldsDistinctNumbersBelowItsBound(count: Int, bound: Int) {
    var stream = RandomStream(seed: 17, name: "sample")
    for _ in 0..<20 {
      let sample = stream.sortedSample(count, below: bound)
      #expect(sample.count == count)
      #expect(Set(sample).count == count)
      #expect(sample == sample.sorted())
      #expect(sample.allSatisfy { (0..<bound).contains($0) })
    }
  }

  @Test func everySampleOfTwoFromFourIsEquallyLikely() {
    var stream = RandomStream(seed: 19, name: "pairs")
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[stream.sortedSample(2, below: 4), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { (850...1150).contains($0) })
  }
}
