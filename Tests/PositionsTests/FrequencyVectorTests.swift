import Positions
import Support
import Testing

/// Worked vectors: head width 8, base 1e4, trained 256, target 1024, computed by hand from the
/// formulas of the papers that each kind names.
struct FrequencyVectorTests {
  struct Vector: Sendable {
    let kind: String
    let settings: [String: SettingsValue]
    let inverse: [Double]
    let base: Double
    var attentionFactor = 1.0
  }

  static let vectors = [
    Vector(kind: "none", settings: [:], inverse: [1, 0.1, 0.01, 0.001], base: 1e4),
    Vector(kind: "linear", settings: [:], inverse: [0.25, 0.025, 0.0025, 0.00025], base: 1e4),
    Vector(
      kind: "ntk", settings: [:], inverse: [1, 0.062_996_05, 0.003_968_503, 0.000_25],
      base: 63496.042),
    Vector(
      kind: "dynamic", settings: [:],
      inverse: [1, 0.042_529_04, 0.001_808_719, 0.000_076_923_08], base: 305_673.509),
    Vector(
      kind: "yarn", settings: [:], inverse: [1, 0.0625, 0.0025, 0.000_25], base: 1e4,
      attentionFactor: 1.138_629),
    Vector(
      kind: "yarn", settings: ["ramp": .text("rotations")],
      inverse: [1, 0.032_437_98, 0.0025, 0.000_25], base: 1e4, attentionFactor: 1.138_629),
    Vector(kind: "llama3", settings: [:], inverse: [1, 0.1, 0.0025, 0.000_25], base: 1e4),
    Vector(
      kind: "proportional", settings: ["keep": .real(0.5)], inverse: [1, 0.1, 0, 0], base: 1e4),
    Vector(kind: "partial", settings: [:], inverse: [1, 0.01, 0, 0], base: 1e4),
    Vector(
      kind: "abf", settings: ["base": .real(160_000)],
      inverse: [1, 0.05, 0.0025, 0.000_125], base: 160_000),
  ]

  @Test(arguments: vectors)
  func everyKindGivesItsWorkedVector(_ vector: Vector) throws {
    let transform = try frequencyTransforms.make(vector.kind, vector.settings)
    let result = try transform.frequencies(
      headWidth: 8, base: 1e4, trainedContext: 256, targetContext: 1024)
    #expect(result.inverse.count == 4)
    for (found, wanted) in zip(result.inverse, vector.inverse) {
      #expect(abs(found - wanted) <= 1e-6 * wanted, "\(vector.kind): \(result.inverse)")
    }
    #expect(abs(result.base / vector.base - 1) < 1e-7)
    #expect(abs(result.attentionFactor - vector.attentionFactor) < 1e-6)
  }

  @Test(arguments: [
    (5e5, 8192, 10, 48.877e6), (5e5, 8192, 16, 131.461e6), (1e6, 32768, 4, 13.540e6),
  ])
  func absentBaseFollowsLongRecipesTable(
    _ base: Double, _ trained: Int, _ factor: Int, _ wanted: Double
  ) throws {
    let result = try frequencyTransforms.make("abf").frequencies(
      headWidth: 128, base: base, trainedContext: trained, targetContext: trained * factor)
    #expect(abs(result.base / wanted - 1) < 1e-4, "\(result.base)")
  }

  @Test(arguments: [
    (32, [20946.0, 43873, 91896, 192_484]), (64, [20452.0, 41829, 85550, 174_970]),
  ])
  func ntkBasesOfSmallHeads(_ width: Int, _ wanted: [Double]) throws {
    for (factor, base) in zip([2, 4, 8, 16], wanted) {
      let result = try frequencyTransforms.make("ntk").frequencies(
        headWidth: width, base: 1e4, trainedContext: 256, targetContext: 256 * factor)
      #expect(abs(result.base - base) < 1, "\(width) \(factor): \(result.base)")
    }
  }

  @Test func ntkSlowsTheSlowestPairByExactlyTheFactor() throws {
    let plain = RotaryFrequencies(headWidth: 64, base: 1e4)
    let result = try frequencyTransforms.make("ntk").frequencies(
      headWidth: 64, base: 1e4, trainedContext: 256, targetContext: 4096)
    #expect(abs(plain.inverse[31] / result.inverse[31] - 16) < 1e-9)
    #expect(result.inverse[0] == 1)
  }

  @Test(arguments: frequencyTransforms.descriptions.map(\.name))
  func everyKindIsTheIdentityAtFactorOne(_ kind: String) throws {
    let whole: [String: [String: SettingsValue]] = [
      "proportional": ["keep": .real(1)], "partial": ["share": .real(1)],
    ]
    let settings = whole[kind] ?? [:]
    let plain = RotaryFrequencies(headWidth: 64, base: 1e4)
    let result = try frequencyTransforms.make(kind, settings).frequencies(
      headWidth: 64, base: 1e4, trainedContext: 256, targetContext: 256)
    for (found, wanted) in zip(result.inverse, plain.inverse) {
      #expect(abs(found / wanted - 1) < 1e-12)
    }
    #expect(result.attentionFactor == 1)
  }

  @Test(arguments: frequencyTransforms.descriptions.map(\.name))
  func impossibleNumbersAreRefusedWithASentence(_ kind: String) throws {
    let transform = try frequencyTransforms.make(kind)
    for (width, base, trained, target) in [
      (7, 1e4, 256, 512), (0, 1e4, 256, 512), (-2, 1e4, 256, 512), (8, 1.0, 256, 512),
      (8, -5, 256, 512), (8, .nan, 256, 512), (8, .infinity, 256, 512), (8, 1e4, 0, 512),
      (8, 1e4, 256, -1),
    ] {
      #expect(throws: UserError.self, "\(width) \(base) \(trained) \(target)") {
        try transform.frequencies(
          headWidth: width, base: base, trainedContext: trained, targetContext: target)
      }
    }
  }

  @Test(arguments: ["ntk", "dynamic", "abf"])
  func aHeadOfOnePairHasNoBaseToStretch(_ kind: String) throws {
    let transform = try frequencyTransforms.make(kind)
    #expect(throws: UserError.self) {
      try transform.frequencies(
        headWidth: 2, base: 1e4, trainedContext: 256, targetContext: 512)
    }
  }

  @Test func crossedBordersAreRefused() {
    #expect(throws: UserError.self) {
      try frequencyTransforms.make("yarn", ["beta_fast": .real(1), "beta_slow": .real(1)])
    }
    #expect(throws: UserError.self) {
      try frequencyTransforms.make(
        "llama3", ["low_freq_factor": .real(4), "high_freq_factor": .real(1)])
    }
  }

  @Test func aKindsOwnBaseReplacesTheModels() throws {
    for kind in [
      "linear", "ntk", "dynamic", "yarn", "llama3", "proportional", "partial", "longrope",
    ] {
      let own = try frequencyTransforms.make(kind, ["base": .real(5e5)]).frequencies(
        headWidth: 64, base: 1e4, trainedContext: 256, targetContext: 1024)
      let models = try frequencyTransforms.make(kind).frequencies(
        headWidth: 64, base: 5e5, trainedContext: 256, targetContext: 1024)
      #expect(own == models, "\(kind)")
    }
  }
}
