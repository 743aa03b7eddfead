import Kernels
import TestSupport
import Testing

/// Norms of heads and biases, against plain loops in double.
@Suite struct HeadNormTests {
  private static let widths = [16, 24, 64, 72, 256]
  private let tokens = 35
  private let heads = 3
  private let kvHeads = 2

  private func shape(_ width: Int, rounds: Bool = false) -> HeadNorm.Shape {
    HeadNorm.Shape(
      tokens: tokens, heads: heads, kvHeads: kvHeads, headWidth: width,
      stride: (heads + 2 * kvHeads) * width, epsilon: 1e-5, rounds: rounds)
  }

  /// Query and key heads normalised, value heads as they are.
  private func reference(
    _ x: [Double], _ query: [Double], _ key: [Double], _ width: Int
  ) -> [Double] {
    let all = heads + 2 * kvHeads
    return (0..<x.count / width).flatMap { index -> [Double] in
      let head = Array(x[index * width..<(index + 1) * width])
      guard index % all < heads + kvHeads else { return head }
      let weight = index % all < heads ? query : key
      let scale = 1 / (head.reduce(0) { $0 + $1 * $1 } / Double(width) + 1e-5).squareRoot()
      return zip(head, weight).map { $0 * scale * $1 }
    }
  }

  @Test(arguments: InstructionSet.available, widths)
  func forwardAndGradientsMatchTheReference(_ set: InstructionSet, width: Int) {
    let shape = shape(width)
    let pool = pool(set)
    let x = randomFloats(tokens * shape.stride, "x", scale: 2)
    let (query, key) = (randomFloats(width, "query"), randomFloats(width, "key"))
    let dy = randomFloats(x.count, "dy")
    var y = [Float](repeating: .nan, count: x.count)
    HeadNorm.forward(shape, x: x, queryWeight: query, keyWeight: key, y: &y, pool: pool)
    let expected = reference(doubles(x), doubles(query), doubles(key), width)
    #expect(largestError(y, expected) < 1e-6)
    var inPlace = x
    inPlace.withUnsafeMutableBufferPointer { buffer in
      guard let x = buffer.baseAddress else { return }
      HeadNorm.forward(shape, x: x, queryWeight: query, keyWeight: key, y: x, pool: pool)
    }
    #expect(inPlace == y)

    var dx = dy
    let before = randomFloats(width, "before")
    var (dQuery, dKey) = (before, before)
    HeadNorm.backward(
      shape, gradient: &dx, x: x, queryWeight: query, keyWeight: key, queryGradient: &dQuery,
      keyGradient: &dKey, pool: pool)
    // Tokens do not see each other: the slopes of the first ones, and of the last block's last one.
    for token in [0, 1, tokens - 1] {
      let range = token * shape.stride..<(token + 1) * shape.stride
      let slopes = centralDifferences(doubles(Array(x[range]))) {
        weightedSum(Array(dy[range]), reference($0, doubles(query), doubles(key), width))
      }
      #expect(largestError(Array(dx[range]), slopes) < 2e-6)
    }
    for (found, isKey) in [(dQuery, false), (dKey, true)] {
      let slopes = centralDifferences(doubles(isKey ? key : query)) {
        weightedSum(
          dy,
          reference(doubles(x), isKey ? doubles(query) : $0, isKey ? $0 : doubles(key), width))
      }
      #expect(largestError(found, zip(before, slopes).map { Double($0) + $1 }) < 2e-6)
    }
    var frozen = dy
    HeadNorm.backward(
      shape, gradient: &frozen, x: x, queryWeight: query, keyWeight: key, queryGradient: nil,
      keyGradient: nil, pool: pool)
    #expect(frozen == dx)
  }

  @Test(arguments: InstructionSet.available, widths)
  func roundedHeadsAreThoseOfRoundedNumbers(_ set: InstructionSet, width: Int) {
    let pool = pool(set)
    let x = randomFloats(tokens * shape(width).stride, "x")
    let rounded = x.map(bfloat16)
    let weight = randomFloats(width, "weight")
    func pass(_ x: [Float], rounds: Bool) -> (y: [Float], gradients: [Float]) {
      var y = x
      var gradient = randomFloats(x.count, "dy")
      var dw = [Float](repeating: 0, count: width)
      let shape = shape(width, rounds: rounds)
      HeadNorm.forward(shape, x: x, queryWeight: weight, keyWeight: weight, y: &y, pool: pool)
      HeadNorm.backward(
        shape, gradient: &gradient, x: x, queryWeight: weight, keyWeight: weight,
        queryGradient: &dw, keyGradient: nil, pool: pool)
      // Value heads are not read.
      let values = (heads + kvHeads) * width
      return (
        y.enumerated().filter { $0.offset % shape.stride < values }.map(\.element), gradient + dw
      )
    }
    let expected = pass(rounded, rounds: false)
    let found = pass(x, rounds: true)
    #expect(found.y == expected.y)
    #expect(found.gradients == expected.gradients)
    #expect(pass(x, rounds: false).y != expected.y)
  }

  @Test(arguments: InstructionSet.available)
  func gradientsHaveTheSameBitsOnTwoThreads(_ set: InstructionSet) {
    let shape = shape(24)
    let x = randomFloats(tokens * shape.stride, "x")
    let weight = randomFloats(24, "weight")
    let results = [1, 2].map { threads in
      let pool = pool(set, threads: threads)
      var dx = x
      var dw = [Float](repeating: 0, count: 48)
      dw.withUnsafeMutableBufferPointer { buffer in
        guard let dw = buffer.baseAddress else { return }
        HeadNorm.backward(
          shape, gradient: &dx, x: x, queryWeight: weight, keyWeight: weight, queryGradient: dw,
          keyGradient: dw + 24, pool: pool)
        Bias.gradient(x, into: dw, rows: tokens, outputs: 48, stride: shape.stride, pool: pool)
      }
      return dx + dw
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: InstructionSet.available, oddSizes)
  func biasesAreAddedToEveryRowAndTheirGradientsSummedOverThem(_ set: InstructionSet, width: Int) {
    let (rows, stride) = (70, width + 3)
    let pool = pool(set)
    let bias = randomFloats(width, "bias")
    let x = randomFloats(rows * stride, "x")
    var y = x
    Bias.add(bias, to: &y, rows: rows, outputs: width, stride: stride, pool: pool)
    let before = randomFloats(width, "gradient")
    var gradient = before
    Bias.gradient(x, into: &gradient, rows: rows, outputs: width, stride: stride, pool: pool)
    var sums = doubles(before)
    for row in 0..<rows {
      for column in 0..<stride {
        let index = row * stride + column
        #expect(y[index] == (column < width ? x[index] + bias[column] : x[index]))
        if column < width { sums[column] += Double(x[index]) }
      }
    }
    #expect(largestError(gradient, sums) < 1e-6)
  }
}
