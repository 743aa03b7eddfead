import Glibc
import Kernels
import TestSupport
import Testing

@Suite struct ElementwiseTests {
  private func swiglu(_ g: [Double], _ u: [Double]) -> [Double] {
    zip(g, u).map { $0 / (1 + exp(-$0)) * $1 }
  }

  @Test(arguments: InstructionSet.available, oddSizes)
  func swigluAndItsGradientsMatchTheReference(_ set: InstructionSet, width: Int) {
    let rows = 3
    let stride = 2 * width + 1
    var packed = randomFloats(rows * stride, "packed", scale: 3)
    packed[0] = 200
    packed[stride] = -200
    let dh = randomFloats(rows * width, "dh")
    var again = dh
    let pool = pool(set)
    var h = [Float](repeating: .nan, count: rows * width)
    var gate: [Double] = []
    var up: [Double] = []
    for row in 0..<rows {
      gate += doubles(Array(packed[row * stride..<row * stride + width]))
      up += doubles(Array(packed[row * stride + width..<row * stride + 2 * width]))
    }
    let gradientStride = 2 * width
    var gradient = [Float](repeating: .nan, count: rows * gradientStride)
    packed.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { return }
      SwiGLU.forward(
        gate: base, up: base + width, h: &h, rows: rows, width: width, inputStride: stride,
        pool: pool)
      gradient.withUnsafeMutableBufferPointer { output in
        guard let out = output.baseAddress else { return }
        // In place, as the model does.
        again.withUnsafeMutableBufferPointer { hidden in
          guard let hidden = hidden.baseAddress else { return }
          SwiGLU.backward(
            dh: hidden, gate: base, up: base + width, h: hidden, dgate: out, dup: out + width,
            rows: rows, width: width, inputStride: stride, gradientStride: gradientStride,
            pool: pool)
        }
      }
    }
    #expect(again == h)
    #expect(largestError(h, swiglu(gate, up)) < 1e-6)
    let dgate = centralDifferences(gate) { weightedSum(dh, swiglu($0, up)) }
    let dup = centralDifferences(up) { weightedSum(dh, swiglu(gate, $0)) }
    var expected: [Double] = []
    for row in 0..<rows {
      expected += dgate[row * width..<(row + 1) * width]
      expected += dup[row * width..<(row + 1) * width]
    }
    #expect(largestError(gradient, expected) < 1e-6)
  }

  @Test(arguments: InstructionSet.available, oddSizes)
  func swigluKeepsGateAndUpRoundedAndTakesTheGradientThere(_ set: InstructionSet, width: Int) {
    let rows = 3
    let count = rows * 2 * width
    var packed = randomFloats(count, "packed", scale: 3)
    packed[0] = .nan
    let dh = randomFloats(rows * width, "dh")
    let pool = pool(set)
    var kept = [UInt16](repeating: 0, count: count)
    var h = [Float](repeating: .nan, count: rows * width)
    packed.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { return }
      SwiGLU.forward(
        gate: base, up: base + width, h: &h, kept: &kept, rows: rows, width: width,
        inputStride: 2 * width, pool: pool)
    }
    let values = kept.map { Float(bitPattern: UInt32($0) << 16) }
    for (value, exact) in zip(values, packed) {
      #expect(value == bfloat16(exact) || (value.isNaN && exact.isNaN))
    }
    /// Gradients and h, from floats or from what was kept.
    func backward(_ input: [Float], _ kept: inout [UInt16], usesKept: Bool) -> [UInt32] {
      var gradient = input
      var again = dh
      gradient.withUnsafeMutableBufferPointer { output in
        kept.withUnsafeMutableBufferPointer { kept in
          guard let out = output.baseAddress else { return }
          again.withUnsafeMutableBufferPointer { hidden in
            guard let hidden = hidden.baseAddress else { return }
            SwiGLU.backward(
              dh: hidden, gate: out, up: out + width, h: hidden, dgate: out, dup: out + width,
              kept: usesKept ? kept.baseAddress : nil, rows: rows, width: width,
              inputStride: 2 * width, gradientStride: 2 * width, pool: pool)
          }
        }
      }
      return (gradient + again).map(\.bitPattern)
    }
    let other = [Float](repeating: 7, count: count)
    let fromKept = backward(other, &kept, usesKept: true)
    #expect(fromKept == backward(values, &kept, usesKept: false))
    #expect(
      fromKept.dropFirst(2 * width) != backward(packed, &kept, usesKept: false).dropFirst(2 * width)
    )
  }

  @Test(arguments: InstructionSet.available, [2, 6, 8, 14, 16, 18, 30, 32, 34, 64, 128])
  func rotaryTurnsPairsAndItsInverseTurnsBack(_ set: InstructionSet, width: Int) {
    let (tokens, heads) = (5, 3)
    let half = width / 2
    let stride = heads * width + 7
    let x = randomFloats(tokens * stride, "x")
    let angles = randomFloats(tokens * half, "angles", scale: 10)
    let cosine = angles.map { Float(cos(Double($0))) }
    let sine = angles.map { Float(sin(Double($0))) }
    var turned = x
    Rotary.apply(
      &turned, cosine: cosine, sine: sine, tokens: tokens, heads: heads, headWidth: width,
      stride: stride, inverse: false, pool: pool(set))
    var expected = doubles(x)
    for token in 0..<tokens {
      for head in 0..<heads {
        for i in 0..<half {
          let first = token * stride + head * width + i
          let (c, s) = (Double(cosine[token * half + i]), Double(sine[token * half + i]))
          expected[first] = Double(x[first]) * c - Double(x[first + half]) * s
          expected[first + half] = Double(x[first + half]) * c + Double(x[first]) * s
        }
      }
    }
    #expect(largestError(turned, expected) < 3e-7)
    Rotary.apply(
      &turned, cosine: cosine, sine: sine, tokens: tokens, heads: heads, headWidth: width,
      stride: stride, inverse: true, pool: pool(set))
    #expect(largestError(turned, doubles(x)) < 1e-6)
  }

  @Test(arguments: InstructionSet.available, oddSizes + [200_000])
  func bufferArithmeticMatchesTheReference(_ set: InstructionSet, count: Int) {
    let pool = pool(set, threads: 2)
    let x = randomFloats(count, "x")
    let y = randomFloats(count, "y")
    let sum = Flat.squaredSum(x, count: count, pool: pool)
    let expected = x.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(sum - expected) <= 1e-12 * expected)
    var z = y
    Flat.axpy(0.3, x, into: &z, count: count, pool: pool)
    let moved = zip(doubles(x), doubles(y)).map { $1 + Double(Float(0.3)) * $0 }
    #expect(largestError(z, moved) < 2e-7)
    z = y
    Flat.scale(&z, by: -1.5, count: count, pool: pool)
    #expect(z == y.map { $0 * -1.5 })
    z = y
    Flat.lerp(&z, towards: x, weight: 0.25, count: count, pool: pool)
    let between = zip(doubles(x), doubles(y)).map { 0.75 * $1 + 0.25 * $0 }
    #expect(largestError(z, between) < 2e-7)
  }

  @Test(arguments: InstructionSet.available, oddSizes + [200_000])
  func numbersAreRoundedToNearestEvenAndComeBack(_ set: InstructionSet, count: Int) {
    let pool = pool(set, threads: 2)
    var x = randomFloats(count, "x")
    // Halfway between two numbers, up and down to the even one, and what would round up to an infinity.
    let special: [Float] = [
      Float(bitPattern: 0x3f80_8000), Float(bitPattern: 0x3f81_8000), .greatestFiniteMagnitude,
      -.infinity, -0.0, Float(bitPattern: 1),
    ]
    for (index, value) in special.enumerated() where index < count { x[index] = value }
    var rounded = [UInt16](repeating: 0, count: count)
    Flat.round(x, into: &rounded, count: count, pool: pool)
    var again = [Float](repeating: 7, count: count)
    Flat.widen(rounded, into: &again, count: count, pool: pool)
    #expect(again == x.map(bfloat16))
    x[count - 1] = Float(bitPattern: 0x7fff_ffff)
    Flat.round(x, into: &rounded, count: count, pool: pool)
    Flat.widen(rounded, into: &again, count: count, pool: pool)
    #expect(again[count - 1].isNaN)
  }

  @Test(arguments: InstructionSet.available)
  func squaredSumHasTheSameBitsOnTwoThreadsAndKeepsNaN(_ set: InstructionSet) {
    var x = randomFloats(300_001, "x")
    let sums = [1, 2].map { Flat.squaredSum(x, count: x.count, pool: pool(set, threads: $0)) }
    #expect(sums[0] == sums[1])
    x[300_000] = .nan
    #expect(Flat.squaredSum(x, count: x.count, pool: pool(set)).isNaN)
  }

  @Test(arguments: InstructionSet.available, oddSizes)
  func embeddingGathersAndScattersRepeatedTokens(_ set: InstructionSet, width: Int) {
    let tokens: [Int32] = [4, 0, 4, 4, 2, 0]
    let table = randomFloats(5 * width, "table")
    let pool = pool(set, threads: 2)
    var x = [Float](repeating: .nan, count: tokens.count * width)
    Embedding.forward(
      tokens: tokens, table: table, x: &x, rows: tokens.count, vocabulary: 5, width: width,
      pool: pool)
    var rows: [Float] = []
    for token in tokens { rows += table[Int(token) * width..<(Int(token) + 1) * width] }
    #expect(x == rows)
    let before = randomFloats(5 * width, "gradient")
    var gradient = before
    Embedding.backward(
      tokens: tokens, dx: x, gradient: &gradient, rows: tokens.count, vocabulary: 5, width: width,
      pool: pool)
    var expected = doubles(before)
    for (row, token) in tokens.enumerated() {
      for i in 0..<width { expected[Int(token) * width + i] += Double(x[row * width + i]) }
    }
    #expect(largestError(gradient, expected) < 2e-7)
  }

  @Test(arguments: InstructionSet.available, oddSizes)
  func adamWMatchesTheEquations(_ set: InstructionSet, count: Int) {
    var parameters = randomFloats(count, "p")
    var m = [Float](repeating: 0, count: count)
    var v = [Float](repeating: 0, count: count)
    var (p, dm, dv) = (doubles(parameters), doubles(m), doubles(v))
    let settings = AdamW.Settings(rate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1)
    for step in 1...5 {
      let g = randomFloats(count, "g\(step)", scale: 0.1)
      AdamW.update(
        parameters: &parameters, gradients: g, m: &m, v: &v, count: count, step: step,
        gradientScale: 0.5, settings: settings, pool: pool(set))
      for i in 0..<count {
        let gradient = 0.5 * Double(g[i])
        dm[i] = 0.9 * dm[i] + 0.1 * gradient
        dv[i] = 0.95 * dv[i] + 0.05 * gradient * gradient
        let (a, b) = (dm[i] / (1 - pow(0.9, Double(step))), dv[i] / (1 - pow(0.95, Double(step))))
        p[i] -= 0.01 * (a / (b.squareRoot() + 1e-8) + 0.1 * p[i])
      }
    }
    #expect(largestError(parameters, p) < 2e-6)
    #expect(largestError(m, dm) < 2e-6)
    #expect(largestError(v, dv) < 2e-6)
  }
}
