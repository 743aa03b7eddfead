import Kernels
import Models
import Support
import Tensors
import TestSupport
import Testing

/// A small model with a batch, in the engine and in the reference.
struct ModelCase: Sendable, CustomTestStringConvertible {
  let name: String
  var shape: LlamaShape
  var rows = 2
  var length = 7
  var documents = false
  var stretched = false
  var ignored = false
  var attentionFactor = 1.0
  /// Positions that keep the angles of before; for a case with a factor.
  var startTokens = 0

  var testDescription: String { name }

  static let all: [ModelCase] = [
    ModelCase(name: "tied, one head group", shape: small(heads: 2, kvHeads: 2, tied: true)),
    ModelCase(
      name: "untied, grouped queries", shape: small(heads: 4, kvHeads: 2, tied: false)),
    ModelCase(
      name: "documents and stretched positions", shape: small(heads: 4, kvHeads: 1, tied: true),
      documents: true, stretched: true),
    ModelCase(name: "every second block without positions", shape: nope, stretched: true),
    ModelCase(
      name: "ignored targets, odd sizes, score factor", shape: odd, rows: 3, length: 5,
      documents: true, stretched: true, ignored: true, attentionFactor: 1.2),
    ModelCase(
      name: "start tokens unscaled", shape: small(heads: 2, kvHeads: 1, tied: true),
      attentionFactor: 1.2, startTokens: 3),
    biased, normed, biasedAndNormed,
  ]

  /// As Qwen2 has it.
  static let biased: ModelCase = {
    var shape = small(heads: 4, kvHeads: 2, tied: true)
    shape.qkvBias = true
    return ModelCase(name: "biases of query, key and value", shape: shape)
  }()

  /// As Qwen3 has it, with a layer whose heads have norms and are not turned.
  static let normed: ModelCase = {
    var shape = nope
    shape.qkNorm = true
    return ModelCase(
      name: "norms of heads", shape: shape, documents: true, stretched: true)
  }()

  /// Padding between the biases too.
  static let biasedAndNormed: ModelCase = {
    var shape = odd
    (shape.qkvBias, shape.qkNorm) = (true, true)
    return ModelCase(
      name: "biases and norms of heads, odd sizes, score factor", shape: shape, rows: 3, length: 5,
      documents: true, stretched: true, ignored: true, attentionFactor: 1.2)
  }()

  static func small(heads: Int, kvHeads: Int, tied: Bool) -> LlamaShape {
    LlamaShape(
      vocabulary: 11, width: 8, layers: 2, heads: heads, kvHeads: kvHeads, headWidth: 16,
      feedForward: 12, tied: tied)
  }

  static var nope: LlamaShape {
    var shape = small(heads: 2, kvHeads: 1, tied: true)
    shape.nopeEvery = 2
    return shape
  }

  /// Widths that leave padding between tensors, so that packed matrices are split.
  static let odd = LlamaShape(
    vocabulary: 13, width: 5, layers: 2, heads: 3, kvHeads: 1, headWidth: 24, feedForward: 7,
    tied: false, normEpsilon: 1e-3, ropeBase: 500)

  func transformer(_ pool: ThreadPool) -> Transformer {
    let model = Transformer(shape: shape, pool: pool)
    model.initialize(seed: 7, deviation: 0.4)
    var random = RandomStream(seed: 7, name: "norms")
    for entry in model.parameters.layout.entries where entry.shape.count == 1 {
      let view = model.parameters.view(entry)
      let least = entry.name.hasSuffix("_bias") ? -0.2 : 0.8
      for index in view.indices { view[index] = Float(least + 0.4 * random.uniform()) }
    }
    if attentionFactor != 1 {
      model.setRotary(
        inverseFrequencies: model.inverseFrequencies.map { $0 * 0.7 },
        attentionFactor: attentionFactor,
        start: startTokens > 0 ? (startTokens, model.inverseFrequencies) : nil)
    }
    return model
  }

  func reference(_ model: Transformer) -> ReferenceModel {
    var reference = ReferenceModel(
      vocabulary: shape.vocabulary, width: shape.width, layers: shape.layers, heads: shape.heads,
      kvHeads: shape.kvHeads, headWidth: shape.headWidth, feedForward: shape.feedForward,
      ropeBase: shape.ropeBase)
    reference.epsilon = shape.normEpsilon
    reference.nopeEvery = shape.nopeEvery
    if attentionFactor != 1 {
      reference.start = (startTokens, reference.inverse)
      reference.inverse = reference.inverse.map { $0 * 0.7 }
      reference.attentionFactor = attentionFactor
    }
    for entry in model.parameters.layout.entries {
      reference.parameters[entry.name] = model.parameters.view(entry).map(Double.init)
    }
    return reference
  }

  /// Batch, targets and weights that sum to 1.
  func batch() -> (input: ModelInput, targets: [Int32], weights: [Float]) {
    var random = RandomStream(seed: 11, name: name)
    let count = rows * length
    let tokens = (0..<count).map { _ in Int32(random.below(shape.vocabulary)) }
    var targets = (0..<count).map { _ in Int32(random.below(shape.vocabulary)) }
    var positions: [Int32] = []
    var starts: [Int32] = []
    for row in 0..<rows {
      var position: Int32 = 0
      var start: Int32 = 0
      for token in 0..<length {
        if documents, token > 0, random.chance(0.35) { start = Int32(token) }
        starts.append(start)
        positions.append(position)
        position += stretched ? Int32(1 + random.below(40)) : 1
        if ignored, row == 0 || random.chance(0.3) { targets[row * length + token] = -1 }
      }
    }
    var weights = (0..<count).map { targets[$0] < 0 ? 0 : Float(1 + random.below(4)) }
    let sum = weights.reduce(0, +)
    for index in weights.indices { weights[index] /= sum }
    let input = ModelInput(
      rows: rows, length: length, tokens: tokens, positions: positions, documentStarts: starts)
    return (input, targets, weights)
  }

  /// Losses of the batch by the reference, [B * T].
  static func losses(_ model: ReferenceModel, _ input: ModelInput, _ targets: [Int32]) -> [Double] {
    (0..<input.rows).flatMap { row in
      let range = row * input.length..<(row + 1) * input.length
      return model.losses(
        tokens: input.tokens[range].map(Int.init), positions: input.positions[range].map(Int.init),
        starts: input.documentStarts[range].map(Int.init), targets: targets[range].map(Int.init))
    }
  }
}
