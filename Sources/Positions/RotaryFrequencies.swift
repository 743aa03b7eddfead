/// What rotary position embedding turns by: one inverse frequency for each pair of a head.
///
/// Pair i consists of the components i and i + E/2 (half-split layout) and turns by
/// position * `inverse[i]` radians.
///
/// - SeeAlso: RoFormer (arXiv:2104.09864), section 3.2.
public struct RotaryFrequencies: Sendable, Equatable {
  /// Inverse frequencies, shape [E/2], in radians per token.
  public let inverse: [Double]
  /// Factor on cosine and sine, so that logits grow by its square; dimensionless.
  public let attentionFactor: Double
  /// The rotary base that the inverse frequencies were made from, dimensionless.
  public let base: Double
  /// Positions from 0 on that turn by the plain series of `base` without a factor, as before the
  /// transform; 0 for none.
  public let startTokens: Int

  /// Frequencies as given; they are not checked.
  ///
  /// - Parameters:
  ///   - inverse: inverse frequencies, shape [E/2], in radians per token.
  ///   - attentionFactor: factor on cosine and sine.
  ///   - base: the rotary base they come from.
  ///   - startTokens: positions that are left as they were.
  public init(
    inverse: [Double], attentionFactor: Double = 1, base: Double, startTokens: Int = 0
  ) {
    self.inverse = inverse
    self.attentionFactor = attentionFactor
    self.base = base
    self.startTokens = startTokens
  }

  /// What positions below `startTokens` turn by, shape [E/2].
  public var startInverse: [Double] {
    RotaryFrequencies(headWidth: 2 * inverse.count, base: base).inverse
  }

  /// The plain geometric series base^(-2i/E), i = 0 ..< E/2.
  ///
  /// - Parameters:
  ///   - headWidth: head width E, in scalars; even and at least 2.
  ///   - base: rotary base, greater than 1.
  public init(headWidth: Int, base: Double) {
    let inverse = (0..<headWidth / 2).map { pair in
      power(base, -2 * Double(pair) / Double(headWidth))
    }
    self.init(inverse: inverse, base: base)
  }
}
