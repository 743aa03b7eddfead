import Support

/// LongRoPE's evolutionary search for the divisor of each rotary pair.
///
/// The lists never decrease and lie within 1 ... 1 + s. Each round keeps the best lists as parents
/// and makes mutants and crossovers of them; a list is never tried twice.
///
/// - SeeAlso: LongRoPE (arXiv:2402.13753), section 3.2 and algorithm 1; the numbers are those of its
///   published program.
public struct LongRoPESearch: Sendable {
  /// How much to try.
  public struct Size: Sendable, Equatable {
    /// Lists of the first round.
    public var population: Int
    /// Rounds after the first.
    public var rounds: Int
    /// Lists that have descendants.
    public var parents: Int
    /// Mutants of a round.
    public var mutants: Int
    /// Crossovers of a round.
    public var crossovers: Int

    /// The published population and rounds, and their proportions for another population: half of it
    /// are parents, a quarter mutants and a quarter crossovers.
    public init(
      population: Int = 64, rounds: Int = 40, parents: Int? = nil, mutants: Int? = nil,
      crossovers: Int? = nil
    ) {
      self.population = population
      self.rounds = rounds
      self.parents = parents ?? max(1, population / 2)
      self.mutants = mutants ?? max(1, population / 4)
      self.crossovers = crossovers ?? max(1, population / 4)
    }

    /// Lists that are tried at most.
    public var trials: Int { population + rounds * (mutants + crossovers) }
  }

  /// A list and its score; lower is better.
  public struct Candidate: Sendable, Equatable {
    /// Divisor of each pair.
    public let factors: [Double]
    /// What the search makes small.
    public let score: Double
  }

  /// Chance of a factor to be changed, and to be considered in a crossover.
  private static let changes = 0.3
  /// Factors are multiples of this.
  private static let grid = 100.0
  /// Draws of a descendant before another way is tried.
  private static let attempts = 20

  private let size: Size
  private let start: [Double]
  private let highest: Double
  private var random: RandomStream
  private var known: Set<[Double]> = []

  /// A search for a model and a target.
  ///
  /// - Parameters:
  ///   - window: head width, base and the two contexts; it starts at YaRN's ramp for these.
  ///   - size: how much to try.
  ///   - seed: of all draws.
  /// - Throws: `UserError` when the numbers do not fit together.
  public init(_ window: RotaryWindow, size: Size = Size(), seed: UInt64) throws {
    self.size = size
    start = try LongRoPE.rampFactors(window)
    highest = 1 + window.factor
    random = RandomStream(seed: seed, name: "longrope")
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - score: what to make small, such as the loss at the target; not asked twice for a list.
  ///   - isCancelled: asked before each trial; the best so far is returned.
  ///   - report: receives the best list after each round, the first being round 0.
  /// - Returns: the best list.
  /// - Throws: what `score` throws.
  public mutating func run(
    score: ([Double]) throws -> Double, isCancelled: () -> Bool = { false },
    report: (_ round: Int, _ best: Candidate) -> Void = { _, _ in }
  ) throws -> Candidate {
    var best = [Candidate(factors: start, score: try score(start))]
    known = [start]
    func trial(_ factors: [Double]) throws {
      guard !isCancelled() else { return }
      best.append(Candidate(factors: factors, score: try score(factors)))
    }
    for _ in 1..<max(1, size.population) {
      if let factors = mutant(of: start) { try trial(factors) }
    }
    for round in 0...size.rounds {
      // Equal scores keep their order, so that a seed decides all.
      let order = best.indices.sorted { (best[$0].score, $0) < (best[$1].score, $1) }
      best = order.prefix(max(1, size.parents)).map { best[$0] }
      report(round, best[0])
      guard round < size.rounds, !isCancelled() else { break }
      let parents = best.map(\.factors)
      for _ in 0..<size.mutants {
        if let factors = mutant(of: random.pick(parents)) { try trial(factors) }
      }
      for _ in 0..<size.crossovers {
        let pair = (random.pick(parents), random.pick(parents))
        if let factors = crossover(pair.0, pair.1) ?? mutant(of: pair.0) { try trial(factors) }
      }
    }
    return best[0]
  }

  /// Redraws some factors between their neighbours; nil when nothing new came out.
  private mutating func mutant(of parent: [Double]) -> [Double]? {
    for _ in 0..<Self.attempts {
      var factors = parent
      for index in factors.indices where random.chance(Self.changes) {
        let low = index == 0 ? 1 : factors[index - 1]
        let high = index + 1 == factors.count ? highest : factors[index + 1]
        let steps = Int(((high - low) * Self.grid).rounded(.down))
        factors[index] = min(high, low + Double(random.integer(in: 0...max(0, steps))) / Self.grid)
      }
      if known.insert(factors).inserted { return factors }
    }
    return nil
  }

  /// Takes factors of the second list, up to the first new list that does not decrease.
  private mutating func crossover(_ first: [Double], _ second: [Double]) -> [Double]? {
    for _ in 0..<Self.attempts {
      var factors = first
      for index in factors.indices where random.chance(Self.changes) {
        if random.chance(0.5) { factors[index] = second[index] }
        let isRising = zip(factors, factors.dropFirst()).allSatisfy { $0 <= $1 }
        if isRising, known.insert(factors).inserted { return factors }
      }
    }
    return nil
  }
}
