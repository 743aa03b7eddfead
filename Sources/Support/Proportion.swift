/// A share of trials that succeeded, with its 95 % Wilson score interval.
///
/// Unlike the share plus or minus its standard error, the interval has a width even when every
/// trial, or none, succeeded.
///
/// - SeeAlso: Wilson, "Probable inference, the law of succession, and statistical inference",
///   Journal of the American Statistical Association 22, 1927.
public struct Proportion: Sendable, Equatable {
  /// Trials that succeeded.
  public let correct: Int
  /// Trials made.
  public let trials: Int
  /// `correct` by `trials`; not a number when no trial was made.
  public let score: Double
  /// Lower end of the interval; 0 when no trial was made.
  public let low: Double
  /// Upper end of the interval; 1 when no trial was made.
  public let high: Double

  /// The share of successes among trials; `correct` is at least 0 and at most `trials`.
  public init(_ correct: Int, of trials: Int) {
    precondition(0 <= correct && correct <= trials, "\(correct) correct of \(trials) trials")
    self.correct = correct
    self.trials = trials
    guard trials > 0 else {
      score = .nan
      low = 0
      high = 1
      return
    }
    let z = 1.959963984540054
    let count = Double(trials)
    let share = Double(correct) / count
    let scale = 1 + z * z / count
    let centre = (share + z * z / (2 * count)) / scale
    let spread = share * (1 - share) / count + z * z / (4 * count * count)
    let half = z / scale * spread.squareRoot()
    score = share
    // At the ends the exact limits are 0 and 1; rounding must not step over them.
    low = correct == 0 ? 0 : max(0, centre - half)
    high = correct == trials ? 1 : min(1, centre + half)
  }
}
