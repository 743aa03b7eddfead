// Comparison of float32 results with references in double.
import Support

/// Seeded normal numbers.
///
/// - Parameters:
///   - count: how many.
///   - name: names the stream, so that two operands differ.
///   - seed: seed of the stream.
///   - scale: standard deviation.
/// - Returns: shape [count].
public func randomFloats(
  _ count: Int, _ name: String, seed: UInt64 = 1, scale: Double = 1
) -> [Float] {
  var stream = RandomStream(seed: seed, name: name)
  return (0..<count).map { _ in Float(stream.normal() * scale) }
}

/// The largest difference, as a share of the largest expected magnitude (but at least of 1e-3).
///
/// - Parameters:
///   - found: float32 results.
///   - expected: reference in double, as many.
/// - Returns: a share; infinite when a result is not finite or the counts differ.
public func largestError(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.reduce(1e-3) { max($0, abs($1)) }
  var worst = 0.0
  for (a, b) in zip(found, expected) {
    guard a.isFinite else { return .infinity }
    worst = max(worst, abs(Double(a) - b) / scale)
  }
  return worst
}

/// Central differences (f(x + h) - f(x - h)) / 2 h in every coordinate.
///
/// - Parameters:
///   - x: where.
///   - step: h; in double 1e-5 leaves errors of about 1e-10.
///   - f: a smooth function.
/// - Returns: the gradient, as many numbers as `x` has.
public func centralDifferences(
  _ x: [Double], step: Double = 1e-5, _ f: ([Double]) -> Double
) -> [Double] {
  var moved = x
  return x.indices.map { index in
    moved[index] = x[index] + step
    let above = f(moved)
    moved[index] = x[index] - step
    let below = f(moved)
    moved[index] = x[index]
    return (above - below) / (2 * step)
  }
}

/// Sum of products, the scalar whose gradient a backward pass with output gradient `weights` gives.
///
/// - Parameters:
///   - weights: output gradient.
///   - values: outputs.
/// - Returns: the sum.
public func weightedSum(_ weights: [Float], _ values: [Double]) -> Double {
  zip(weights, values).reduce(0) { $0 + Double($1.0) * $1.1 }
}

/// The same numbers in double.
///
/// - Parameter x: numbers.
/// - Returns: as many.
public func doubles(_ x: [Float]) -> [Double] { x.map(Double.init) }
