public import Support

/// NTK by parts with a temperature: fast pairs stay, slow pairs are interpolated, a ramp between.
public struct YaRN: FrequencyTransform {
  /// `yarn`.
  public static let kind = KindDescription(
    "yarn",
    "Fast pairs stay, slow pairs turn `factor` times more slowly, a ramp between; attention is "
      + "sharpened.",
    source: "YaRN (arXiv:2309.00071), sections 3.2 to 3.4",
    settings: [
      SharedRopeSettings.factor,
      SharedRopeSettings.base,
      Setting(
        "ramp", .choice(["dimensions", "rotations"]), default: .text("dimensions"),
        help: "Ramp over the pair's index as every published program does, or over its number of "
          + "turns as the paper prints.", applies: .nextStage),
      Setting(
        "beta_fast", .real(1e-6...1e6), default: .real(32),
        help: "Pairs with more turns than this inside the trained context stay unchanged.",
        applies: .nextStage),
      Setting(
        "beta_slow", .real(1e-6...1e6), default: .real(1),
        help: "Pairs with fewer turns than this are divided by the factor.", applies: .nextStage),
      Setting(
        "truncate", .flag, default: .flag(true),
        help: "Round the ends of the ramp outwards to whole dimensions; `dimensions` only.",
        applies: .nextStage),
      Setting(
        "attention_factor", .real(1e-3...1e3), default: nil,
        help: "Factor on cosine and sine; 0.1 ln(factor) + 1 when absent.", applies: .nextStage),
      Setting(
        "mscale", .real(0...100), default: nil,
        help: "Slope of the attention factor; counts only together with mscale_all_dim.",
        applies: .nextStage),
      Setting(
        "mscale_all_dim", .real(0...100), default: nil,
        help: "Slope of the divisor of the attention factor.", applies: .nextStage),
    ])

  let values: SettingsValues
  let betaFast: Double
  let betaSlow: Double

  /// Takes the ramp and the temperature.
  ///
  /// - Throws: `UserError` when `beta_fast` is not above `beta_slow`.
  public init(_ values: SettingsValues) throws {
    self.values = values
    betaFast = values.real("beta_fast") ?? 32
    betaSlow = values.real("beta_slow") ?? 1
    guard betaFast > betaSlow else {
      throw UserError(
        "rope.beta_fast",
        "a number above beta_slow is needed, \(betaFast) and \(betaSlow) found",
        remedy: "The usual pair is 32 and 1.")
    }
  }

  /// A blend of theta_i and theta_i / factor by the ramp, with YaRN's attention factor.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: values.real("base") ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let factor = values.real("factor") ?? window.factor
    let plain = RotaryFrequencies(headWidth: headWidth, base: window.base).inverse
    let shares =
      values.text("ramp") == "rotations"
      ? rotationRamp(plain, window) : dimensionRamp(plain.count, window)
    let inverse = zip(plain, shares).map { theta, share in
      theta * (1 - share) + theta / factor * share
    }
    return RotaryFrequencies(
      inverse: inverse, attentionFactor: attentionFactor(factor), base: window.base)
  }

  /// The interpolated share of each pair: 0 stays, 1 is divided; linear in the pair's index.
  private func dimensionRamp(_ pairs: Int, _ window: RotaryWindow) -> [Double] {
    func dimension(_ turns: Double) -> Double {
      Double(window.headWidth) * naturalLog(Double(window.trainedContext) / (turns * 2 * .pi))
        / (2 * naturalLog(window.base))
    }
    var low = dimension(betaFast)
    var high = dimension(betaSlow)
    if values.flag("truncate") ?? true {
      low = low.rounded(.down)
      high = high.rounded(.up)
    }
    low = max(low, 0)
    high = min(high, Double(window.headWidth - 1))
    if low == high { high += 0.001 }
    return (0..<pairs).map { min(max((Double($0) - low) / (high - low), 0), 1) }
  }

  /// The interpolated share of each pair, linear in its turns inside the trained context.
  private func rotationRamp(_ plain: [Double], _ window: RotaryWindow) -> [Double] {
    plain.map { theta in
      let turns = Double(window.trainedContext) * theta / (2 * .pi)
      return 1 - min(max((turns - betaSlow) / (betaFast - betaSlow), 0), 1)
    }
  }

  private func attentionFactor(_ factor: Double) -> Double {
    if let given = values.real("attention_factor") { return given }
    func temperature(_ slope: Double) -> Double {
      factor <= 1 ? 1 : 0.1 * slope * naturalLog(factor) + 1
    }
    // Zero counts as absent, as in the programs that read these keys.
    guard let own = values.real("mscale"), let all = values.real("mscale_all_dim"), own != 0,
      all != 0
    else { return temperature(1) }
    return temperature(own) / temperature(all)
  }
}
