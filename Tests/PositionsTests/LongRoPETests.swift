import Positions
import Support
import Testing

/// LongRoPE's divisors and the search for them.
struct LongRoPETests {
  private static func window() throws -> RotaryWindow {
    try RotaryWindow(headWidth: 16, base: 1e4, trainedContext: 256, targetContext: 1024)
  }

  @Test func theTemperatureFollowsTheFactor() throws {
    let found = try frequencyTransforms.make("longrope").frequencies(
      headWidth: 8, base: 1e4, trainedContext: 256, targetContext: 1024)
    // sqrt(1 + ln 4 / ln 256)
    #expect(abs(found.attentionFactor - 1.118_034) < 1e-6)
    #expect(found.inverse[0] == 1 && abs(found.inverse[3] - 0.000_25) < 1e-12)
  }

  @Test func startTokensKeepTheirAnglesWhereTheContextGrows() throws {
    let transform = try frequencyTransforms.make("longrope", ["start_tokens": .integer(5)])
    let longer = try transform.frequencies(
      headWidth: 8, base: 1e4, trainedContext: 256, targetContext: 1024)
    #expect(longer.startTokens == 5)
    #expect(longer.startInverse == RotaryFrequencies(headWidth: 8, base: 1e4).inverse)
    let same = try transform.frequencies(
      headWidth: 8, base: 1e4, trainedContext: 256, targetContext: 256)
    #expect(same.startTokens == 0)
  }

  /// The published search at 64 lists, and the proportions of a smaller one.
  @Test func sizesFollowThePublishedProportions() {
    typealias Size = LongRoPESearch.Size
    #expect(Size() == Size(population: 64, rounds: 40, parents: 32, mutants: 16, crossovers: 16))
    #expect(
      Size(population: 16, rounds: 8)
        == Size(population: 16, rounds: 8, parents: 8, mutants: 4, crossovers: 4))
    #expect(Size(population: 2, rounds: 1).mutants == 1)
  }

  @Test func divisorsMustBeAsManyAsPairs() throws {
    let transform = try frequencyTransforms.make("longrope", ["factors": .reals([1, 2, 3])])
    #expect(throws: UserError.self) {
      try transform.frequencies(
        headWidth: 8, base: 1e4, trainedContext: 256, targetContext: 1024)
    }
  }

  @Test func theSearchFindsDivisorsNearerToTheBestOnes() throws {
    let wanted = [1, 1, 1.3, 1.8, 2.2, 3, 3.5, 4]
    func distance(_ factors: [Double]) -> Double {
      zip(factors, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    func search(seed: UInt64) throws -> (best: LongRoPESearch.Candidate, rounds: [Double]) {
      var search = try LongRoPESearch(
        Self.window(),
        size: .init(population: 16, rounds: 20, parents: 8, mutants: 8, crossovers: 8),
        seed: seed)
      var rounds: [Double] = []
      var tried: Set<[Double]> = []
      let best = try search.run(
        score: { factors in
          #expect(tried.insert(factors).inserted, "a list is tried once")
          #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 <= $1 })
          #expect(factors.allSatisfy { (1...5).contains($0) } && factors.count == 8)
          return distance(factors)
        }, report: { rounds.append($1.score) })
      return (best, rounds)
    }
    let found = try search(seed: 3)
    #expect(found.rounds.count == 21)
    #expect(zip(found.rounds, found.rounds.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(found.best.score < found.rounds[0] / 2 && found.best.score == found.rounds.last)
    #expect(try search(seed: 3).best == found.best)
    #expect(try search(seed: 4).best != found.best)
  }
}
