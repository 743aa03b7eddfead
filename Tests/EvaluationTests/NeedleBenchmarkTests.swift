import Evaluation
import Kernels
import Testing

/// The comparison asks the same number of questions both ways.
struct NeedleBenchmarkTests {
  @Test func sharedSequencesAnswerAsManyQuestionsInLessTime() throws {
    let grid = RecallGrid(lengths: [256, 1_024], depths: 8, trials: 1, seed: 1)
    let result = try NeedleBenchmark.run(grid, pool: ThreadPool(threads: 1))
    #expect(result.cells == 16)
    #expect(result.trials == 16)
    // Eight sequences of 1,024 tokens for one; twice leaves room for a busy machine.
    #expect(result.secondsFromScratch > 2 * result.seconds)
  }
}
