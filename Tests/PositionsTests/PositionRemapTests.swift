import Positions
import Support
import Testing

/// Distances that attention sees under a change of positions.
struct PositionRemapTests {
  /// Distance of every key of a query, by key; nil where no region or more than one has the pair.
  private static func distances(
    _ name: String, _ settings: [String: SettingsValue], query: Int, length: Int,
    trained: Int = 1024
  ) throws -> [Int?] {
    let regions = try positionRemaps.make(name, settings).regions(
      length: length, trainedContext: trained)
    return (0...query).map { key in
      let found = regions.filter { $0.visible[query].contains(key) }
      return found.count == 1 ? Int(found[0].queries[query] - found[0].keys[key]) : nil
    }
  }

  /// Worked by hand from the papers' formulas.
  @Test func theWorkedVectors() throws {
    let near = try Self.distances(
      "self_extend", ["window": .integer(4), "group": .integer(4)], query: 12, length: 13)
    #expect(near == [6, 6, 6, 6, 5, 5, 5, 5, 4, 3, 2, 1, 0])
    let chunks = try Self.distances(
      "dual_chunk", ["chunk": .integer(6), "window": .integer(2)], query: 13, length: 14)
    #expect(chunks == [6, 5, 4, 3, 6, 5, 4, 3, 5, 4, 3, 2, 1, 0])
  }

  @Test(arguments: positionRemaps.descriptions.map(\.name), [1, 63, 64, 65, 300, 1000])
  func everyPairLiesInOneRegionAndNoDistanceIsNewToTheModel(_ name: String, length: Int) throws {
    for query in 0..<length {
      let distances = try Self.distances(name, [:], query: query, length: length, trained: 64)
      let known = distances.compactMap { $0 }
      #expect(known.count == query + 1)
      #expect(known.allSatisfy { (0..<64).contains($0) })
      // The nearest keys are where they were.
      let near = min(query + 1, name == "self_extend" ? 16 : 1)
      #expect(Array(known.suffix(near)) == Array((0..<near).reversed()))
    }
  }

  @Test func insideOfTheTrainedContextNothingChanges() throws {
    for query in [0, 17, 63] {
      let plain = Array((0...query).reversed()).map { Optional($0) }
      #expect(
        try Self.distances("self_extend", [:], query: query, length: 64, trained: 64) == plain)
      // One chunk: 5/8 of the trained context.
      guard query < 40 else { continue }
      #expect(
        try Self.distances("dual_chunk", [:], query: query, length: 40, trained: 64) == plain)
    }
  }

  @Test func aWindowAsLargeAsTheChunkIsRefused() {
    #expect(throws: UserError.self) {
      try positionRemaps.make("dual_chunk", ["chunk": .integer(8), "window": .integer(8)])
    }
  }
}
