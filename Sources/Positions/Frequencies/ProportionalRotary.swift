public import Support

/// p-RoPE: the fastest pairs turn, the rest carry no position.
public struct ProportionalRotary: FrequencyTransform {
  /// `proportional`.
  public static let kind = KindDescription(
    "proportional",
    "Only the fastest share of the pairs turns; the rest carries no position at all.",
    source: "Barbero et al. (arXiv:2410.06205), section 6",
    settings: [
      Setting(
        "keep", .real(0...1), default: .real(0.75),
        help: "Share of the pairs that turn: 0 is no position embedding, 1 is the plain one.",
        applies: .nextStage),
      Setting(
        "factor", .real(1...1e6), default: .real(1),
        help: "Divisor of the frequencies that stay.", applies: .nextStage),
      SharedRopeSettings.base,
    ])

  let keep: Double
  let factor: Double
  let newBase: Double?

  /// Takes `keep`, `factor` and `base`.
  public init(_ values: SettingsValues) throws {
    keep = values.real("keep") ?? 0.75
    factor = values.real("factor") ?? 1
    newBase = values.real("base")
  }

  /// theta_i / factor for the first int(keep * E / 2) pairs, 0 after; exponents use the full E.
  public func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies {
    let window = try RotaryWindow(
      headWidth: headWidth, base: newBase ?? base, trainedContext: trainedContext,
      targetContext: targetContext)
    let plain = RotaryFrequencies(headWidth: headWidth, base: window.base)
    let turning = Int((keep * Double(headWidth) / 2).rounded(.down))
    let inverse = plain.inverse.enumerated().map { $0 < turning ? $1 / factor : 0 }
    return RotaryFrequencies(inverse: inverse, base: window.base)
  }
}
