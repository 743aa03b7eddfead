/// The 95 % Wilson score interval of a share, the one that every accuracy of the product carries.
///
/// It stays inside 0...1 and is honest at 0 and at all correct, where the normal interval has no width.
///
/// - SeeAlso: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
public struct WilsonInterval: Sendable, Equatable {
  /// Lower end, 0 to 1.
  public let low: Double
  /// Upper end, 0 to 1.
  public let high: Double

  /// The interval of `correct` out of `trials`; 0 to 1 when nothing was tried.
  public init(correct: Int, trials: Int) {
    guard trials > 0 else {
      low = 0
      high = 1
      return
    }
    let z = 1.959963984540054
    let n = Double(trials)
    let share = Double(correct) / n
    let denominator = 1 + z * z / n
    let centre = (share + z * z / (2 * n)) / denominator
    let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / denominator
    low = correct == 0 ? 0 : max(0, centre - reach)
    high = correct == trials ? 1 : min(1, centre + reach)
  }
}
