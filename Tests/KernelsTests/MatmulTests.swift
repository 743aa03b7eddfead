import Kernels
import TestSupport
import Testing

@Suite struct MatmulTests {
  /// C[m, n] = sum over k of a(m, k) b(k, n), added to `c`.
  private func reference(
    _ m: Int, _ n: Int, _ k: Int, _ c: (Int, Int) -> Float, _ a: (Int, Int) -> Float,
    _ b: (Int, Int) -> Float
  ) -> [Double] {
    var out: [Double] = []
    for i in 0..<m {
      for j in 0..<n {
        var sum = Double(c(i, j))
        for term in 0..<k { sum += Double(a(i, term)) * Double(b(term, j)) }
        out.append(sum)
      }
    }
    return out
  }

  @Test(arguments: InstructionSet.available, MatmulBackend.allCases.filter(\.isAvailable))
  func allThreeProductsMatchTheReference(_ set: InstructionSet, backend: MatmulBackend) {
    let pool = ThreadPool(threads: 2, instructionSet: set, backend: backend)
    for (m, n, k) in sizes {
      let a = randomFloats((m + 3) * (k + 3), "a")
      let b = randomFloats((n + 3) * (k + 3), "b")
      let before = randomFloats(m * (n + 2), "c")
      let stride = n + 2
      let old = { (i: Int, j: Int) in before[i * stride + j] }
      let zero = { (i: Int, j: Int) in Float(0) }
      let inside = { (c: [Float]) -> [Float] in
        (0..<m).flatMap { row in Array(c[row * stride..<row * stride + n]) }
      }
      let limit = k > 1000 ? 4e-6 : 2e-6
      for accumulate in [false, true] {
        let start = accumulate ? old : zero
        var c = before
        Matmul.nt(
          a, b, &c, m: m, n: n, k: k, aStride: k + 1, bStride: k + 2, cStride: stride,
          accumulate: accumulate, pool: pool)
        let nt = reference(m, n, k, start, { a[$0 * (k + 1) + $1] }, { b[$1 * (k + 2) + $0] })
        #expect(largestError(inside(c), nt) < limit, "nt \(m) \(n) \(k)")
        c = before
        Matmul.nn(
          a, b, &c, m: m, n: n, k: k, aStride: k + 1, bStride: n + 1, cStride: stride,
          accumulate: accumulate, pool: pool)
        let nn = reference(m, n, k, start, { a[$0 * (k + 1) + $1] }, { b[$0 * (n + 1) + $1] })
        #expect(largestError(inside(c), nn) < limit, "nn \(m) \(n) \(k)")
        c = before
        Matmul.tn(
          a, b, &c, m: m, n: n, k: k, aStride: m + 1, bStride: n + 1, cStride: stride,
          accumulate: accumulate, pool: pool)
        let tn = reference(m, n, k, start, { a[$1 * (m + 1) + $0] }, { b[$0 * (n + 1) + $1] })
        #expect(largestError(inside(c), tn) < limit, "tn \(m) \(n) \(k)")
        #expect((0..<m).allSatisfy { c[$0 * stride + n] == before[$0 * stride + n] })
      }
    }
  }

  private let sizes = [
    (1, 1, 1), (7, 8, 9), (3, 130, 601), (9, 15, 16), (17, 63, 8), (64, 65, 17), (65, 64, 1),
    (13, 24, 600),
    (40, 290, 530), (400, 65, 601), (33, 20, 1700),
  ]

  @Test(arguments: InstructionSet.available, MatmulBackend.allCases.filter(\.isAvailable))
  func oneAndTwoThreadsGiveTheSameBits(_ set: InstructionSet, backend: MatmulBackend) {
    let (m, n, k) = (1000, 130, 140)
    let a = randomFloats(m * k, "a")
    let b = randomFloats(n * m, "b")
    let results = [1, 2, 2].map { threads in
      let pool = ThreadPool(threads: threads, instructionSet: set, backend: backend)
      var forward = [Float](repeating: 0, count: m * n)
      Matmul.nt(a, b, &forward, m: m, n: n, k: k, pool: pool)
      var weight = [Float](repeating: 0, count: k * n)
      Matmul.tn(a, forward, &weight, m: k, n: n, k: m, pool: pool)
      return forward + weight
    }
    #expect(results[0] == results[1])
    #expect(results[1] == results[2])
  }

  @Test(arguments: InstructionSet.available)
  func planOfMemoryIsThePackedRightOperand(_ set: InstructionSet) {
    let (n, k) = (128, 160)
    let bytes = MatmulPrecision.allCases.map {
      Matmul.workspaceBytes(n: n, k: k, precision: $0, pool: pool(set))
    }
    switch set {
    case .amx: #expect(bytes == [6 * k * n, 2 * k * n])
    case .avx512bf16, .portablebf16: #expect(bytes == [4 * k * n, 2 * k * n])
    default: #expect(bytes == [4 * k * n, 4 * k * n])
    }
  }

  @Test func noTermsGiveZerosOrLeaveTheSum() {
    var c: [Float] = [1, 2]
    Matmul.nt([0], [0], &c, m: 1, n: 2, k: 0, accumulate: true, pool: pool(.selected))
    #expect(c == [1, 2])
    Matmul.nt([0], [0], &c, m: 1, n: 2, k: 0, pool: pool(.selected))
    #expect(c == [0, 0])
  }

  @Test(arguments: InstructionSet.available)
  func linearGradientsMatchCentralDifferences(_ set: InstructionSet) {
    let (rows, inputs, outputs) = (5, 9, 7)
    let x = randomFloats(rows * inputs, "x")
    let w = randomFloats(outputs * inputs, "w")
    let dy = randomFloats(rows * outputs, "dy")
    let pool = pool(set)
    func linear(_ x: [Double], _ w: [Double]) -> [Double] {
      var y = [Double](repeating: 0, count: rows * outputs)
      for r in 0..<rows {
        for o in 0..<outputs {
          for i in 0..<inputs { y[r * outputs + o] += x[r * inputs + i] * w[o * inputs + i] }
        }
      }
      return y
    }
    var y = [Float](repeating: .nan, count: rows * outputs)
    Linear.forward(x: x, weight: w, y: &y, rows: rows, inputs: inputs, outputs: outputs, pool: pool)
    #expect(largestError(y, linear(doubles(x), doubles(w))) < 1e-6)
    var dx = [Float](repeating: .nan, count: x.count)
    var dw = [Float](repeating: 1, count: w.count)
    Linear.inputGradient(
      dy: dy, weight: w, dx: &dx, rows: rows, inputs: inputs, outputs: outputs, pool: pool)
    Linear.weightGradient(
      dy: dy, x: x, gradient: &dw, rows: rows, inputs: inputs, outputs: outputs, pool: pool)
    let dxExpected = centralDifferences(doubles(x)) { weightedSum(dy, linear($0, doubles(w))) }
    let dwExpected = centralDifferences(doubles(w)) { weightedSum(dy, linear(doubles(x), $0)) }
    #expect(largestError(dx, dxExpected) < 1e-6)
    #expect(largestError(dw, dwExpected.map { $0 + 1 }) < 1e-6)
  }

  @Test(
    arguments: InstructionSet.available.filter(\.hasBFloat16),
    MatmulBackend.allCases.filter(\.isAvailable))
  func bfloat16RoundsTheOperandsAndNothingElse(_ set: InstructionSet, backend: MatmulBackend) {
    let pool = ThreadPool(threads: 2, instructionSet: set, backend: backend)
    for (m, n, k) in sizes + [(200, 70, 33)] where m >= 16 {
      let (a, b) = (randomFloats(m * k, "a"), randomFloats(n * k, "b"))
      let (x, y) = (a.map(bfloat16), b.map(bfloat16))
      let before = randomFloats(m * n, "c")
      let start = { (i: Int, j: Int) in before[i * n + j] }
      var c = before
      Matmul.nt(
        a, b, &c, m: m, n: n, k: k, accumulate: true, precision: .bfloat16, pool: pool)
      let nt = reference(m, n, k, start, { x[$0 * k + $1] }, { y[$1 * k + $0] })
      #expect(largestError(c, nt) < 2e-6, "nt \(m) \(n) \(k)")
      c = before
      Matmul.nn(
        a, b, &c, m: m, n: n, k: k, accumulate: true, precision: .bfloat16, pool: pool)
      let nn = reference(m, n, k, start, { x[$0 * k + $1] }, { y[$0 * n + $1] })
      #expect(largestError(c, nn) < 2e-6, "nn \(m) \(n) \(k)")
      c = [Float](repeating: .nan, count: m * n)
      Matmul.tn(a, b, &c, m: m, n: n, k: k, precision: .bfloat16, pool: pool)
      let tn = reference(m, n, k, { _, _ in 0 }, { x[$1 * m + $0] }, { y[$0 * n + $1] })
      #expect(largestError(c, tn) < 2e-6, "tn \(m) \(n) \(k)")
    }
  }

  @Test(arguments: InstructionSet.available)
  func fewRowsAreFloat32AlsoInBFloat16(_ set: InstructionSet) {
    let (m, n, k) = (5, 20, 70)
    let (a, b) = (randomFloats(m * k, "a"), randomFloats(n * k, "b"))
    let pool = ThreadPool(threads: 1, instructionSet: set, backend: .own)
    let results = MatmulPrecision.allCases.map { precision in
      var c = [Float](repeating: .nan, count: m * n)
      Matmul.nt(a, b, &c, m: m, n: n, k: k, precision: precision, pool: pool)
      return c
    }
    #expect(results[0] == results[1])
  }
}
