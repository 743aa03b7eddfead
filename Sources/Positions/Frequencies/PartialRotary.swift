public import Support

/// Partial rotary embedding: only a share of each head turns, as a head of that width would.
///
/// Unlike `proportional`, whose exponents use the whole head, the turning pairs are those of a narrower
/// head. In published programs they are the first components of the head; here pair i is (i, i + E/2)
/// as always, so that weights of such a model need their query and key rows moved.
public struct PartialRotary: FrequencyTransform {
  /// `partial`.
  public static let kind = KindDescription(
    "partial",
    "A share of each head turns as a head of that width, the rest has no position; for training from "
      + "the start.",
    source: "GPT-NeoX (arXiv:2204.06745), section 2.1; transformers' `partial_rotary_factor`",
    settings: [
      Setting(
        "share", .real(0...1), default: .real(0.5), help: "Share of the head's width that turns.",
        applies: .nextStage),
      SharedRopeSettings.base,
    ])

  let share: Double
  let newBase: Double?

  /// Takes `share` and `base`.
  public init(_ values: SettingsValues) throws {
    share = values.real("share") ?? 0.5
    newBase = values.real("base")
  }

  /// base^(-2i/R) for the first R/2 pairs, R = int(share * E), 0 after.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let turning = Int((share * Double(headWidth)).rounded(.down)) / 2
    let narrow = RotaryFrequencies(headWidth: 2 * turning, base: window.base).inverse
    return RotaryFrequencies(
      inverse: narrow + [Double](repeating: 0, count: headWidth / 2 - turning), base: window.base)
  }
}
