import Kernels
import Models
import Support
import Tensors
import TestSupport
import Testing

/// The passes against the naive reference in Double, and against each other.
@Suite struct TransformerTests {
  let pool = ThreadPool(threads: 2)

  @Test(arguments: ModelCase.all)
  func everyPassGivesTheReferencesLosses(_ example: ModelCase) {
    let model = example.transformer(pool)
    let (input, targets, weights) = example.batch()
    let expected = ModelCase.losses(example.reference(model), input, targets)
    let trained = model.lossAndGradients(input, targets: targets, weights: weights)
    let evaluated = model.losses(input, targets: targets)
    let predicted = model.predict(input, at: Array(targets.indices), targets: targets)
    for index in expected.indices {
      #expect(abs(Double(trained[index]) - expected[index]) < 2e-5)
      #expect(abs(Double(evaluated[index]) - expected[index]) < 2e-5)
      #expect(abs(Double(predicted[index].targetLogProbability) + expected[index]) < 2e-5)
    }
  }

  @Test(arguments: ModelCase.all)
  func everyGradientIsTheSlopeOfTheReferencesLoss(_ example: ModelCase) {
    let model = example.transformer(pool)
    let (input, targets, weights) = example.batch()
    model.zeroGradients()
    _ = model.lossAndGradients(input, targets: targets, weights: weights)
    var reference = example.reference(model)
    func total() -> Double {
      zip(ModelCase.losses(reference, input, targets), weights).reduce(0) {
        $0 + $1.0 * Double($1.1)
      }
    }
    let distance = 1e-5
    for entry in model.parameters.layout.entries {
      let gradient = model.gradients.view(entry)
      var largest = 1e-3
      var worst = 0.0
      for index in gradient.indices {
        let kept = reference.parameters[entry.name]?[index] ?? 0
        reference.parameters[entry.name]?[index] = kept + distance
        let above = total()
        reference.parameters[entry.name]?[index] = kept - distance
        let slope = (above - total()) / (2 * distance)
        reference.parameters[entry.name]?[index] = kept
        largest = max(largest, abs(slope))
        worst = max(worst, abs(slope - Double(gradient[index])))
      }
      #expect(worst <= 2e-5 * largest + 1e-7, "\(entry.name): \(worst) of \(largest)")
    }
  }

  @Test func chosenLogitsAndPredictionsAreThoseOfTheReference() {
    let example = ModelCase.all[1]
    let model = example.transformer(pool)
    let (input, targets, _) = example.batch()
    let chosen = [12, 0, 5]
    let scores = model.logits(input, at: chosen)
    let predictions = model.predict(input, at: chosen, targets: chosen.map { targets[$0] })
    let reference = example.reference(model)
    let v = example.shape.vocabulary
    for (place, index) in chosen.enumerated() {
      let row = index / input.length
      let range = row * input.length..<(row + 1) * input.length
      let expected = reference.logits(
        tokens: input.tokens[range].map(Int.init), positions: input.positions[range].map(Int.init),
        starts: input.documentStarts[range].map(Int.init))[index % input.length]
      for token in 0..<v {
        #expect(abs(Double(scores[place * v + token]) - expected[token]) < 2e-5)
      }
      let best = expected.indices.max { expected[$0] < expected[$1] }
      #expect(predictions[place].token == best.map(Int32.init))
    }
  }

  @Test func packedDocumentsHaveTheLossesThatTheyHaveAlone() {
    let shape = LlamaShape(
      vocabulary: 50, width: 32, layers: 2, heads: 2, feedForward: 48)
    let model = Transformer(shape: shape, pool: pool)
    model.initialize(seed: 3, deviation: 0.2)
    var random = RandomStream(seed: 3, name: "documents")
    let lengths = [70, 1, 29, 100]
    let total = lengths.reduce(0, +)
    let tokens = (0..<total).map { _ in Int32(random.below(50)) }
    let targets = (0..<total).map { _ in Int32(random.below(50)) }
    var starts: [Int32] = []
    for length in lengths {
      starts += [Int32](repeating: Int32(starts.count), count: length)
    }
    let packed = model.losses(
      ModelInput(
        rows: 1, length: total, tokens: tokens, positions: (0..<Int32(total)).map { $0 },
        documentStarts: starts),
      targets: targets)
    var first = 0
    for length in lengths {
      let range = first..<first + length
      let alone = model.losses(
        ModelInput(tokens: Array(tokens[range])), targets: Array(targets[range]))
      for index in 0..<length { #expect(abs(alone[index] - packed[first + index]) < 1e-5) }
      first += length
    }
  }

  @Test func rowsWithoutTargetsGiveZeroLossAndZeroGradient() {
    let example = ModelCase.all[0]
    let model = example.transformer(pool)
    let (input, targets, weights) = example.batch()
    model.zeroGradients()
    let losses = model.lossAndGradients(
      input, targets: targets.map { _ in -1 }, weights: weights.map { _ in 0 })
    #expect(losses.allSatisfy { $0 == 0 })
    #expect(model.gradients.values.buffer.allSatisfy { $0 == 0 })
  }

  @Test func sameValuesGiveTheSameBits() {
    let example = ModelCase.all[2]
    func run() -> ([Float], [Float]) {
      let model = example.transformer(ThreadPool(threads: 2))
      let (input, targets, weights) = example.batch()
      let losses = model.lossAndGradients(input, targets: targets, weights: weights)
      return (losses, Array(model.gradients.values.buffer))
    }
    let (first, second) = (run(), run())
    #expect(first.0 == second.0)
    #expect(first.1 == second.1)
  }

  @Test func activationsAreNotAllocatedAgainForASmallerBatch() {
    let example = ModelCase.all[0]
    let model = example.transformer(pool)
    let (input, targets, weights) = example.batch()
    _ = model.lossAndGradients(input, targets: targets, weights: weights)
    let bytes = model.activationBytes
    _ = model.losses(ModelInput(tokens: [1, 2, 3]), targets: [2, 3, 4])
    _ = model.lossAndGradients(input, targets: targets, weights: weights)
    #expect(model.activationBytes == bytes)
  }

  @Test(arguments: InstructionSet.available.filter(\.hasBFloat16), [false, true])
  func bfloat16OperandsChangeLossesAndGradientsOnlyByTheirRounding(
    _ set: InstructionSet, hasHeadParameters: Bool
  ) {
    let shape = LlamaShape(
      vocabulary: 64, width: 64, layers: 2, heads: 2, feedForward: 96,
      qkvBias: hasHeadParameters, qkNorm: hasHeadParameters)
    let model = Transformer(
      shape: shape, pool: ThreadPool(threads: 2, instructionSet: set, backend: .own))
    model.initialize(seed: 8, deviation: 0.1)
    var random = RandomStream(seed: 8, name: "bfloat16")
    let tokens = (0..<96).map { _ in Int32(random.below(64)) }
    let targets = (0..<96).map { _ in Int32(random.below(64)) }
    func pass(_ precision: MatmulPrecision) -> (losses: [Float], gradients: [Float]) {
      model.precision = precision
      model.zeroGradients()
      let weights = [Float](repeating: 1 / 96, count: 96)
      let losses = model.lossAndGradients(
        ModelInput(rows: 3, length: 32, tokens: tokens), targets: targets, weights: weights)
      return (losses, Array(model.gradients.values.buffer))
    }
    let (exact, rounded) = (pass(.float32), pass(.bfloat16))
    for (a, b) in zip(exact.losses, rounded.losses) { #expect(abs(a - b) < 0.05) }
    let size = exact.gradients.reduce(0) { $0 + $1 * $1 }
    let error = zip(exact.gradients, rounded.gradients).reduce(0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
    }
    #expect((error / size).squareRoot() < 0.03)
    #expect(exact.losses != rounded.losses)
  }

  @Test func farPositionsKeepTheirPrecision() {
    let example = ModelCase.all[0]
    let model = example.transformer(pool)
    let (input, targets, _) = example.batch()
    let far = ModelInput(
      rows: input.rows, length: input.length, tokens: input.tokens,
      positions: input.positions.map { $0 + 90_000_000 }, documentStarts: input.documentStarts)
    let near = model.losses(input, targets: targets)
    for (a, b) in zip(near, model.losses(far, targets: targets)) { #expect(abs(a - b) < 2e-5) }
  }
}
