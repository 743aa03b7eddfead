public import Support

/// Dynamic NTK scaling, frozen at the target context so that cached keys stay valid.
public struct DynamicNTK: FrequencyTransform {
  /// `dynamic`.
  public static let kind = KindDescription(
    "dynamic",
    "Dynamic NTK base, evaluated once at the target context; unchanged when the target is not "
      + "longer than the trained context.",
    source: "Hugging Face transformers, `dynamic` rope type; YaRN (arXiv:2309.00071), section 3.3",
    settings: [SharedRopeSettings.factor, SharedRopeSettings.base])

  let factor: Double?
  let newBase: Double?

  /// Takes `factor` and `base`.
  public init(_ values: SettingsValues) throws {
    factor = values.real("factor")
    newBase = values.real("base")
  }

  /// The plain series of base * (f*T/L0 - (f-1))^(E/(E-2)), T the target, L0 the trained context.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let factor = factor ?? window.factor
    return RotaryFrequencies(
      headWidth: headWidth,
      base: try window.stretchedBase(by: factor * window.factor - (factor - 1)))
  }
}
