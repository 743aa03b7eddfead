import Foundation
import Kernels
import Models
import Records
import RunStore
import Runs
import Support
import Tensors
import TestSupport
import Testing

/// Runs with stages that train adapters, under a growing window, and with moments that begin anew.
struct AdapterRunTests {
  private static func stage(_ name: String, _ more: String) -> String {
    """

      - name: \(name)
        sequence: 32
        tokens_per_step: 64
        mix: { repeat: 0.5, stories: 0.5 }
        optimizer: { rate: 1e-2, schedule: constant }
        \(more.split(separator: "\n").joined(separator: "\n    "))
    """
  }

  private static func recipe(_ stages: String...) -> String {
    let small = RunCase.small
    let head = small[..<(small.range(of: "stages:")?.upperBound ?? small.endIndex)]
    return head + stages.joined()
  }

  private static func adapters(_ kind: String, _ more: String = "") -> String {
    "train: { kind: \(kind), rank: 4, alpha: 8, targets: [query, value, down]\(more) }"
  }

  private static func finished(_ text: String, _ place: TemporaryFolder) throws -> TrainingRun {
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    _ = Follower(run)
    #expect(run.state == .finished, "\(run.state)")
    return run
  }

  private static func newest(_ run: TrainingRun) throws -> CheckpointContents {
    try RunReader(run.folder).newestCheckpoint(moments: true).contents
  }

  private static func floats(_ set: ParameterSet?) -> [Float] {
    set.map { Array($0.values.buffer) } ?? []
  }

  @Test(arguments: ["lora", "qlora"], 1...7)
  func stoppedAfterAnyStepItGoesOnBitByBit(_ kind: String, _ step: Int) throws {
    let place = try TemporaryFolder()
    let text =
      Self.recipe(
        Self.stage("first", "steps: 2"),
        Self.stage(
          "low",
          "steps: 3\n" + Self.adapters(kind, ", embeddings: true")
            + "\nwindow: { start: 4, growth: 2, end: 20 }"),
        Self.stage("last", "steps: 2\nmoments: reset"))
      + "\ncheckpoint: { every: 1, keep: 2 }"
      + "\nevaluate:\n  - { kind: loss, every: 1, sequence: 32, tokens: 64 }"
    let straight = try Self.finished(text, place)
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    _ = Follower(run) { record in
      if case .step(let done) = record, done.step == step { [.stop] } else { [] }
    }
    let middle = try Self.newest(run)
    #expect((middle.adapters != nil) == (3...5).contains(step))
    #expect(middle.packed.isEmpty == (middle.adapters == nil || kind == "lora"))
    let resumed = Follower(try TrainingRun.resume(run.folder))
    #expect(resumed.run.state == .finished, "\(resumed.run.state)")
    #expect(try Outcome(run.folder) == Outcome(straight.folder))
  }

  @Test(arguments: ["lora", "qlora"])
  func adaptersAreMergedInFullPrecisionAtTheEndOfTheirStage(_ kind: String) throws {
    let place = try TemporaryFolder()
    let first = try Self.finished(Self.recipe(Self.stage("first", "steps: 2")), place)
    let apart = try Self.finished(
      Self.recipe(
        Self.stage("first", "steps: 2"),
        Self.stage("low", "steps: 3\n" + Self.adapters(kind, ", merge: false"))), place)
    let whole = try Self.finished(
      Self.recipe(
        Self.stage("first", "steps: 2"), Self.stage("low", "steps: 3\n" + Self.adapters(kind))),
      place)
    let left = try Self.newest(apart)
    let plan = try #require(
      try ModelDescription(json: left.modelShape, path: "").adapters)
    #expect(plan.isPacked == (kind == "qlora"))
    let original = try Self.newest(first).parameters
    // Adapters that learnt nothing would merge into anything.
    #expect(left.adapters?["layers/00/attention/query/lora_b"]?.contains { $0 != 0 } == true)
    plan.merge(try #require(left.adapters), into: original, pool: ThreadPool(threads: 1))
    let merged = try Self.newest(whole)
    #expect(merged.adapters == nil && merged.packed.isEmpty)
    #expect(Self.floats(merged.parameters) == Self.floats(original))

    // The same by hand, from the run's folder alone and onto the model it came from.
    let pool = ThreadPool(threads: 1)
    let loaded = try LoadedModel(apart.folder, pool: pool)
    try loaded.writeMerged(into: nil, to: place.file("kept.h5"))
    let onto = try LoadedModel(first.folder, pool: pool)
    try loaded.writeMerged(into: onto, to: place.file("onto.h5"))
    for name in ["kept.h5", "onto.h5"] {
      let plain = try LoadedModel(place.file(name), pool: pool)
      #expect(plain.description.adapters == nil)
      #expect(Self.floats(plain.contents.parameters) == Self.floats(original), "\(name)")
    }
  }

  @Test func aCheckpointWithAdaptersIsABaseUnlessItsWeightsArePacked() throws {
    let place = try TemporaryFolder()
    func base(_ kind: String) throws -> String {
      try Self.finished(
        Self.recipe(Self.stage("low", "steps: 2\n" + Self.adapters(kind, ", merge: false"))),
        place
      ).folder
    }
    func start(_ folder: String) throws -> TrainingRun {
      let text = Self.recipe(Self.stage("next", "steps: 1")).split(separator: "\n")
        .filter { !$0.hasPrefix("model:") && !$0.hasPrefix("tokenizer:") }
        .joined(separator: "\n")
      return try TrainingRun(
        RunCase.document("base: \"\(folder)\"\n" + text), parent: place.file("runs"))
    }
    let folder = try base("lora")
    let run = try start(folder)
    let merged = place.file("merged.h5")
    try LoadedModel(folder, pool: ThreadPool(threads: 1)).writeMerged(into: nil, to: merged)
    #expect(
      Self.floats(run.prepared.transformer.parameters)
        == Self.floats(try Checkpoint.read(merged).parameters))
    #expect(Follower(run).run.state == .finished)
    let packed = try base("qlora")
    let error = #expect(throws: UserError.self) { try start(packed) }
    #expect(error?.finding == "its weights are in 4 bits with adapters beside them")
    let loaded = try LoadedModel(packed, pool: ThreadPool(threads: 1))
    for name in try FileManager.default.contentsOfDirectory(atPath: packed)
    where name.hasPrefix("kept-") {
      try FileManager.default.removeItem(atPath: packed + "/" + name)
    }
    let missing = #expect(throws: UserError.self) {
      try loaded.writeMerged(into: nil, to: place.file("no.h5"))
    }
    #expect(missing?.remedy.contains("--onto") == true)
    #expect(!place.names.contains("no.h5"))
  }

  @Test func thePlanTellsWhatIsTrained() throws {
    let place = try TemporaryFolder()
    func plan(_ more: String) throws -> RunPlan {
      try TrainingRun(
        RunCase.document(Self.recipe(Self.stage("low", "steps: 20\n" + more))),
        parent: place.path
      ).plan
    }
    let full = try plan("train: full")
    let lora = try plan(Self.adapters("lora"))
    // 4 columns of B and rows of A for query and value of 32 by 32, and for down of 32 by 64.
    #expect(lora.stages[0].trained == 4 * (32 + 32) * 2 + 4 * (32 + 64))
    #expect(full.stages[0].trained == full.parameters && lora.parameters == full.parameters)
    #expect(lora.flops < 0.8 * full.flops)
    #expect(lora.peakBytes < full.peakBytes && lora.diskBytes < full.diskBytes)
    let window = try plan("window: { start: 1, growth: 0 }")
    #expect(window.flops < full.flops)
    let record = lora.record(gflops: nil)
    #expect(record.trained == lora.stages[0].trained && record.parameters == full.parameters)
  }

  @Test(arguments: ["full", "lora"])
  func theForecastIsWhatAWindowedRunTakes(_ kind: String) throws {
    let place = try TemporaryFolder()
    let train = kind == "full" ? "train: full" : Self.adapters(kind)
    let text = Self.recipe(
      Self.stage(
        "low", "steps: 9\n\(train)\nwindow: { start: 3, growth: 2 }\npack: { mask: none }"))
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    guard case .done(let done) = Follower(run).records.last else {
      Issue.record("no end")
      return
    }
    // The plan counts whole squares, the run the pairs below the diagonal.
    #expect(abs(run.plan.flops / done.flops - 1) < 0.03)
  }

  @Test func adaptersWiderThanTheModelAreToldBeforeTheRun() throws {
    let place = try TemporaryFolder()
    let text = Self.recipe(Self.stage("low", "steps: 1\ntrain: { kind: lora, rank: 33 }"))
    let error = #expect(throws: UserError.self) {
      try TrainingRun(RunCase.document(text), parent: place.path)
    }
    #expect(error?.place.hasSuffix(": stages.0.train") == true)
    #expect(error?.finding.hasPrefix("at most 32") == true)
    #expect(place.names.isEmpty)
  }
}
