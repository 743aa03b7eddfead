import Kernels
import TestSupport
import Testing

/// The measurements themselves: counts, fields, refusals.
@Suite struct BenchmarkTests {
  @Test func everyProductOfALayerIsMeasuredWithEveryBackend() {
    let layer = MatmulBenchmark.Layer("small", rows: 32, outputs: 24, inputs: 16)
    #expect(layer.flops == 24576)
    let backends = MatmulBackend.allCases.filter(\.isAvailable)
    let results = MatmulBenchmark.measure(
      layer, precision: .float32, threads: 2, backends: backends, seconds: 0)
    #expect(results.count == 3 * backends.count)
    for result in results {
      #expect(result.samples >= 3)
      #expect(result.seconds > 0)
      #expect(abs(result.gflops * result.seconds * 1e9 / layer.flops - 1) < 1e-9)
    }
  }

  @Test(arguments: [(10, 1), (10, 3), (64, 64), (100, 7)])
  func attentionCountsThePairsThatAreSeen(_ length: Int, _ documents: Int) {
    let benchmark = AttentionBenchmark(
      .init(rows: 1, length: length, heads: 2, kvHeads: 1, headWidth: 16), documents: documents)
    // Documents by the definition: token t belongs to document floor(t documents / length).
    var pairs = 0
    for token in 0..<length {
      for key in 0...token where key * documents / length == token * documents / length {
        pairs += 1
      }
    }
    #expect(benchmark.pairs == Double(pairs))
    #expect(benchmark.forwardFlops == 4 * 2 * 16 * Double(pairs))
    #expect(benchmark.backwardFlops == 10 * 2 * 16 * Double(pairs))
  }

  @Test func attentionPassesAreMeasured() {
    let benchmark = AttentionBenchmark(
      .init(rows: 1, length: 70, heads: 2, kvHeads: 1, headWidth: 16))
    let results = benchmark.measure(seconds: 0, pool: ThreadPool(threads: 2))
    #expect(results.map(\.part) == ["forward", "backward", "both"])
    #expect(results.allSatisfy { $0.gflops > 0 && $0.samples >= 3 })
  }

  @Test(
    .enabled(if: Program.isBuilt),
    arguments: [
      ["attention", "--width", "20"], ["attention", "--width", "264"],
      ["attention", "--heads", "0"],
      ["attention", "--length", "64", "--documents", "65"], ["attention", "--length", "2^40"],
      ["gemm", "--sizes", "1,2"], ["gemm", "--sizes", "2^20,2^20,2^20"],
      ["gemm", "--seconds", "0"],
      ["gemm", "--config", "tiny-265"], ["step", "--precision", "float16"],
    ])
  func impossibleMeasurementsAreRefusedBeforeTheyStart(_ arguments: [String]) throws {
    let result = try Program.start(["bench"] + arguments).finish(seconds: 60)
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test(
    .enabled(if: Program.isBuilt),
    arguments: [
      ["gemm", "--sizes", "8,8,8", "--seconds", "0.01"],
      ["attention", "--length", "64", "--seconds", "0.01"], ["step", "--forecast"],
      ["step", "--config", "tiny-256", "--seconds", "0.01"],
    ])
  func float32IsMeasuredAndNamedWhereTheLoopsHaveNoBfloat16(_ arguments: [String]) throws {
    let result = try Program.start(
      ["bench"] + arguments + ["--precision", "bfloat16", "--json"],
      environment: ["NEEDLEPOINT_ISA": "portable"]
    ).finish(seconds: 120)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("bfloat16: this processor, or the choice of loops"))
    #expect(!result.output.contains("\"precision\":\"bfloat16\""))
  }

  @Test func bfloat16ProductsOfAProcessorWithoutThemAreFloat32() {
    #expect(MatmulPrecision.float32.isAvailable)
    #expect(MatmulPrecision.bfloat16.isAvailable == InstructionSet.hasBFloat16)
    guard !MatmulPrecision.bfloat16.isAvailable else { return }
    let pool = ThreadPool(threads: 1)
    var c: [Float] = [0]
    Matmul.nt([1.0001], [1], &c, m: 1, n: 1, k: 1, precision: .bfloat16, pool: pool)
    #expect(c == [1.0001])
    #expect(Machine.peakGFLOPS(threads: 1, precision: .bfloat16) == 0)
  }
}
