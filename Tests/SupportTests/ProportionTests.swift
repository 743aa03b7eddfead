import Support
import Testing

@Suite struct ProportionTests {
  /// Wilson 95 % intervals in percent, one decimal, as tables of the method print them.
  @Test(arguments: [
    (1, 1, 20.7, 100), (0, 1, 0, 79.3), (3, 3, 43.9, 100), (9, 10, 59.6, 98.2),
    (5, 10, 23.7, 76.3), (0, 10, 0, 27.8), (18, 20, 69.9, 97.2), (95, 100, 88.8, 97.8),
    (475, 500, 92.7, 96.6),
  ])
  func intervalsAreThoseOfTheTable(correct: Int, trials: Int, low: Double, high: Double) {
    let share = Proportion(correct, of: trials)
    #expect(abs(share.low * 100 - low) < 0.051)
    #expect(abs(share.high * 100 - high) < 0.051)
    #expect(share.low <= share.score && share.score <= share.high)
  }

  @Test func noTrialTellsNothing() {
    let share = Proportion(0, of: 0)
    #expect(share.score.isNaN)
    #expect(share.low == 0 && share.high == 1)
  }
}
