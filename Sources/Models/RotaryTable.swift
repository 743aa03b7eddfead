// Cosines and sines of the rotary angles, kept by position.
//
// An angle is position * frequency in Double, so a position of half a million loses nothing; only the
// cosine and sine are rounded to Float. Positions below a limit are computed once and copied per batch;
// those above are computed per token. Cost of a batch: O(T E) copies.

import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The rotary angles of a model, as a table by position that grows with the positions seen.
final class RotaryTable {
  /// Inverse frequencies, radians per token, [E/2].
  let inverseFrequencies: [Double]
  /// Factor on every cosine and sine, so that scores are multiplied by its square.
  let attentionFactor: Double
  /// The positions from 0 on that turn by other frequencies, without a factor, and those, [E/2].
  private let start: (count: Int, inverseFrequencies: [Double])?

  private static let cachedBytesLimit = 64 << 20
  private var cosines = AlignedFloats(count: 0)
  private var sines = AlignedFloats(count: 0)
  private var cachedPositions = 0

  /// Bytes of the table that holds so many positions, at most.
  static func bytes(headWidth: Int, positions: Int) -> Int {
    min(cachedBytesLimit, max(1_024, positions) * headWidth * MemoryLayout<Float>.stride)
  }

  init(
    inverseFrequencies: [Double], attentionFactor: Double,
    start: (count: Int, inverseFrequencies: [Double])? = nil
  ) {
    self.inverseFrequencies = inverseFrequencies
    self.attentionFactor = attentionFactor
    self.start = start
  }

  /// Plain frequencies: base^(-2i/E).
  convenience init(headWidth: Int, base: Double) {
    let inverse = (0..<headWidth / 2).map { pow(base, -2 * Double($0) / Double(headWidth)) }
    self.init(inverseFrequencies: inverse, attentionFactor: 1)
  }

  /// Writes the tables of some tokens.
  ///
  /// - Parameters:
  ///   - positions: position of each token.
  ///   - cosine: written, [positions.count, E/2].
  ///   - sine: written, [positions.count, E/2].
  ///   - pool: shares the work.
  func fill(
    _ positions: UnsafeBufferPointer<Int32>, cosine: UnsafeMutablePointer<Float>,
    sine: UnsafeMutablePointer<Float>, pool: ThreadPool
  ) {
    guard let highest = positions.max() else { return }
    grow(toHold: Int(highest), pool: pool)
    let half = inverseFrequencies.count
    let cached = cachedPositions
    let blockTokens = 256
    pool.run((positions.count + blockTokens - 1) / blockTokens) { block in
      for token in block * blockTokens..<min(positions.count, (block + 1) * blockTokens) {
        let position = Int(positions[token])
        if position >= 0, position < cached {
          (cosine + token * half).update(from: cosines.pointer + position * half, count: half)
          (sine + token * half).update(from: sines.pointer + position * half, count: half)
        } else {
          compute(position, cosine + token * half, sine + token * half)
        }
      }
    }
  }

  private func grow(toHold position: Int, pool: ThreadPool) {
    let half = inverseFrequencies.count
    let limit = Self.cachedBytesLimit / (half * 2 * MemoryLayout<Float>.stride)
    let wanted = min(limit, position + 1)
    guard wanted > cachedPositions else { return }
    let count = min(limit, max(wanted, 2 * cachedPositions, 1_024))
    let newCosines = AlignedFloats(count: count * half)
    let newSines = AlignedFloats(count: count * half)
    let blockPositions = 128
    pool.run((count + blockPositions - 1) / blockPositions) { block in
      for position in block * blockPositions..<min(count, (block + 1) * blockPositions) {
        compute(position, newCosines.pointer + position * half, newSines.pointer + position * half)
      }
    }
    cosines = newCosines
    sines = newSines
    cachedPositions = count
  }

  private func compute(
    _ position: Int, _ cosine: UnsafeMutablePointer<Float>, _ sine: UnsafeMutablePointer<Float>
  ) {
    let isStart = start.map { position < $0.count } ?? false
    let inverse = isStart ? start?.inverseFrequencies ?? [] : inverseFrequencies
    let factor = isStart ? 1 : attentionFactor
    for pair in inverse.indices {
      let angle = remainder(Double(position) * inverse[pair], 2 * Double.pi)
      cosine[pair] = Float(factor * cos(angle))
      sine[pair] = Float(factor * sin(angle))
    }
  }
}
