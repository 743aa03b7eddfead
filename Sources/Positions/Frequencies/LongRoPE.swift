public import Support

/// LongRoPE: every pair is slowed by a factor of its own, which a search finds.
///
/// - SeeAlso: `LongRoPESearch`.
public struct LongRoPE: FrequencyTransform {
  /// `longrope`.
  public static let kind = KindDescription(
    "longrope",
    "Every pair turns more slowly by a factor of its own, as `needlepoint longrope` searches them; "
      + "attention is sharpened.",
    source: "LongRoPE (arXiv:2402.13753), section 3.2; transformers' `longrope` rope type",
    settings: [
      Setting(
        "factors", .reals(1e-3...1e6), default: nil,
        help:
          "Divisor of each pair's frequency, fastest first; YaRN's ramp when absent, from which "
          + "the search starts.", applies: .nextStage),
      Setting(
        "short_factors", .reals(1e-3...1e6), default: nil,
        help: "The divisors when the target is not longer than the trained context; 1 when absent.",
        applies: .nextStage),
      Setting(
        "attention_factor", .real(1e-3...1e3), default: nil,
        help: "Factor on cosine and sine; sqrt(1 + ln(s) / ln(trained context)) with "
          + "s = target / trained context when absent.", applies: .nextStage),
      Setting(
        "start_tokens", .size(0...(1 << 20)), default: .integer(0),
        help: "Positions from 0 on that keep their angles of before when the target is longer than "
          + "the trained context.", source: "LongRoPE (arXiv:2402.13753), section 3.1",
        applies: .nextStage),
      SharedRopeSettings.base,
    ])

  let values: SettingsValues

  /// Takes the lists of divisors.
  public init(_ values: SettingsValues) throws { self.values = values }

  /// theta_i / factors[i].
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: values.real("base") ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let isLonger = targetContext > trainedContext
    let key = isLonger ? "factors" : "short_factors"
    let divisors =
      try values.reals(key) ?? (isLonger ? Self.rampFactors(window) : nil)
      ?? [Double](repeating: 1, count: headWidth / 2)
    guard divisors.count == headWidth / 2 else {
      throw UserError(
        "rope.\(key)", "\(divisors.count) divisors found, the head has \(headWidth / 2) pairs",
        remedy: "Give one for each pair.")
    }
    let plain = RotaryFrequencies(headWidth: headWidth, base: window.base).inverse
    let temperature =
      isLonger
      ? (1 + naturalLog(window.factor) / naturalLog(Double(max(2, trainedContext)))).squareRoot()
      : 1
    return RotaryFrequencies(
      inverse: zip(plain, divisors).map { $0 / $1 },
      attentionFactor: values.real("attention_factor") ?? temperature, base: window.base,
      startTokens: isLonger ? values.integer("start_tokens") ?? 0 : 0)
  }

  /// The divisors of YaRN's ramp: 1 for fast pairs, target / trained context for slow ones.
  static func rampFactors(_ window: RotaryWindow) throws -> [Double] {
    let ramp = try YaRN(SettingsValues([:], declared: YaRN.kind.settings)).frequencies(
      headWidth: window.headWidth, base: window.base, trainedContext: window.trainedContext,
      targetContext: window.targetContext)
    let plain = RotaryFrequencies(headWidth: window.headWidth, base: window.base).inverse
    return zip(plain, ramp.inverse).map { $0 / $1 }
  }
}
