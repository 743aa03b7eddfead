/// Wavelength of each rotary pair: how many tokens one full turn takes.
///
/// A pair that never completes a turn inside the trained context meets angles it has not seen as
/// soon as the context grows; these are the pairs that every transform interpolates.
public struct Wavelengths: Sendable, Equatable {
  /// Tokens of one full turn, shape [E/2]; infinite for a pair that does not turn.
  public let tokens: [Double]

  /// Wavelengths of some frequencies.
  public init(_ frequencies: RotaryFrequencies) {
    tokens = frequencies.inverse.map { $0 > 0 ? 2 * .pi / $0 : .infinity }
  }

  /// How many pairs do not complete a turn inside a context of so many tokens.
  public func unfinished(inside context: Int) -> Int {
    tokens.count { $0 > Double(context) }
  }
}
