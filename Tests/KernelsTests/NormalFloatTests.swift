import Kernels
import TestSupport
import Testing

/// Numbers in 4 bits against PyTorch's, and the bounds of their errors.
struct NormalFloatTests {
  private static func unpacked(_ values: [Float], threads: Int = 2) -> [Float] {
    let bytes = values.withUnsafeBufferPointer { NormalFloat.pack($0) }
    #expect(bytes.count == NormalFloat.byteCount(values.count))
    var found = [Float](repeating: .nan, count: values.count)
    found.withUnsafeMutableBufferPointer { found in
      guard let y = found.baseAddress else { return }
      bytes.withUnsafeBytes {
        NormalFloat.unpack($0, into: y, count: values.count, pool: ThreadPool(threads: threads))
      }
    }
    return found
  }

  @Test func codesScalesAndNumbersAreThoseOfPyTorch() throws {
    let golden = try GoldenAdapters.read()
    let values = GoldenAdapters.unpacked
    let bytes = values.withUnsafeBufferPointer { NormalFloat.pack($0) }
    let blocks = (values.count + 63) / 64
    let scales = golden["packed/scales"]
    #expect(scales.count == blocks)
    // After the mean and the scales of two groups.
    #expect(bytes[12..<12 + blocks].map { Double(Int8(bitPattern: $0)) } == scales)
    let codes = stride(from: 0, to: values.count, by: 7).map { index in
      let pair = bytes[12 + blocks + index / 2]
      return Double(index % 2 == 0 ? pair & 15 : pair >> 4)
    }
    #expect(codes == golden["packed/codes"])
    let found = Self.unpacked(values)
    let wanted = golden["packed/values"]
    #expect(wanted.count == (values.count + 6) / 7)
    // Scales are differences of the mean: off by a unit in the last place of the largest, 0.075.
    let worst = wanted.enumerated().map { abs(Double(found[7 * $0]) - $1) }.max() ?? .nan
    #expect(worst < 1e-8, "\(worst)")
  }

  @Test(arguments: [0, 1, 2, 63, 64, 65, 127, 64 * 256, 64 * 256 + 1])
  func numbersComeBackWithinHalfAGapOfTheirBlock(_ count: Int) {
    let values = randomFloats(count, "normal float", scale: 0.02)
    let found = Self.unpacked(values)
    #expect(found == Self.unpacked(values, threads: 1))
    // The widest gap of two levels is 0.304; scales are off by a little.
    for start in stride(from: 0, to: count, by: 64) {
      let block = start..<min(count, start + 64)
      let largest = block.reduce(Float(0)) { max($0, abs(values[$1])) }
      for index in block { #expect(abs(found[index] - values[index]) <= 0.17 * largest + 1e-3) }
    }
  }

  @Test func numbersThatAreNotFiniteDoNotTrap() {
    var values = randomFloats(192, "normal float")
    let whole = Self.unpacked(values)
    for odd in [Float.infinity, -.infinity, .nan] {
      values[70] = odd
      #expect(Self.unpacked(values).count == whole.count)
    }
  }

  @Test func levelsAndZerosStayWhatTheyAre() {
    let levels = NormalFloat.levels.map { $0 * 3 }
    #expect(Self.unpacked((0..<4).flatMap { _ in levels }) == (0..<4).flatMap { _ in levels })
    let zeros = [Float](repeating: 0, count: 130)
    #expect(Self.unpacked(zeros) == zeros)
  }
}
