import Foundation
import Kernels
import Models
import Tensors
import TestSupport
import Testing

/// Biases of query, key and value and norms of heads, as parameters of a shape that may do without.
struct HeadParameterTests {
  private static let plain = LlamaShape(
    vocabulary: 50, width: 32, layers: 2, heads: 4, kvHeads: 2, headWidth: 24, feedForward: 48)

  private static var full: LlamaShape {
    var shape = plain
    (shape.qkvBias, shape.qkNorm) = (true, true)
    return shape
  }

  @Test func namesAndShapesAreThoseOfTheLayout() {
    let added = Self.full.parameterLayout.entries.filter { entry in
      Self.plain.parameterLayout[entry.name] == nil
    }
    #expect(
      added.prefix(5).map(\.name) == [
        "layers/00/attention/query_bias", "layers/00/attention/key_bias",
        "layers/00/attention/value_bias", "layers/00/attention/query_norm",
        "layers/00/attention/key_norm",
      ])
    #expect(added.prefix(5).map(\.shape) == [[96], [48], [48], [24], [24]])
    #expect(
      added.prefix(5).map(\.axes) == [
        ["head"], ["head"], ["head"], ["head_width"], ["head_width"],
      ])
    #expect(added.count == 10)
  }

  @Test(arguments: [plain, full])
  func theCountIsThatOfTheLayout(_ shape: LlamaShape) {
    #expect(shape.parameterCount == shape.parameterLayout.entries.reduce(0) { $0 + $1.count })
  }

  @Test func neitherCostsProducts() {
    #expect(
      FlopCount.trainingStep(Self.full, rows: 2, length: 64)
        == FlopCount.trainingStep(Self.plain, rows: 2, length: 64))
  }

  @Test func aShapeWithoutThemIsStoredAsBefore() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // What the program wrote before it knew of biases and norms of heads.
    let old = """
      {"feedForward":48,"headWidth":24,"heads":4,"kvHeads":2,"layers":2,"normEpsilon":0.5,\
      "ropeBase":10000,"tied":true,"trainedContext":256,"vocabulary":50,"width":32}
      """
    var shape = Self.plain
    shape.normEpsilon = 0.5
    #expect(String(decoding: try encoder.encode(shape), as: UTF8.self) == old)
    #expect(try JSONDecoder().decode(LlamaShape.self, from: Data(old.utf8)) == shape)
    let denied = old.replacing("}", with: ",\"qkNorm\":false}")
    #expect(try !JSONDecoder().decode(LlamaShape.self, from: Data(denied.utf8)).qkNorm)
    let stored = try encoder.encode(Self.full)
    #expect(String(decoding: stored, as: UTF8.self).contains("\"qkNorm\":true,\"qkvBias\":true"))
    #expect(try JSONDecoder().decode(LlamaShape.self, from: stored) == Self.full)
    var off = Self.full
    (off.qkvBias, off.qkNorm) = (false, false)
    #expect(off == Self.plain)
  }

  @Test func biasesBeginAtZeroAndNormsAtOne() {
    let model = Transformer(shape: Self.full, pool: ThreadPool(threads: 1))
    model.initialize(seed: 1)
    #expect(model.parameters["layers/01/attention/value_bias"]?.allSatisfy { $0 == 0 } == true)
    #expect(model.parameters["layers/01/attention/key_norm"]?.allSatisfy { $0 == 1 } == true)
  }

  /// A norm makes the length of what it reads no matter, a bias moves it.
  @Test func normsTakeTheLengthOutOfQueriesAndKeys() {
    func losses(scaled: String) -> [Float] {
      var example = ModelCase.normed
      example.shape.normEpsilon = 1e-12
      let model = example.transformer(ThreadPool(threads: 1))
      for layer in ["00", "01"] {
        guard let weights = model.parameters["layers/\(layer)/attention/\(scaled)"] else {
          continue
        }
        for index in weights.indices { weights[index] *= 4 }
      }
      let (input, targets, _) = example.batch()
      return model.losses(input, targets: targets)
    }
    let (plain, query, value) = (
      losses(scaled: "none"), losses(scaled: "query"), losses(scaled: "value")
    )
    for (a, b) in zip(plain, query) { #expect(abs(a - b) < 1e-5) }
    #expect(zip(plain, value).contains { abs($0 - $1) > 1e-3 })
  }
}
