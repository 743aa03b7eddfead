public import Support

/// Another rotary base: given, or by LongRecipe's rule from the two contexts.
public struct AdjustedBase: FrequencyTransform {
  /// `abf`.
  public static let kind = KindDescription(
    "abf",
    "Adjusted base frequency: the fastest pair stays, the slower ones turn more slowly; "
      + "needs training.",
    source: "Xiong et al. (arXiv:2309.16039), section 2; LongRecipe (arXiv:2409.00509), table 4",
    settings: [
      Setting(
        "base", .real(1.000_001...1e15), default: nil,
        help: "The new rotary base; when absent b * (f^2 - f + 1)^(E/(E-2)) with "
          + "f = target / trained context, LongRecipe's rule.",
        source: "LongRecipe (arXiv:2409.00509), table 4", applies: .nextStage)
    ])

  let newBase: Double?

  /// Takes `base`.
  public init(_ values: SettingsValues) throws {
    newBase = values.real("base")
  }

  /// The plain series of the new base.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    if newBase != nil { return RotaryFrequencies(headWidth: headWidth, base: window.base) }
    let factor = window.factor
    return RotaryFrequencies(
      headWidth: headWidth, base: try window.stretchedBase(by: factor * factor - factor + 1))
  }
}
