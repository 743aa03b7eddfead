/// How one share differs from another one, and whether that is more than chance.
public struct ProportionDifference: Sendable, Equatable {
  /// What is looked at.
  public let shown: Proportion
  /// What it is held against.
  public let reference: Proportion

  /// The difference of two shares, each of at least one trial.
  public init(_ shown: Proportion, against reference: Proportion) {
    self.shown = shown
    self.reference = reference
  }

  /// Change of the share, -1 to 1.
  public var value: Double { shown.score - reference.score }

  /// Whether the 95 % intervals do not overlap: else chance alone may have made the difference.
  public var isClear: Bool { shown.low > reference.high || shown.high < reference.low }

  /// The change in whole points with its sign: `+12`, `-3`, `0`.
  public var points: String {
    let points = Int((value * 100).rounded())
    return points > 0 ? "+\(points)" : "\(points)"
  }
}
