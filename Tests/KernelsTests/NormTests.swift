import Kernels
import TestSupport
import Testing

@Suite struct NormTests {
  /// y = w x / sqrt(mean(x^2) + e), rows of `width`.
  private func reference(_ x: [Double], _ w: [Double], _ width: Int) -> [Double] {
    var y = [Double](repeating: 0, count: x.count)
    for row in 0..<x.count / width {
      let range = row * width..<(row + 1) * width
      let mean = range.reduce(0) { $0 + x[$1] * x[$1] } / Double(width)
      for i in range { y[i] = w[i - row * width] * x[i] / (mean + 1e-5).squareRoot() }
    }
    return y
  }

  @Test(arguments: InstructionSet.available, oddSizes)
  func forwardAndGradientsMatchTheReference(_ set: InstructionSet, width: Int) {
    let rows = 3
    let x = randomFloats(rows * width, "x")
    let w = randomFloats(width, "w")
    let dy = randomFloats(rows * width, "dy")
    let pool = pool(set)
    var y = [Float](repeating: .nan, count: x.count)
    RMSNorm.forward(
      x: x, weight: w, y: &y, rows: rows, width: width, epsilon: 1e-5, pool: pool)
    #expect(largestError(y, reference(doubles(x), doubles(w), width)) < 1e-6)

    let before = randomFloats(x.count, "residual")
    var dx = before
    var dw = randomFloats(width, "dw")
    let dwBefore = dw
    var again = [Float](repeating: .nan, count: x.count)
    RMSNorm.backward(
      dy: dy, x: x, weight: w, y: &again, dx: &dx, weightGradient: &dw, rows: rows, width: width,
      epsilon: 1e-5, accumulate: true, pool: pool)
    #expect(again == y)
    let dxExpected = centralDifferences(doubles(x)) {
      weightedSum(dy, reference($0, doubles(w), width))
    }
    let dwExpected = centralDifferences(doubles(w)) {
      weightedSum(dy, reference(doubles(x), $0, width))
    }
    #expect(largestError(dx, zip(before, dxExpected).map { Double($0) + $1 }) < 2e-6)
    #expect(largestError(dw, zip(dwBefore, dwExpected).map { Double($0) + $1 }) < 2e-6)
    var written = [Float](repeating: .nan, count: x.count)
    RMSNorm.backward(
      dy: dy, x: x, weight: w, dx: &written, weightGradient: &dw, rows: rows, width: width,
      epsilon: 1e-5, accumulate: false, pool: pool)
    // A single number is always normalised to 1: its gradient is what rounding leaves of a difference.
    #expect(largestError(written, dxExpected) < (width == 1 ? 2e-4 : 2e-6))
  }

  @Test(arguments: InstructionSet.available)
  func weightGradientHasTheSameBitsOnTwoThreads(_ set: InstructionSet) {
    let (rows, width) = (1000, 65)
    let x = randomFloats(rows * width, "x")
    let results = [1, 2, 2].map { threads in
      var dx = [Float](repeating: 0, count: x.count)
      var dw = [Float](repeating: 0, count: width)
      RMSNorm.backward(
        dy: x, x: x, weight: x, dx: &dx, weightGradient: &dw, rows: rows, width: width,
        epsilon: 1e-5, accumulate: false, pool: pool(set, threads: threads))
      return dx + dw
    }
    #expect(results[0] == results[1])
    #expect(results[1] == results[2])
  }
}
