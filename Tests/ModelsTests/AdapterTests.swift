import Kernels
import ModelTestSupport
import Models
import Support
import Tensors
import TestSupport
import Testing

/// Adapters beside frozen weights, against the naive reference in Double and PyTorch.
struct AdapterTests {
  private static let pool = ThreadPool(threads: 2)

  struct Example: Sendable, CustomTestStringConvertible {
    let model: ModelCase
    let plan: AdapterPlan
    var testDescription: String {
      "\(model.name), \(plan.targets.map(\.rawValue)), packed \(plan.isPacked)"
    }
  }

  static let examples = [
    Example(
      model: ModelCase.all[0],
      plan: AdapterPlan(rank: 2, alpha: 3, targets: AdapterTarget.allCases)),
    Example(
      model: ModelCase.all[1],
      plan: AdapterPlan(rank: 3, alpha: 3, targets: [.query, .value], norms: true)),
    Example(
      model: ModelCase.all[2],
      plan: AdapterPlan(
        rank: 1, alpha: 2, targets: [.key, .output, .gate], embeddings: true, norms: true)),
    Example(
      model: ModelCase.all[0],
      plan: AdapterPlan(
        rank: 2, alpha: 3, targets: AdapterTarget.allCases, embeddings: true, isPacked: true)),
    // Widths that leave padding between tensors.
    Example(
      model: ModelCase.all[4],
      plan: AdapterPlan(rank: 2, alpha: 1, targets: [.value, .up, .down], isPacked: true)),
    // Beside biases, which stay, and norms of heads, which are trained with the other norms.
    Example(
      model: ModelCase.biased,
      plan: AdapterPlan(rank: 2, alpha: 3, targets: AdapterTarget.allCases, norms: true)),
    Example(
      model: ModelCase.biasedAndNormed,
      plan: AdapterPlan(rank: 2, alpha: 3, targets: [.query, .key, .down], norms: true)),
    Example(
      model: ModelCase.biasedAndNormed,
      plan: AdapterPlan(rank: 2, alpha: 3, targets: AdapterTarget.allCases, isPacked: true)),
  ]

  /// A model with adapters that are not at their beginning.
  private static func adapted(_ example: Example, _ pool: ThreadPool = pool) -> Transformer {
    let model = example.model.transformer(pool)
    model.attach(example.plan, seed: 3)
    for entry in model.trained.layout.entries where entry.name.hasSuffix("lora_b") {
      let values = randomFloats(entry.count, entry.name, scale: 0.3)
      let view = model.trained.view(entry)
      for index in view.indices { view[index] = values[index] }
    }
    return model
  }

  /// Training and inference take tokens in chunks of their own; both find room for the middle of adapters.
  @Test func bothPassesOverManyChunksAgree() {
    let example = Example(
      model: RecomputationTests.long,
      plan: AdapterPlan(rank: 2, alpha: 3, targets: AdapterTarget.allCases))
    let model = Self.adapted(example)
    let (input, targets, weights) = example.model.batch()
    let trained = model.lossAndGradients(input, targets: targets, weights: weights)
    let measured = model.losses(input, targets: targets)
    let worst = zip(trained, measured).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(worst < 1e-4)
  }

  /// The weights that a model's products use, by name.
  private static func effective(
    _ model: Transformer, _ trained: [String: [Double]]
  ) -> [String: [Double]] {
    guard let plan = model.adapterPlan else { return [:] }
    var weights: [String: [Double]] = [:]
    for entry in model.parameters.layout.entries {
      weights[entry.name] = model.parameters.view(entry).map(Double.init)
    }
    for tensor in model.weights.packed {
      var values = [Float](repeating: 0, count: tensor.count)
      values.withUnsafeMutableBufferPointer { values in
        guard let y = values.baseAddress else { return }
        tensor.bytes.withUnsafeBytes {
          NormalFloat.unpack($0, into: y, count: tensor.count, pool: pool)
        }
      }
      weights[tensor.name] = values.map(Double.init)
    }
    for (name, values) in trained where weights[name] != nil { weights[name] = values }
    for entry in model.shape.parameterLayout.entries {
      guard let a = trained[entry.name + "/lora_a"], let b = trained[entry.name + "/lora_b"] else {
        continue
      }
      let (outputs, inputs) = (entry.shape[0], entry.shape[1])
      for out in 0..<outputs {
        for inner in 0..<plan.rank {
          for input in 0..<inputs {
            weights[entry.name]?[out * inputs + input] +=
              plan.scale * b[out * plan.rank + inner] * a[inner * inputs + input]
          }
        }
      }
    }
    return weights
  }

  private static func trained(_ model: Transformer) -> [String: [Double]] {
    var values: [String: [Double]] = [:]
    for entry in model.trained.layout.entries {
      values[entry.name] = model.trained.view(entry).map(Double.init)
    }
    return values
  }

  @Test(arguments: examples)
  func everyGradientIsTheSlopeOfTheReferencesLoss(_ example: Example) {
    let model = Self.adapted(example)
    let (input, targets, weights) = example.model.batch()
    model.zeroGradients()
    let losses = model.lossAndGradients(input, targets: targets, weights: weights)
    var reference = example.model.reference(model)
    var trained = Self.trained(model)
    func expected() -> [Double] {
      reference.parameters = Self.effective(model, trained)
      return ModelCase.losses(reference, input, targets)
    }
    for (found, wanted) in zip(losses, expected()) { #expect(abs(Double(found) - wanted) < 2e-5) }
    for (found, wanted) in zip(model.losses(input, targets: targets), expected()) {
      #expect(abs(Double(found) - wanted) < 2e-5)
    }
    func total() -> Double {
      zip(expected(), weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let distance = 1e-5
    for entry in model.trained.layout.entries {
      let gradient = model.gradients.view(entry)
      var largest = 1e-3
      var worst = 0.0
      // Every fifth number of the large ones.
      for index in stride(from: 0, to: entry.count, by: entry.count > 40 ? 5 : 1) {
        let kept = trained[entry.name]?[index] ?? 0
        trained[entry.name]?[index] = kept + distance
        let above = total()
        trained[entry.name]?[index] = kept - distance
        let slope = (above - total()) / (2 * distance)
        trained[entry.name]?[index] = kept
        largest = max(largest, abs(slope))
        worst = max(worst, abs(slope - Double(gradient[index])))
      }
      #expect(worst <= 3e-5 * largest + 1e-7, "\(entry.name): \(worst) of \(largest)")
    }
  }

  @Test func lossesAndGradientsAreThoseOfPyTorch() throws {
    let golden = try GoldenAdapters.read()
    let llama = try GoldenLlama()
    let model = try GoldenModel.adapted(golden, pool: Self.pool)
    let (tokens, targets, positions, weights) = llama.batch(step: 0)
    let input = ModelInput(
      rows: GoldenLlama.rows, length: GoldenLlama.length, tokens: tokens, positions: positions,
      documentStarts: llama.documentStarts)
    let sum = weights.reduce(0, +)
    let losses = model.lossAndGradients(
      input, targets: targets, weights: weights.map { $0 / sum })
    #expect(GoldenModel.difference(losses, golden["losses"].map { Float($0) }) < 1e-4)
    for entry in model.trained.layout.entries {
      let worst = GoldenModel.difference(
        Array(model.gradients.view(entry)),
        golden["gradient/" + entry.name].map { Float($0) })
      #expect(worst < 1e-4, "\(entry.name): \(worst)")
    }
  }

  @Test func freshAdaptersChangeNothing() {
    let example = ModelCase.all[1]
    let plain = example.transformer(Self.pool)
    let (input, targets, _) = example.batch()
    let before = plain.losses(input, targets: targets)
    plain.attach(AdapterPlan(rank: 4, alpha: 8, targets: AdapterTarget.allCases), seed: 1)
    #expect(plain.losses(input, targets: targets) == before)
    let a = plain.trained["layers/01/attention/key/lora_a"]
    #expect(a?.contains { $0 != 0 } == true)
    #expect(a?.allSatisfy { abs($0) <= 1 / Float(8).squareRoot() } == true)
  }

  @Test(arguments: examples)
  func mergedAdaptersGiveTheSameLosses(_ example: Example) {
    let model = Self.adapted(example)
    let (input, targets, _) = example.model.batch()
    let before = model.losses(input, targets: targets)
    var original: ParameterSet?
    if example.plan.isPacked {
      // Merged into the numbers that the 4 bits stand for, nothing is lost.
      let weights = Self.effective(model, [:])
      let whole = ParameterSet(layout: model.shape.parameterLayout)
      for entry in whole.layout.entries {
        let view = whole.view(entry)
        for index in view.indices { view[index] = Float(weights[entry.name]?[index] ?? 0) }
      }
      original = whole
    }
    model.mergeAdapters(into: original)
    #expect(model.adapterPlan == nil && model.weights.packed.isEmpty)
    #expect(model.trained.layout == model.shape.parameterLayout)
    for (a, b) in zip(before, model.losses(input, targets: targets)) { #expect(abs(a - b) < 2e-5) }
  }

  @Test func biasesStayAndNormsOfHeadsAreTrainedWithTheNorms() {
    let model = Self.adapted(Self.examples[6])
    let names = model.trained.layout.entries.map(\.name)
    #expect(names.contains("layers/00/attention/query_norm"))
    #expect(names.contains("layers/01/attention/key_norm"))
    #expect(!names.contains { $0.contains("bias") })
  }

  @Test(arguments: Recomputation.allCases, [false, true])
  func recomputationChangesNoBit(_ recomputation: Recomputation, isPacked: Bool) {
    for example in [ModelCase.all[2], ModelCase.biasedAndNormed] {
      expectNoBitChanged(example, recomputation, isPacked: isPacked)
    }
  }

  private func expectNoBitChanged(
    _ example: ModelCase, _ recomputation: Recomputation, isPacked: Bool
  ) {
    func gradients(_ recomputation: Recomputation) -> [Float] {
      let plan = AdapterPlan(
        rank: 2, alpha: 4, targets: AdapterTarget.allCases, isPacked: isPacked)
      let model = Self.adapted(Example(model: example, plan: plan))
      model.recomputation = recomputation
      let (input, targets, weights) = example.batch()
      _ = model.lossAndGradients(input, targets: targets, weights: weights)
      return Array(model.gradients.values.buffer)
    }
    #expect(gradients(recomputation) == gradients(.none))
  }

  @Test(arguments: InstructionSet.available.filter(\.hasBFloat16), [false, true])
  func recomputationInBFloat16ChangesNoBitAndLittleElse(_ set: InstructionSet, isPacked: Bool) {
    let pool = ThreadPool(threads: 2, instructionSet: set, backend: .own)
    let plan = AdapterPlan(
      rank: 2, alpha: 4, targets: AdapterTarget.allCases, embeddings: true, isPacked: isPacked)
    for var example in [ModelCase.all[0], ModelCase.normed] {
      // More tokens than a chunk holds.
      example.length = 300
      expectLittleChanged(example, plan, pool)
    }
  }

  private func expectLittleChanged(_ example: ModelCase, _ plan: AdapterPlan, _ pool: ThreadPool) {
    let model = Self.adapted(Example(model: example, plan: plan), pool)
    let (input, targets, weights) = example.batch()
    func gradients(_ precision: MatmulPrecision, _ recomputation: Recomputation) -> [Float] {
      model.precision = precision
      model.recomputation = recomputation
      model.zeroGradients()
      _ = model.lossAndGradients(input, targets: targets, weights: weights)
      return Array(model.gradients.values.buffer)
    }
    let kept = gradients(.bfloat16, .none)
    #expect(gradients(.bfloat16, .selective) == kept)
    #expect(gradients(.bfloat16, .full) == kept)
    let exact = gradients(.float32, .none)
    let error = zip(kept, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect((error / exact.reduce(0) { $0 + $1 * $1 }).squareRoot() < 0.05)
  }

  @Test(arguments: [false, true])
  func tokensAreGeneratedWithTheAdapters(isPacked: Bool) {
    let plan = AdapterPlan(rank: 2, alpha: 4, targets: [.query, .down], isPacked: isPacked)
    let model = Self.adapted(Example(model: ModelCase.all[0], plan: plan))
    let tokens: [Int32] = [1, 5, 2, 9, 4]
    let generator = Generator(model)
    var scores = generator.start(Array(tokens.prefix(2)))
    for token in tokens.dropFirst(2) { scores = generator.next(token) }
    let whole = model.logits(ModelInput(tokens: tokens), at: [4])
    for (a, b) in zip(scores, whole) { #expect(abs(a - b) < 1e-4) }
  }

  @Test func weightsOfAnotherPlanAreRefused() {
    let plan = AdapterPlan(rank: 2, alpha: 4, targets: [.query], isPacked: true)
    let model = Self.adapted(Example(model: ModelCase.all[0], plan: plan))
    let weights = model.weights
    let other = Transformer(shape: model.shape, pool: Self.pool)
    #expect(throws: Never.self) { try other.adopt(weights, plan, place: "test") }
    var wider = plan
    wider.rank = 3
    #expect(throws: UserError.self) { try other.adopt(weights, wider, place: "test") }
    #expect(throws: UserError.self) { try other.adopt(weights, nil, place: "test") }
    var torn = weights
    torn.packed.removeLast()
    #expect(throws: UserError.self) { try other.adopt(torn, plan, place: "test") }
  }

  @Test func theForecastCountsWhatIsTrained() {
    let shape = LlamaShape(vocabulary: 512, width: 256, layers: 4, heads: 4, feedForward: 512)
    let lora = AdapterPlan(rank: 8, alpha: 16, targets: [.query, .key, .value, .output])
    var packed = lora
    packed.isPacked = true
    // 4 blocks of 4 matrices of 256 by 256, each with 8 rows of A and 8 columns of B.
    #expect(shape.adapterCount(lora) == 4 * 4 * 2 * 8 * 256)
    let all = shape.trainingBytes(nil)
    let some = shape.trainingBytes(lora)
    let few = shape.trainingBytes(packed)
    #expect(Double(some) < 0.4 * Double(all))
    // 4.127 bits instead of 32 for the matrices of the blocks.
    let matrices = 4 * (4 * 256 * 256 + 3 * 256 * 512)
    #expect(abs(Double(shape.packedBytes) * 8 / Double(matrices) - 4.127) < 0.002)
    #expect(few < some - 3 * matrices)
    let full = FlopCount.trainingStep(shape, rows: 1, length: 64)
    let low = FlopCount.trainingStep(shape, rows: 1, length: 64, adapters: lora)
    let attention = 6.0 * 4 * 256 * 64 * 64
    let wanted =
      (full - attention) * 2 / 3 + 6 * Double(shape.adapterCount(lora)) * 64 + attention
    #expect(abs(low / wanted - 1) < 1e-12)
  }
}
