public import Support

/// Llama 3.1's scaling: long wavelengths divided, short ones kept, a smooth blend between.
public struct Llama3Scaling: FrequencyTransform {
  /// `llama3`.
  public static let kind = KindDescription(
    "llama3",
    "Pairs with long wavelengths turn `factor` times more slowly, short ones stay, smooth between.",
    source: "Llama 3.1 model code; Hugging Face transformers, `llama3` rope type",
    settings: [
      SharedRopeSettings.factor,
      SharedRopeSettings.base,
      Setting(
        "low_freq_factor", .real(1e-6...1e6), default: .real(1),
        help: "Pairs with fewer turns than this inside the trained context are divided.",
        applies: .nextStage),
      Setting(
        "high_freq_factor", .real(1e-6...1e6), default: .real(4),
        help: "Pairs with more turns than this stay unchanged.", applies: .nextStage),
    ])

  let factor: Double?
  let newBase: Double?
  let low: Double
  let high: Double

  /// Takes the factor and the two borders.
  ///
  /// - Throws: `UserError` when `high_freq_factor` is not above `low_freq_factor`.
  public init(_ values: SettingsValues) throws {
    factor = values.real("factor")
    newBase = values.real("base")
    low = values.real("low_freq_factor") ?? 1
    high = values.real("high_freq_factor") ?? 4
    guard high > low else {
      throw UserError(
        "rope.high_freq_factor",
        "a number above low_freq_factor is needed, \(high) and \(low) found",
        remedy: "The usual pair is 4 and 1.")
    }
  }

  /// theta_i kept, blended or divided by how many turns it makes inside the trained context.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let factor = factor ?? window.factor
    let plain = RotaryFrequencies(headWidth: headWidth, base: window.base)
    let inverse = plain.inverse.map { theta in
      let turns = Double(window.trainedContext) * theta / (2 * .pi)
      let kept = min(max((turns - low) / (high - low), 0), 1)
      return (1 - kept) * theta / factor + kept * theta
    }
    return RotaryFrequencies(inverse: inverse, base: window.base)
  }
}
