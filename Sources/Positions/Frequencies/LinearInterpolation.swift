public import Support

/// Position interpolation: every frequency divided by the factor.
public struct LinearInterpolation: FrequencyTransform {
  /// `linear`.
  public static let kind = KindDescription(
    "linear",
    "Position interpolation: every pair turns `factor` times more slowly, which also squeezes "
      + "near distances.",
    source: "Chen et al. (arXiv:2306.15595), section 2.3",
    settings: [SharedRopeSettings.factor, SharedRopeSettings.base])

  let factor: Double?
  let newBase: Double?

  /// Takes `factor` and `base`.
  public init(_ values: SettingsValues) throws {
    factor = values.real("factor")
    newBase = values.real("base")
  }

  /// theta_i / factor.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let plain = RotaryFrequencies(headWidth: headWidth, base: window.base)
    let divisor = factor ?? window.factor
    return RotaryFrequencies(inverse: plain.inverse.map { $0 / divisor }, base: window.base)
  }
}
