public import Support

/// The model's own frequencies, unchanged.
public struct PlainFrequencies: FrequencyTransform {
  /// `none`.
  public static let kind = KindDescription(
    "none", "The model's own rotary frequencies, unchanged.",
    source: "RoFormer (arXiv:2104.09864), section 3.2")

  /// Takes no settings.
  public init(_ values: SettingsValues) throws {}

  /// base^(-2i/E) for every pair.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    _ = try RotaryWindow(
      headWidth: headWidth, base: base, trainedContext: trainedContext,
      targetContext: targetContext)
    return RotaryFrequencies(headWidth: headWidth, base: base)
  }
}
