import Kernels
import ModelTestSupport
import Models
import Tensors
import TestSupport
import Testing

/// The passes against PyTorch; origin and versions stand in Golden/llama.json and Golden/qwen.json.
@Suite struct GoldenTests {
  let pool = ThreadPool(threads: 2)

  @Test(arguments: GoldenCase.allCases)
  func lossesLogitsAndGradientsAreThoseOfPyTorch(_ example: GoldenCase) throws {
    let golden = try example.values()
    let prefix = example.rawValue + "/"
    let model = GoldenModel.make(example, pool: pool)
    let (tokens, targets, positions, weights) = golden.batch(step: 0)
    let input = ModelInput(
      rows: GoldenLlama.rows, length: GoldenLlama.length, tokens: tokens, positions: positions,
      documentStarts: golden.documentStarts)
    let sum = weights.reduce(0, +)
    let losses = model.lossAndGradients(
      input, targets: targets, weights: weights.map { $0 / sum })
    #expect(GoldenModel.difference(losses, golden[prefix + "losses"]) < 1e-4)
    if example != .untied {
      let logits = model.logits(input, at: Array(tokens.indices))
      #expect(GoldenModel.difference(logits, golden[prefix + "logits"]) < 1e-4)
    }
    for entry in model.parameters.layout.entries {
      let stored = golden[prefix + "gradient/" + entry.name]
      let worst = GoldenModel.difference(Array(model.gradients.view(entry)), stored)
      #expect(worst < 1e-4, "\(entry.name): \(worst)")
    }
  }
}
