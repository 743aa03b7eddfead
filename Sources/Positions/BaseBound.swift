/// The smallest rotary base that can serve a context.
///
/// A similar key outscores a random one on average only where B(m) = sum_i cos(m * theta_i) is not
/// negative; the bound is the smallest base for which that holds at every distance of the context.
///
/// - SeeAlso: Men et al. (arXiv:2405.14591), section 4.
public enum BaseBound {
  /// The first distance inside the context at which B is negative; nil when there is none.
  public static func firstNegative(_ frequencies: RotaryFrequencies, context: Int) -> Int? {
    firstNegative(frequencies.inverse, in: 0..<max(0, context))
  }

  /// The smallest base of a fine geometric grid with B(m) >= 0 at every distance of the context.
  ///
  /// B is not monotone in the base, so the grid is walked from below and never bisected; bases just
  /// above the result may fail again.
  ///
  /// - Parameters:
  ///   - headWidth: head width E, in scalars; even and at least 2.
  ///   - context: in tokens.
  ///   - points: grid points over the bases 10 ... 1e11.
  /// - Returns: the base, or nil when none of the grid passes.
  public static func smallest(
    headWidth: Int, context: Int, points: Int = 12_000
  ) -> Double? {
    let low = 10.0
    let high = 1e11
    var failure = 0
    for index in 0..<max(2, points) {
      let base = low * power(high / low, Double(index) / Double(max(2, points) - 1))
      let inverse = RotaryFrequencies(headWidth: headWidth, base: base).inverse
      // Neighbouring bases fail at neighbouring distances, which move up with the base: most are
      // refused by a look at a few distances, and only one that passes is looked at all over.
      let start = max(0, failure - PairTurns.margin)
      guard
        let found = firstNegative(inverse, in: start..<max(start, context))
          ?? firstNegative(inverse, in: 0..<min(start, context))
      else { return base }
      failure = found
    }
    return nil
  }

  private static func firstNegative(_ inverse: [Double], in distances: Range<Int>) -> Int? {
    var turns = PairTurns(inverse)
    for start in stride(
      from: distances.lowerBound, to: distances.upperBound, by: PairTurns.block)
    {
      turns.start(at: start)
      for distance in start..<min(distances.upperBound, start + PairTurns.block) {
        if turns.cosineSum < 0 { return distance }
        turns.advance()
      }
    }
    return nil
  }
}

/// The angles of all pairs, turned on from one distance to the next: many times faster than a
/// cosine for each.
private struct PairTurns {
  /// Distances after which the angles are computed anew, so that rounding does not add up.
  static let block = 1024
  /// Distances looked at below the last one that failed.
  static let margin = 2

  private let inverse: [Double]
  private let stepCosines: [SIMD8<Double>]
  private let stepSines: [SIMD8<Double>]
  private var cosines: [SIMD8<Double>]
  private var sines: [SIMD8<Double>]

  init(_ inverse: [Double]) {
    self.inverse = inverse
    stepCosines = Self.lanes(inverse, cosine)
    stepSines = Self.lanes(inverse, sine)
    cosines = stepCosines
    sines = stepSines
  }

  /// The values of `function` eight by eight; lanes without a pair are 0 and stay so.
  private static func lanes(_ angles: [Double], _ function: (Double) -> Double) -> [SIMD8<Double>] {
    stride(from: 0, to: angles.count, by: 8).map { first in
      var values = SIMD8<Double>()
      for lane in 0..<min(8, angles.count - first) { values[lane] = function(angles[first + lane]) }
      return values
    }
  }

  mutating func start(at distance: Int) {
    let angles = inverse.map { Double(distance) * $0 }
    cosines = Self.lanes(angles, cosine)
    sines = Self.lanes(angles, sine)
  }

  mutating func advance() {
    for index in cosines.indices {
      let (c, s) = (cosines[index], sines[index])
      cosines[index] = c * stepCosines[index] - s * stepSines[index]
      sines[index] = s * stepCosines[index] + c * stepSines[index]
    }
  }

  /// The sum of all pairs' cosines.
  var cosineSum: Double { cosines.reduce(SIMD8()) { $0 + $1 }.sum() }
}
