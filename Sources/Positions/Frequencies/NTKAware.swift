public import Support

/// NTK-aware scaling: the base for which the slowest pair slows by exactly the factor.
public struct NTKAware: FrequencyTransform {
  /// `ntk`.
  public static let kind = KindDescription(
    "ntk",
    "NTK-aware base: the fastest pair stays, the slowest turns exactly `factor` times more slowly.",
    source: "YaRN (arXiv:2309.00071), section 3.1",
    settings: [SharedRopeSettings.factor, SharedRopeSettings.base])

  let factor: Double?
  let newBase: Double?

  /// Takes `factor` and `base`.
  public init(_ values: SettingsValues) throws {
    factor = values.real("factor")
    newBase = values.real("base")
  }

  /// The plain series of base * factor^(E/(E-2)).
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    return RotaryFrequencies(
      headWidth: headWidth, base: try window.stretchedBase(by: factor ?? window.factor))
  }
}
