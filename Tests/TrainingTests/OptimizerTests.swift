import Kernels
import Models
import Support
import Tensors
import Testing
import Training

#if canImport(Glibc)
  import Glibc
#endif

/// Schedules by value, AdamW against its equations in Double.
@Suite struct OptimizerTests {
  @Test(
    arguments: [
      ("constant", 0, 0.25), ("constant", 3, 1.0), ("constant", 99, 1.0),
      ("linear", 1, 0.5), ("linear", 4, 1.0), ("linear", 52, 0.0), ("linear", 28, 0.5),
      ("cosine", 3, 1.0), ("cosine", 4, 1.0), ("cosine", 28, 0.5), ("cosine", 52, 0.0),
      ("cosine", 16, 0.853_553_39),
    ])
  func schedulesHaveTheirFactors(_ name: String, _ step: Int, _ expected: Double) throws {
    let schedule = try schedules.make(name, ["warmup": .integer(4), "final": .real(0)])
    #expect(abs(schedule.factor(step: step, total: 53) - expected) < 1e-8)
  }

  @Test(arguments: ["constant", "linear", "cosine"], [1, 2, 10])
  func schedulesStayFiniteForShortStages(_ name: String, total: Int) throws {
    let schedule = try schedules.make(name, ["warmup": .integer(5)])
    for step in 0..<total {
      let factor = schedule.factor(step: step, total: total)
      #expect(factor > 0 && factor <= 1)
    }
  }

  @Test func updatesFollowTheEquations() throws {
    var layout = TensorLayout()
    layout.append("norm", shape: [3], axes: ["width"])
    layout.append("matrix", shape: [5, 7], axes: ["out", "in"])
    let sets = (0..<4).map { _ in ParameterSet(layout: layout) }
    var random = RandomStream(seed: 6, name: "adamw")
    let decaying = 16..<16 + 35
    for index in Array(0..<3) + Array(decaying) {
      sets[0].values.pointer[index] = Float(random.normal())
    }
    var expected = sets[0].values.buffer.map(Double.init)
    var m = [Double](repeating: 0, count: layout.count)
    var v = m
    let optimizer = try AdamW(
      SettingsValues(["weight_decay": .real(0.2)], declared: AdamW.kind.settings))
    let pool = ThreadPool(threads: 2)
    for step in 1...9 {
      for index in 0..<layout.count where index < 3 || decaying.contains(index) {
        let gradient = Float(random.normal())
        sets[1].values.pointer[index] = gradient
        let g = Double(gradient) * 0.5
        m[index] = 0.9 * m[index] + 0.1 * g
        v[index] = 0.98 * v[index] + 0.02 * g * g
        let root = (v[index] / (1 - pow(0.98, Double(step)))).squareRoot() + 1e-8
        if decaying.contains(index) { expected[index] *= 1 - 0.01 * 0.2 }
        expected[index] -= 0.01 * m[index] / (1 - pow(0.9, Double(step))) / root
      }
      optimizer.update(
        sets[0], gradients: sets[1], first: sets[2], second: sets[3], step: step, rate: 0.01,
        gradientScale: 0.5, pool: pool)
    }
    for index in 0..<3 {
      #expect(abs(Double(sets[0].values.pointer[index]) - expected[index]) < 1e-5)
    }
    for index in decaying {
      #expect(abs(Double(sets[0].values.pointer[index]) - expected[index]) < 1e-5)
    }
    for index in 3..<16 { #expect(sets[0].values.pointer[index] == 0) }
  }

  @Test func unknownKindsAreRefusedWithASuggestion() {
    #expect(throws: UserError.self) { try optimizers.make("adam") }
    #expect(throws: UserError.self) { try schedules.make("cosin") }
  }

  @Test func modelSettingsThatDoNotFitAreRefusedByKey() throws {
    func shape(_ given: [String: SettingsValue]) throws -> LlamaShape {
      let values = SettingsValues(
        [
          "width": .integer(64), "layers": .integer(2), "heads": .integer(4),
          "feed_forward": .integer(96),
        ].merging(given) { $1 }, declared: LlamaShape.kind.settings)
      return try LlamaShape(values, vocabulary: 100, trainedContext: 256)
    }
    #expect(
      try shape([:])
        == LlamaShape(
          vocabulary: 100, width: 64, layers: 2, heads: 4, feedForward: 96))
    #expect(
      try shape(["kv_heads": .integer(2)]).parameterCount == 6400 + 2 * (12_288 + 18_432 + 128) + 64
    )
    let qwen = try shape(["qkv_bias": .flag(true), "qk_norm": .flag(true)])
    #expect(qwen.qkvBias && qwen.qkNorm)
    #expect(try shape(["qkv_bias": .flag(false)]) == shape([:]))
    for (given, key) in [
      (["kv_heads": SettingsValue.integer(3)], "model.kv_heads"),
      (["heads": .integer(3)], "model.width"),
      (["heads": .integer(64), "kv_heads": .integer(1)], "model.head_width"),
    ] {
      let error = #expect(throws: UserError.self) { try shape(given) }
      #expect(error?.place == key)
    }
  }
}
