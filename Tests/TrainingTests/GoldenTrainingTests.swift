import Corpora
import Kernels
import ModelTestSupport
import Models
import Support
import Tensors
import TestSupport
import Testing
import Training

/// Optimizer steps against PyTorch's AdamW; origin in Tests/ModelsTests/Golden.
@Suite struct GoldenTrainingTests {
  @Test(arguments: GoldenCase.allCases)
  func theStepsGiveThePyTorchParameters(_ example: GoldenCase) throws {
    let golden = try example.values()
    let prefix = example.rawValue + "/"
    let model = GoldenModel.make(example, pool: ThreadPool(threads: 2))
    let optimizer = try AdamW(
      SettingsValues(
        [
          "rate": .real(golden.rate), "beta1": .real(0.9), "beta2": .real(0.95),
          "weight_decay": .real(0.1), "clip": .real(1), "warmup": .integer(golden.warmup),
        ], declared: AdamW.kind.settings))
    let trainer = Trainer(model, optimizer: optimizer)
    let norms = golden[prefix + "norms"]
    for step in 0..<golden.steps {
      let outcome = trainer.step(
        [batch(golden, step)], learningRate: optimizer.rate(step: step, total: golden.steps),
        loss: LossSettings(answerWeight: 4))
      #expect(abs(Float(outcome.gradientNorm) / norms[step] - 1) < 1e-4)
      #expect(!outcome.skipped)
    }
    for entry in model.parameters.layout.entries {
      let stored = golden[prefix + "after/" + entry.name]
      let worst = GoldenModel.difference(Array(model.parameters.view(entry)), stored)
      #expect(worst < 1e-4, "\(entry.name): \(worst)")
    }
  }

  private func batch(_ golden: GoldenLlama, _ step: Int) -> Batch {
    let (tokens, targets, positions, weights) = golden.batch(step: step)
    var batch = Batch(rows: GoldenLlama.rows, length: GoldenLlama.length, sourceNames: ["golden"])
    batch.tokens = tokens
    batch.targets = targets
    batch.positions = positions
    batch.documentStarts = golden.documentStarts
    batch.roles = weights.map { $0 == 4 ? .answer : $0 == 1 ? .text : .ignored }
    batch.sources = [UInt8](repeating: 0, count: tokens.count)
    return batch
  }
}
