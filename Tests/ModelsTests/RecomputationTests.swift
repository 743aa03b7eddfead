import Kernels
import Models
import Support
import Tensors
import Testing

/// Computing activations again changes memory, and no bit of a result.
@Suite struct RecomputationTests {
  private let pool = ThreadPool(threads: 2)

  private struct Outcome: Equatable {
    let losses: [Float]
    let gradients: [Float]
  }

  private func outcome(
    _ model: Transformer, _ recomputation: Recomputation,
    _ batch: (input: ModelInput, targets: [Int32], weights: [Float])
  ) -> Outcome {
    model.recomputation = recomputation
    model.zeroGradients()
    let losses = model.lossAndGradients(batch.input, targets: batch.targets, weights: batch.weights)
    return Outcome(losses: losses, gradients: Array(model.gradients.values.buffer))
  }

  @Test(arguments: ModelCase.all)
  func gradientsAreTheSameBits(_ example: ModelCase) {
    let model = example.transformer(pool)
    let kept = outcome(model, .none, example.batch())
    #expect(kept.gradients.contains { $0 != 0 })
    #expect(outcome(model, .selective, example.batch()) == kept)
    #expect(outcome(model, .full, example.batch()) == kept)
  }

  /// Every set with the formats that it multiplies in.
  static let loops = InstructionSet.available.flatMap { set in
    MatmulPrecision.allCases.filter { $0 == .float32 || set.hasBFloat16 }.map { (set, $0) }
  }

  @Test(arguments: loops)
  func gradientsOfManyChunksAreTheSameBits(_ set: InstructionSet, precision: MatmulPrecision) {
    for example in [Self.long, Self.padded, Self.normed] {
      let model = example.transformer(
        ThreadPool(threads: 2, instructionSet: set, backend: .own))
      model.precision = precision
      let kept = outcome(model, .none, example.batch())
      #expect(outcome(model, .selective, example.batch()) == kept)
      #expect(outcome(model, .full, example.batch()) == kept)
    }
  }

  @Test func chunksAddUpToTheGradientsOfTheRowsAlone() {
    let example = Self.long
    let model = example.transformer(pool)
    let (input, targets, weights) = example.batch()
    let whole = outcome(model, .full, (input, targets, weights))
    model.zeroGradients()
    var losses: [Float] = []
    for row in 0..<input.rows {
      let range = row * input.length..<(row + 1) * input.length
      losses += model.lossAndGradients(
        ModelInput(
          rows: 1, length: input.length, tokens: Array(input.tokens[range]),
          positions: Array(input.positions[range]),
          documentStarts: Array(input.documentStarts[range])),
        targets: Array(targets[range]), weights: Array(weights[range]))
    }
    for (a, b) in zip(losses, whole.losses) { #expect(abs(a - b) < 1e-5) }
    let largest = whole.gradients.reduce(0) { max($0, abs($1)) }
    let worst = zip(whole.gradients, model.gradients.values.buffer).reduce(Float(0)) {
      max($0, abs($1.0 - $1.1))
    }
    #expect(worst < 1e-5 * largest)
  }

  @Test(arguments: loops)
  func memoryIsWhatIsForeseen(_ set: InstructionSet, precision: MatmulPrecision) {
    let pool = ThreadPool(threads: 2, instructionSet: set, backend: .own)
    for example in [Self.long, Self.normed] {
      expectMemoryAsForeseen(example, precision, pool)
    }
  }

  private func expectMemoryAsForeseen(
    _ example: ModelCase, _ precision: MatmulPrecision, _ pool: ThreadPool
  ) {
    let (input, targets, weights) = example.batch()
    var bytes: [Int] = []
    for recomputation in Recomputation.allCases {
      let model = example.transformer(pool)
      model.precision = precision
      _ = outcome(model, recomputation, (input, targets, weights))
      let forecast = MemoryForecast(
        training: example.shape, rows: input.rows, length: input.length, precision: precision,
        pool: pool, recomputation: recomputation)
      #expect(model.activationBytes == forecast.activations)
      bytes.append(forecast.activations)
      model.releaseActivations()
      #expect(model.activationBytes == 0)
    }
    #expect(bytes[0] > bytes[1])
    #expect(bytes[1] > bytes[2])
  }

  @Test func theFastestThatFitsIsTaken() {
    let sizes: [Recomputation: Int] = [.none: 90, .selective: 50, .full: 20]
    func chosen(_ bytes: Int) -> Recomputation {
      .fitting(bytes) { sizes[$0] ?? 0 }
    }
    #expect(chosen(90) == .none)
    #expect(chosen(89) == .selective)
    #expect(chosen(49) == .full)
    #expect(chosen(19) == .full)
  }

  /// More tokens than two chunks hold, the last chunk not full, a row's border inside of a chunk.
  static let long = ModelCase(
    name: "many chunks", shape: small, rows: 3, length: 2_900, documents: true, ignored: true)
  /// Matrices that do not lie behind each other, and an output matrix of its own.
  static let padded = ModelCase(
    name: "padding", shape: ModelCase.odd, rows: 3, length: 400, documents: true)
  /// Biases and norms of heads, and a layer without positions.
  static let normed: ModelCase = {
    var shape = small
    (shape.qkvBias, shape.qkNorm, shape.nopeEvery) = (true, true, 2)
    return ModelCase(
      name: "biases and norms of heads", shape: shape, rows: 3, length: 2_900, documents: true,
      attentionFactor: 1.1)
  }()
  private static let small = LlamaShape(
    vocabulary: 11, width: 16, layers: 3, heads: 2, kvHeads: 1, headWidth: 16, feedForward: 24)
}
