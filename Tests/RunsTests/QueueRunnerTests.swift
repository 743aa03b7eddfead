import Foundation
import Queues
import Recipes
import Records
import RunStore
import Runs
import Support
import Testing
import TestSupport

@Suite struct QueueRunnerTests {
  private static func document(_ sweep: String) throws -> RecipeDocument {
    try RunCase.document(
      RunCase.small
        + "\nevaluate:\n  - { kind: needle, every: 2, lengths: [64], depths: 2, trials: 1 }\n"
        + sweep)
  }

  private static func finish(_ runner: QueueRunner) {
    while !runner.isOver {
      _ = runner.advance()
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  @Test func allRunsAreTrainedOnceAndAnInterruptedOneGoesOn() throws {
    let place = try TemporaryFolder()
    let document = try Self.document(
      "sweep: { seeds: [1, 2], arms: [{ name: a }, { name: b, set: { stages.0.steps: 2 } }] }")
    let runner = try QueueRunner(document, parent: place.path, jobs: 2, threads: 2)
    #expect(runner.entries.map(\.state) == Array(repeating: .waiting, count: 4))
    Self.finish(runner)
    #expect(runner.entries.map(\.state) == Array(repeating: .done, count: 4))
    let folders = runner.entries.compactMap(\.folder)
    #expect(Set(folders).count == 4)
    let names = try folders.map { try RunReader($0).manifest().experiment }
    #expect(names == ["small-a-1", "small-a-2", "small-b-1", "small-b-2"])

    // As if the process had died before the last run was whole.
    try FileManager.default.removeItem(atPath: folders[3] + "/DONE")
    let again = try QueueRunner(document, parent: place.path, jobs: 1, threads: 1)
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
    let runner = try QueueRunner(document, parent: place.path, jobs: 1, threads: 1)
    Self.finish(runner)
    #expect(runner.entries[0].state == .done)
    guard case .abandoned(let step) = runner.entries[1].state else {
      Issue.record("the arm was not given up: \(runner.entries[1].state)")
      return
    }
    #expect(step < 200)
  }

  @Test func aRunThatHasTheMachineForItselfHasTheThreadsOfItsRecipe() throws {
    let place = try TemporaryFolder()
    let document = try RunCase.document(
      RunCase.small.replacing("threads: 1", with: "threads: 3") + "\nsweep: { seeds: [1] }")
    let runner = try QueueRunner(document, parent: place.path, jobs: 1, threads: nil)
    Self.finish(runner)
    let folder = try #require(runner.entries[0].folder)
    #expect(try RunReader(folder).manifest().threads == 3)
  }
}
