import Foundation
import Recipes
import Records
import RunStore
import Runs
import Support
import Testing
import TestSupport

@Suite struct SweepRunnerTests {
  private static func document(_ sweep: String) throws -> RecipeDocument {
    try RunCase.document(
      RunCase.small
        + "\nevaluate:\n  - { kind: needle, every: 2, lengths: [64], depths: 2, trials: 1 }\n"
        + sweep)
  }

  private static func finish(_ runner: SweepRunner) {
    while !runner.isOver {
      _ = runner.advance()
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  @Test func allRunsAreTrainedOnceAndAnInterruptedOneGoesOn() throws {
    let place = try TemporaryFolder()
    let document = try Self.document(
      "sweep: { seeds: [1, 2], arms: [{ name: a }, { name: b, set: { stages.0.steps: 2 } }] }")
    let runner = try SweepRunner(document, parent: place.path, jobs: 2, threads: 2)
    #expect(runner.entries.map(\.state) == Array(repeating: .waiting, count: 4))
    Self.finish(runner)
    #expect(runner.entries.map(\.state) == Array(repeating: .done, count: 4))
    let folders = runner.entries.compactMap(\.folder)
    #expect(Set(folders).count == 4)
    let names = try folders.map { try RunReader($0).manifest().experiment }
    #expect(names == ["small-a-1", "small-a-2", "small-b-1", "small-b-2"])

    // As if the process had died before the last run was whole.
    try FileManager.default.removeItem(atPath: folders[3] + "/DONE")
    let again = try SweepRunner(document, parent: place.path, jobs: 1, threads: 1)
    #expect(again.entries.map(\.state) == [.done, .done, .done, .waiting])
    Self.finish(again)
    #expect(again.entries.compactMap(\.folder) == folders)
    #expect(again.entries[3].state == .done)
  }

  @Test func aHopelessArmIsGivenUp() throws {
    let place = try TemporaryFolder()
    // Linear interpolation without training takes the base's answers away.
    let document = try RunCase.document(
      """
      name: hopeless
      base: \(PackageFolder.file("checkpoints/base-256.h5"))
      target: 4096
      stages:
        - name: go
          steps: 200
          sequence: 64
          tokens_per_step: 64
          mix: { stories: 1 }
          optimizer: { rate: 1e-6, schedule: constant }
      evaluate:
        - { kind: needle, every: 100, lengths: [256], depths: 5, trials: 2 }
      sweep:
        seeds: [1]
        abandon: { after: 0, below: 0.5 }
        arms: [{ name: good }, { name: hopeless, set: { stages.go.rope: linear } }]
      """)
    let runner = try SweepRunner(document, parent: place.path, jobs: 1, threads: 1)
    Self.finish(runner)
    #expect(runner.entries[0].state == .done)
    guard case .abandoned(let step) = runner.entries[1].state else {
      Issue.record("the arm was not given up: \(runner.entries[1].state)")
      return
    }
    #expect(step < 200)
  }

  @Test func anEqualArmIsNotGivenUpAndOneWithoutTimeIsNotBegun() throws {
    let place = try TemporaryFolder()
    // An untrained model is never right: nothing is below any share of nothing.
    let even = try SweepRunner(
      try Self.document(
        "sweep: { seeds: [1], abandon: { after: 0, below: 1 }, arms: [{ name: a }, { name: b }] }"),
      parent: place.path, jobs: 1, threads: 1)
    Self.finish(even)
    #expect(even.entries.map(\.state) == [.done, .done])
    let late = try SweepRunner(
      try Self.document("sweep: { seeds: [8], minutes: 0 }"), parent: place.path, jobs: 1,
      threads: 1)
    Self.finish(late)
    #expect(late.entries.map(\.state) == [.stopped])
    #expect(late.entries[0].folder == nil)
  }
}

@Suite struct SweepTableTests {
  private static func run(correct: Int, loss: Double) -> [RunRecord] {
    func cell(_ step: Int, _ correct: Int) -> RunRecord {
      let share = Proportion(correct, of: 50)
      return .needle(
        NeedleRecord(
          step: step, task: "keyed", length: 256, depth: 0, correct: correct, trials: 50,
          score: share.score, low: share.low, high: share.high))
    }
    func figure(_ step: Int, _ value: Double) -> RunRecord {
      .evaluation(
        EvaluationRecord(
          step: step, task: "loss", metric: "loss at 32, nats", value: value, low: value,
          high: value,
          samples: 1))
    }
    return [
      cell(0, 0), figure(0, 2), cell(4, correct), figure(4, loss),
      .done(
        DoneRecord(
          status: "done", path: "", seconds: 3, tokens: 8, flops: 2e12,
          final: [
            NamedNumber("needle.keyed.256", 1),
            NamedNumber("loss.32", loss),
          ])),
    ]
  }

  @Test func theTableHasMeansErrorsAndMarksWhatIsClear() throws {
    let table = SweepTable(
      arms: ["first", "worse", "none"],
      results: [
        ("first", Self.run(correct: 50, loss: 1.5)), ("first", Self.run(correct: 48, loss: 1.7)),
        ("worse", Self.run(correct: 20, loss: 1.6)), ("worse", Self.run(correct: 24, loss: 1.6)),
      ])
    #expect(table.runs == [2, 2, 0])
    #expect(
      table.rows.map(\.name) == ["keyed at 256", "loss.32", "loss.32, change", "TFLOP", "seconds"])
    let answers = try #require(table.rows.first)
    #expect(answers.isShare)
    #expect(answers.cells[0]?.values == [1, 0.96])
    #expect(answers.cells[0]?.pooled == Proportion(98, of: 100))
    // The spread is 0.02; chance among 98 of 100 answers is a little less than it.
    #expect(table.text(answers, 0) == "98.0 ± 2.0")
    #expect(table.isClear(answers, 1))
    #expect(table.text(answers, 1).hasSuffix(" *"))
    #expect(table.text(answers, 2) == "-")
    #expect(!table.isClear(table.rows[1], 1))
    #expect(table.text(table.rows[2], 0) == "-0.400 ± 0.100")
    #expect(table.markdown.contains("| keyed at 256, % | 98.0 ± 2.0 |"))
    #expect(table.csv.contains("\"keyed at 256\",worse,2,0.48"))
  }
}
