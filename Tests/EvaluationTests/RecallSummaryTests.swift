import Evaluation
import Support
import Testing

/// Figures that are made from many cells.
struct RecallSummaryTests {
  private func shares(_ correct: [Int], of trials: Int = 100) -> [(length: Int, share: Proportion)]
  {
    zip([64, 128, 256, 512, 1024], correct).map { ($0, Proportion($1, of: trials)) }
  }

  @Test func theEffectiveLengthEndsBeforeTheFirstLengthThatFallsBelow85Percent() {
    let found = EffectiveLength(shares([100, 96, 92, 80, 95]), trainedContext: 256)
    #expect(found.base == Proportion(196, of: 200))
    // 0.85 * 0.98 is 0.833: 80 is below, and what comes after it does not count.
    #expect(found.tokens == 256)
    #expect(found.low == 256)
    #expect(found.high == 1024)
    #expect(EffectiveLength(shares([100, 96, 84, 95, 95]), trainedContext: 256).low == 128)
  }

  @Test func aTaskThatIsNotLearntHasNoEffectiveLength() {
    let found = EffectiveLength(shares([80, 80, 80, 80, 80]), trainedContext: 256)
    #expect(found.tokens == 0 && found.low == 0 && found.high == 0)
  }

  @Test func withoutShortLengthsTheShortestIsTheBase() {
    let found = EffectiveLength(shares([95, 20, 20, 20, 20]), trainedContext: 100)
    #expect(found.base == Proportion(95, of: 100))
    #expect(found.tokens == 64)
  }

  @Test func theMeanOfProportionsKeepsAWidthWhenAllSucceed() {
    let part = Proportion(50, of: 50)
    let mean = MeanProportion([part, part, part, part])
    #expect(mean.score == 1 && mean.high == 1 && mean.trials == 200)
    // Four equal distances: half of one.
    #expect(abs(mean.low - (1 - (1 - part.low) / 2)) < 1e-12)
    let mixed = MeanProportion([Proportion(10, of: 20), Proportion(20, of: 20)])
    #expect(abs(mixed.score - 0.75) < 1e-12)
    #expect(mixed.low < 0.75 && 0.75 < mixed.high && mixed.high < 1)
  }
}
