import Glibc
import Kernels
import Support
import TestSupport
import Testing

@Suite struct CausalAttentionTests {
  /// Inputs of one case, packed as a model packs them: q, k and v side by side in a token.
  struct Case: Sendable, CustomStringConvertible {
    var rows = 1
    var length = 1
    var heads = 1
    var kvHeads = 1
    var width = 16
    var description: String { "B\(rows) T\(length) H\(heads) K\(kvHeads) E\(width)" }

    var stride: Int { (heads + 2 * kvHeads) * width + 5 }
    var shape: CausalAttention.Shape {
      .init(
        rows: rows, length: length, heads: heads, kvHeads: kvHeads, headWidth: width,
        queryStride: stride, keyValueStride: stride)
    }
    var packed: [Float] { randomFloats(rows * length * stride, "qkv") }
    var dO: [Float] { randomFloats(rows * length * heads * width, "dO") }

    /// Documents of random lengths, one token to half a row, different in every row.
    var starts: [Int32] {
      var stream = RandomStream(seed: 7, name: "documents")
      return (0..<rows).flatMap { row -> [Int32] in
        var start = 0
        return (0..<length).map { token in
          if row > 0 || length > 70, token > start, stream.below(max(2, length / 4)) == 0 {
            start = token
          }
          return Int32(start)
        }
      }
    }

    /// The output [B, T, H, E] in double, straight from the definition.
    func reference(_ x: [Double], _ starts: [Int32]) -> [Double] {
      var out: [Double] = []
      for token in 0..<rows * length {
        let row = token / length * length
        for head in 0..<heads {
          let kv = (heads + head / (heads / kvHeads)) * width
          let query = token * stride + head * width
          let keys = row + Int(starts[token])...token
          let scores: [Double] = keys.map { key in
            var sum = 0.0
            for e in 0..<width { sum += x[query + e] * x[key * stride + kv + e] }
            return sum / Double(width).squareRoot()
          }
          let top = scores.max() ?? 0
          let weights = scores.map { exp($0 - top) }
          let total = weights.reduce(0, +)
          for e in 0..<width {
            let value = kv + kvHeads * width + e
            var sum = 0.0
            for (key, weight) in zip(keys, weights) { sum += weight * x[key * stride + value] }
            out.append(sum / total)
          }
        }
      }
      return out
    }
  }

  /// Output and gradient (of the packed buffer) of the kernels.
  private func run(
    _ c: Case, _ x: [Float], _ dO: [Float], _ starts: [Int32], _ pool: ThreadPool,
    precision: MatmulPrecision = .float32
  ) -> (o: [Float], gradient: [Float]) {
    var o = [Float](repeating: .nan, count: dO.count)
    var logSumExp = [Float](repeating: .nan, count: c.rows * c.heads * c.length)
    // What the kernels must overwrite; the last five floats of a token are not theirs.
    var gradient = [Float](repeating: 3, count: x.count)
    let (key, value) = (c.heads * c.width, (c.heads + c.kvHeads) * c.width)
    x.withUnsafeBufferPointer { input in
      gradient.withUnsafeMutableBufferPointer { output in
        guard let x = input.baseAddress, let dx = output.baseAddress else { return }
        CausalAttention.forward(
          c.shape, q: x, k: x + key, v: x + value, documentStarts: starts, o: &o,
          logSumExp: &logSumExp, precision: precision, pool: pool)
        CausalAttention.backward(
          c.shape, dO: dO, q: x, k: x + key, v: x + value, o: o, logSumExp: logSumExp,
          documentStarts: starts, dq: dx, dk: dx + key, dv: dx + value, precision: precision,
          pool: pool)
      }
    }
    for token in 0..<c.rows * c.length {
      let gap = (token + 1) * c.stride - 5..<(token + 1) * c.stride
      #expect(gradient[gap].allSatisfy { $0 == 3 })
      gradient.replaceSubrange(gap, with: repeatElement(0, count: 5))
    }
    return (o, gradient)
  }

  static let small = [
    Case(length: 1), Case(length: 7, heads: 2, kvHeads: 1),
    Case(rows: 2, length: 9, heads: 4, kvHeads: 2, width: 24),
    Case(rows: 2, length: 17, heads: 2, kvHeads: 2, width: 16),
  ]

  @Test(arguments: InstructionSet.available, small)
  func gradientsMatchCentralDifferences(_ set: InstructionSet, c: Case) {
    let (x, dO, starts) = (c.packed, c.dO, c.starts)
    let found = run(c, x, dO, starts, pool(set))
    #expect(largestError(found.o, c.reference(doubles(x), starts)) < 2e-6)
    let expected = centralDifferences(doubles(x)) { weightedSum(dO, c.reference($0, starts)) }
    #expect(largestError(found.gradient, expected) < 3e-6)
  }

  static let large = [
    Case(length: 63, width: 32), Case(length: 64, width: 40), Case(length: 65, width: 64),
    Case(rows: 2, length: 200, heads: 4, kvHeads: 1, width: 32),
    Case(length: 331, heads: 3, kvHeads: 3, width: 128), Case(length: 130, width: 256),
    Case(rows: 3, length: 129, heads: 2, kvHeads: 1, width: 72),
  ]

  /// Gradients along random directions: the directional derivative of the double reference.
  @Test(arguments: InstructionSet.available, large)
  func manyBlocksMatchTheReference(_ set: InstructionSet, c: Case) {
    let (x, dO, starts) = (c.packed, c.dO, c.starts)
    let found = run(c, x, dO, starts, pool(set, threads: 2))
    #expect(largestError(found.o, c.reference(doubles(x), starts)) < 3e-6)
    for direction in 0..<3 {
      let d = randomFloats(x.count, "direction \(direction)")
      let slope = centralDifferences([0], step: 1e-4) { t in
        weightedSum(dO, c.reference(zip(x, d).map { Double($0) + t[0] * Double($1) }, starts))
      }
      let dot = weightedSum(d, doubles(found.gradient))
      let scale = weightedSum(found.gradient, doubles(found.gradient)).squareRoot()
      #expect(abs(dot - slope[0]) < 2e-5 * scale, "\(dot) found, \(slope[0]) expected")
    }
  }

  @Test(arguments: InstructionSet.available)
  func oneAndTwoThreadsGiveTheSameBits(_ set: InstructionSet) {
    let c = Case(rows: 1, length: 700, heads: 2, kvHeads: 1, width: 64)
    let results = [1, 2, 2].map { run(c, c.packed, c.dO, c.starts, pool(set, threads: $0)) }
    #expect(results[0].o == results[1].o)
    #expect(results[0].gradient == results[1].gradient)
    #expect(results[1].gradient == results[2].gradient)
  }

  @Test(arguments: InstructionSet.available)
  func laterTokensAndOtherDocumentsDoNotChangeAnOutput(_ set: InstructionSet) {
    let c = Case(length: 200, heads: 1, kvHeads: 1, width: 32)
    let starts = (0..<200).map { Int32($0 < 90 ? 0 : 90) }
    let x = c.packed
    let before = run(c, x, c.dO, starts, pool(set)).o
    var moved = x
    for token in 0..<200 where token < 90 || token >= 150 {
      for i in 0..<c.stride { moved[token * c.stride + i] = 100 - moved[token * c.stride + i] }
    }
    let after = run(c, moved, c.dO, starts, pool(set)).o
    #expect(before[90 * 32..<150 * 32] == after[90 * 32..<150 * 32])
    #expect(before[0..<32] != after[0..<32])
  }

  @Test(arguments: InstructionSet.available)
  func scoresOfAnySizeKeepTheOutputFinite(_ set: InstructionSet) {
    let c = Case(length: 100, heads: 1, kvHeads: 1, width: 16)
    let x = c.packed.map { $0 * 60 }
    let starts = [Int32](repeating: 0, count: 100)
    let found = run(c, x, c.dO, starts, pool(set))
    #expect(largestError(found.o, c.reference(doubles(x), starts)) < 1e-3)
    #expect(found.gradient.allSatisfy { $0.isFinite })
  }

  static let sets = InstructionSet.available.filter(\.hasBFloat16)

  /// Rounded operands: 8 bits of precision, so errors of a few 1/512 that mostly cancel in sums.
  @Test(arguments: sets, large + small)
  func bfloat16OperandsChangeResultsOnlyByTheirRounding(_ set: InstructionSet, c: Case) {
    let (x, dO, starts) = (c.packed, c.dO, c.starts)
    let exact = run(c, x, dO, starts, pool(set))
    let found = run(c, x, dO, starts, pool(set, threads: 2), precision: .bfloat16)
    #expect(relativeDistance(found.o, exact.o) < 4e-3)
    // What is kept for the backward pass in that format is kept whole.
    #expect(found.o == found.o.map(bfloat16))
    #expect(relativeDistance(found.gradient, exact.gradient) < 5e-3)
    let again = run(c, x, dO, starts, pool(set), precision: .bfloat16)
    #expect(found.o == again.o && found.gradient == again.gradient)
  }

  /// Norm of the difference by the norm.
  private func relativeDistance(_ found: [Float], _ expected: [Float]) -> Double {
    let difference = zip(found, expected).map { Double($0) - Double($1) }
    let scale = expected.reduce(0) { $0 + Double($1) * Double($1) }
    return (difference.reduce(0) { $0 + $1 * $1 } / scale).squareRoot()
  }
}
