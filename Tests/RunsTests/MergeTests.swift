import Foundation
import Kernels
import RunStore
import Runs
import Records
import Tensors
import TestSupport
import Testing

/// Merges average what they name, and a resumed run still has it.
struct MergeTests {
  private static func stage(_ name: String, steps: Int, rate: String = "1e-2") -> String {
    """

      - name: \(name)
        steps: \(steps)
        sequence: 32
        tokens_per_step: 64
        mix: { repeat: 0.5, stories: 0.5 }
        optimizer: { rate: \(rate), schedule: constant }
    """
  }

  private static func weights(_ path: String) throws -> [Float] {
    let values = try Checkpoint.read(path).parameters.values
    return Array(UnsafeBufferPointer(start: values.pointer, count: values.count))
  }

  /// A base of `small`, copied out of its run; gives its path.
  private static func base(_ place: TemporaryFolder) throws -> String {
    let run = try TrainingRun(RunCase.document(RunCase.small), parent: place.path)
    _ = Follower(run)
    let path = place.file("base.h5")
    let found = try RunReader(run.folder).newestCheckpoint()
    var contents = found.contents
    contents.state = "{}"
    contents.moments = nil
    try Checkpoint.write(contents, to: path)
    return path
  }

  private static func recipe(base: String, _ stages: String...) -> String {
    "name: merged\nbase: \"\(base)\"\ntarget: 64\nthreads: 1\nstages:" + stages.joined()
  }

  private static func finish(_ recipe: String, _ place: TemporaryFolder) throws -> [Float] {
    let run = try TrainingRun(RunCase.document(recipe), parent: place.path)
    _ = Follower(run)
    #expect(run.state == .finished)
    return try weights(RunReader(run.folder).newestCheckpoint().path)
  }

  private static func mixed(_ own: [Float], _ other: [Float], _ weight: Double) -> [Float] {
    zip(own, other).map { Float((1 - weight) * Double($0) + weight * Double($1)) }
  }

  @Test func aMergedCheckpointRemembersItsParentsAndARunItsBase() throws {
    let place = try TemporaryFolder()
    let base = try Self.base(place)
    let run = try TrainingRun(
      RunCase.document(Self.recipe(base: base, Self.stage("a", steps: 2))), parent: place.path)
    _ = Follower(run)
    let reader = try RunReader(run.folder)
    #expect(try reader.manifest().base == base)
    let out = place.file("merged.h5")
    let path = try MergedModel.write(
      base, run.folder, weight: 0.25, to: { _ in out }, pool: ThreadPool(threads: 1))
    #expect(path == out)
    let newest = try reader.newestCheckpoint().path
    let expected = Self.mixed(try Self.weights(base), try Self.weights(newest), 0.25)
    #expect(try Self.weights(out) == expected)
    let merged = try #require(MergedModel(json: try Checkpoint.origin(out).state))
    #expect(merged.first == base && merged.second == newest && merged.weight == 0.25)
    #expect(MergedModel(json: try Checkpoint.origin(base).state) == nil)
  }

  @Test func weightsAreAveragedAsTheRecipeSays() throws {
    let place = try TemporaryFolder()
    let base = try Self.base(place)
    let start = try Self.weights(base)
    let trained = try Self.finish(Self.recipe(base: base, Self.stage("a", steps: 2)), place)
    let longer = try Self.finish(
      Self.recipe(base: base, Self.stage("a", steps: 2), Self.stage("b", steps: 1)), place)
    #expect(start != trained && trained != longer)
    let cases: [(with: String, weight: Double, expected: [Float])] = [
      ("base", 0, longer), ("base", 1, start),
      ("base", 0.25, Self.mixed(longer, start, 0.25)),
      ("a", 0.5, Self.mixed(longer, trained, 0.5)),
      (base, 0.75, Self.mixed(longer, start, 0.75)),
      // Beyond the trained weights.
      ("base", -0.5, Self.mixed(longer, start, -0.5)),
    ]
    for (with, weight, expected) in cases {
      let merge = "\n  - { name: m, kind: merge, with: \"\(with)\", weight: \(weight) }"
      let found = try Self.finish(
        Self.recipe(
          base: base, Self.stage("a", steps: 2), Self.stage("b", steps: 1), merge), place)
      #expect(found == expected, "\(with) \(weight)")
    }
  }

  /// The base's file is gone, the checkpoint of the stage's end is pruned: the run folder is enough.
  @Test(arguments: 1...8)
  func aResumedRunStillMergesWithBaseAndEarlierStages(_ step: Int) throws {
    let place = try TemporaryFolder()
    let base = try Self.base(place)
    let recipe =
      Self.recipe(
        base: base, Self.stage("a", steps: 2), Self.stage("b", steps: 5),
        "\n  - { name: m, kind: merge, with: a, weight: 0.5 }",
        "\n  - { name: n, kind: merge, with: base, weight: 0.25 }", Self.stage("c", steps: 1))
      + "\ncheckpoint: { every: 1, keep: 2 }"
    let straight = try TrainingRun(RunCase.document(recipe), parent: place.path)
    _ = Follower(straight)
    #expect(straight.state == .finished)
    let run = try TrainingRun(RunCase.document(recipe), parent: place.path)
    _ = Follower(run) { record in
      if case .step(let done) = record, done.step == step { [.stop] } else { [] }
    }
    for name in ["base.h5", "base.seal"] {
      try FileManager.default.removeItem(atPath: place.file(name))
    }
    let resumed = Follower(try TrainingRun.resume(run.folder))
    #expect(resumed.run.state == .finished, "\(resumed.run.state)")
    #expect(try Outcome(run.folder) == Outcome(straight.folder))
  }
}
