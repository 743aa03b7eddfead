import Kernels
import TestSupport
import Testing

@Suite struct PackedWeightsTests {
  private let rows = 40
  private let inputs = 70
  private let outputs = 50

  /// y and dx of a linear layer, with its weight packed before where `kept` does so.
  private func pass(
    _ w: [Float], _ precision: MatmulPrecision, _ pool: ThreadPool, kept: PackedWeights?
  ) -> [Float] {
    let x = randomFloats(rows * inputs, "x")
    let dy = randomFloats(rows * outputs, "dy")
    var y = [Float](repeating: .nan, count: rows * outputs)
    var dx = [Float](repeating: .nan, count: x.count)
    w.withUnsafeBufferPointer { buffer in
      guard let weight = buffer.baseAddress else { return }
      let forward = kept?.operand(
        0, .output, rows: rows, outputs: outputs, inputs: inputs, precision: precision, pool: pool
      ) { weight }
      let backward = kept?.operand(
        0, .inputGradient, rows: rows, outputs: outputs, inputs: inputs, precision: precision,
        pool: pool
      ) { weight }
      Linear.forward(
        x: x, weight: forward == nil ? weight : nil, packed: forward, y: &y, rows: rows,
        inputs: inputs, outputs: outputs, precision: precision, pool: pool)
      Linear.inputGradient(
        dy: dy, weight: backward == nil ? weight : nil, packed: backward, dx: &dx, rows: rows,
        inputs: inputs, outputs: outputs, precision: precision, pool: pool)
    }
    return y + dx
  }

  @Test(arguments: InstructionSet.available, MatmulPrecision.allCases)
  func productsAreTheSameBits(_ set: InstructionSet, precision: MatmulPrecision) {
    let pool = ThreadPool(threads: 2, instructionSet: set, backend: .own)
    let bytes = PackedWeights.bytes(
      outputs: outputs, inputs: inputs, precision: precision, pool: pool)
    #expect(bytes > 0)
    withUnsafeTemporaryAllocation(byteCount: bytes + 64, alignment: 64) { memory in
      guard let start = memory.baseAddress else { return }
      let kept = PackedWeights(memory: start, capacity: bytes)
      let old = randomFloats(outputs * inputs, "w")
      #expect(pass(old, precision, pool, kept: kept) == pass(old, precision, pool, kept: nil))
      let new = randomFloats(outputs * inputs, "v")
      kept.forget()
      #expect(pass(new, precision, pool, kept: kept) == pass(new, precision, pool, kept: nil))
    }
  }

  @Test(arguments: InstructionSet.available, MatmulPrecision.allCases)
  func gradientsTurnedOnTheWayGiveTheSameBits(_ set: InstructionSet, precision: MatmulPrecision) {
    let pool = ThreadPool(threads: 2, instructionSet: set, backend: .own)
    // Several blocks and passes of rows, part of a tile, and outputs of one and of several passes.
    for (rows, inputs, outputs) in [(16, 40, 16), (77, 70, 50), (1_700, 33, 48), (200, 64, 2_000)] {
      let bytes = Matmul.turnedBytes(
        rows: rows, columns: outputs, precision: precision, pool: pool)
      let stride = outputs + 3
      let (x, w) = (randomFloats(rows * inputs, "x"), randomFloats(outputs * inputs, "w"))
      let dy = randomFloats(rows * stride, "dy")
      func gradients(_ room: UnsafeMutableRawPointer?) -> [Float] {
        var dx = [Float](repeating: .nan, count: rows * inputs)
        var dw = randomFloats(outputs * inputs, "dw")
        Linear.inputGradient(
          dy: dy, weight: w, dx: &dx, rows: rows, inputs: inputs, outputs: outputs,
          yStride: stride, precision: precision, turned: room, pool: pool)
        Linear.weightGradient(
          dy: dy, x: x, gradient: &dw, rows: rows, inputs: inputs, outputs: outputs,
          yStride: stride, precision: precision, turned: UnsafeRawPointer(room), pool: pool)
        return dx + dw
      }
      guard bytes > 0 else { continue }
      let plain = gradients(nil)
      withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
        memory.initializeMemory(as: UInt8.self, repeating: 0xff)
        #expect(gradients(memory.baseAddress) == plain, "\(rows), \(inputs), \(outputs)")
      }
    }
  }

  @Test func gradientsAreTurnedOnTilesOnly() {
    for set in InstructionSet.available {
      let pool = ThreadPool(threads: 1, instructionSet: set, backend: .own)
      func bytes(_ rows: Int, _ precision: MatmulPrecision) -> Int {
        Matmul.turnedBytes(rows: rows, columns: 40, precision: precision, pool: pool)
      }
      #expect(bytes(15, .bfloat16) == 0)
      #expect(bytes(100, .bfloat16) == (set.hasBFloat16 ? 64 * 128 * 2 : 0))
      #expect(bytes(100, .float32) == (set == .amx ? 64 * 128 * 2 * 3 : 0))
    }
  }

  @Test func whatDoesNotFitOrPayIsLeftAsItLies() {
    let pool = ThreadPool(threads: 1)
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 64) { memory in
      guard let start = memory.baseAddress else { return }
      func isPacked(capacity: Int, rows: Int) -> Bool {
        let kept = PackedWeights(memory: start, capacity: capacity)
        let w = randomFloats(outputs * inputs, "w")
        return w.withUnsafeBufferPointer { weight in
          kept.operand(
            0, .output, rows: rows, outputs: outputs, inputs: inputs, precision: .float32,
            pool: pool
          ) { weight.baseAddress ?? UnsafePointer(start.assumingMemoryBound(to: Float.self)) }
            != nil
        }
      }
      let packs =
        PackedWeights.bytes(outputs: outputs, inputs: inputs, precision: .float32, pool: pool) > 0
      #expect(isPacked(capacity: 1 << 16, rows: rows) == packs)
      #expect(!isPacked(capacity: 100, rows: rows))
      #expect(!isPacked(capacity: 1 << 16, rows: 2))
    }
  }
}
