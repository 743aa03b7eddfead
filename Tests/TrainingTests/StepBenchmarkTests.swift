import Kernels
import Models
import Support
import Testing
import Training

/// The speed measurement: its names, its counts, its fields.
@Suite struct StepBenchmarkTests {
  @Test func theSmallestConfigurationIsMeasured() throws {
    let configuration = try StepBenchmark.configuration(named: "miniature-32")
    let result = try StepBenchmark(configuration, seconds: 0.05).run(
      pool: ThreadPool(threads: 2), peakGFLOPS: 100)
    #expect(result.parameters == 717_696)
    #expect(result.steps >= 2)
    let perToken = 6.0 * 717_696 + 6 * 3 * 128 * 32
    #expect(abs(result.gflops * 1e9 / result.tokensPerSecond / perToken - 1) < 1e-9)
    #expect(result.shareOfPeak == result.gflops / 100)
    #expect(result.peakResidentMebibytes > 0)
  }

  @Test func aRowOfAnotherLengthAndItsDocumentsAreCounted() throws {
    var configuration = try StepBenchmark.configuration(named: "miniature-256").with(length: 50)
    #expect(configuration.name == "miniature-50")
    #expect(configuration.rows == 1)
    configuration.documents = 3
    let result = try StepBenchmark(configuration, steps: 1, recomputation: .full).run(
      pool: ThreadPool(threads: 1), peakGFLOPS: 100)
    #expect(result.steps == 1)
    #expect(result.recomputation == .full)
    // Documents of 17, 17 and 16 tokens.
    let pairs = 17 * 18 / 2 * 2 + 16 * 17 / 2
    let flops = 6.0 * 717_696 * 50 + 12.0 * 3 * 128 * Double(pairs)
    #expect(abs(result.gflops * 1e9 / result.tokensPerSecond * 50 / flops - 1) < 1e-9)
  }

  @Test func aMistypedConfigurationIsRefusedWithTheNearestName() {
    let error = #expect(throws: UserError.self) {
      try StepBenchmark.configuration(named: "tiny-265")
    }
    #expect(error?.remedy.contains("tiny-256") == true)
  }

  @Test func documentBordersLowerTheCountByTheirPairs() {
    let shape = StepBenchmark.configurations[0].shape
    let whole = ModelInput(rows: 1, length: 4, tokens: [0, 0, 0, 0])
    let cut = ModelInput(
      rows: 1, length: 4, tokens: [0, 0, 0, 0], positions: [0, 1, 2, 3],
      documentStarts: [0, 0, 2, 2])
    #expect(whole.attendedPairs == 10)
    #expect(cut.attendedPairs == 6)
    let saved = FlopCount.trainingStep(shape, whole) - FlopCount.trainingStep(shape, cut)
    #expect(saved == 12 * 6 * 256 * 4)
    #expect(
      FlopCount.trainingStep(shape, rows: 16, length: 256) == 3
        * FlopCount.forward(shape, rows: 16, length: 256))
  }
}
