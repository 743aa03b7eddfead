import Corpora
import Evaluation
import Kernels
import Models
import Records
import Runs
import Support
import TestSupport
import Testing

/// One teacher-forced pass scores what decoding token by token would.
struct NeedleOracleTests {
  @Test(arguments: ["keyed", "single"])
  func teacherForcingEqualsGreedyDecoding(_ name: String) throws {
    let loaded = try LoadedModel(
      PackageFolder.file("checkpoints/base-256.h5"), pool: ThreadPool(threads: 2))
    let evaluation = try NeedleEvaluation(EvaluationSubject(loaded, data: nil))
    let generator = Generator(loaded.transformer)
    // Inside its context the base answers nearly all, at three times of it some.
    let grid = RecallGrid(lengths: [192, 768], depths: 4, trials: 4, seed: 9)
    let task = try RecallTasks.make(name, grid: grid)
    var cells: [NeedleRecord] = []
    try evaluation.run(task) { cells += $0.cells }
    var decoded: [String: Int] = [:]
    for length in grid.lengths {
      for (number, group) in evaluation.groups(task, length: length).enumerated() {
        for trial in 0..<grid.trials {
          let sequence = try evaluation.sequence(
            task, length: length, group, number: number, trial: trial)
          for needle in sequence.needles where answer(needle, sequence, generator) {
            decoded["\(length) \(needle.depth)", default: 0] += 1
          }
        }
      }
    }
    #expect(cells.count == 8)
    for cell in cells {
      #expect(
        cell.correct == decoded["\(cell.length) \(cell.depth)", default: 0],
        "\(cell.length) \(cell.depth)")
    }
    let correct = cells.reduce(0) { $0 + $1.correct }
    #expect(correct >= 12 && correct < 32, "\(correct) of 32: both outcomes should occur")
  }

  private func answer(
    _ needle: PlacedNeedle, _ sequence: NeedleSequence, _ generator: Generator
  ) -> Bool {
    var random = RandomStream(seed: 0, name: "unused")
    let prompt = Array(sequence.tokens[0...needle.answerPositions[0]])
    let added = generator.generate(
      after: prompt, limit: needle.answerTokens.count, temperature: 0, random: &random)
    return added == needle.answerTokens
  }
}
