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
  @Test(arguments: NeedleRequest.Task.allCases)
  func teacherForcingEqualsGreedyDecoding(_ task: NeedleRequest.Task) throws {
    let loaded = try LoadedModel(
      PackageFolder.file("checkpoints/base-256.h5"), pool: ThreadPool(threads: 2))
    let evaluation = try NeedleEvaluation(loaded.transformer, tokenizer: loaded.tokenizer)
    let generator = Generator(loaded.transformer)
    // Inside its context the base answers nearly all, at three times of it some.
    let request = NeedleRequest(task: task, lengths: [192, 768], depths: 4, trials: 4, seed: 9)
    var cells: [NeedleRecord] = []
    try evaluation.run(request) { cells.append($0) }
    var decoded: [String: Int] = [:]
    for length in request.lengths {
      for (number, group) in evaluation.groups(request, length: length).enumerated() {
        for trial in 0..<request.trials {
          let sequence = try evaluation.sequence(
            request, length: length, group, number: number, trial: trial)
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
