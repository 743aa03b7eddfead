import Corpora
import Foundation
import Kernels
import Recipes
import Records
import Runs
import Support
import TestSupport
import Testing
import Training

/// Data methods in a whole run: ready-made rows, selection by models, contradictions.
struct DataMethodTests {
  /// A stage of four steps of two ready-made rows; the path of their file is to be put in.
  static let rows = """
    name: rows
    model: { width: 32, layers: 1, heads: 2, head_width: 16, feed_forward: 64 }
    tokenizer: world
    target: 32
    seed: 5
    threads: 1
    stages:
      - name: learn
        steps: 4
        sequence: 32
        tokens_per_step: 64
        mix: { rows: 1 }
        pack: { kind: rows }
        optimizer: { rate: 1e-2, schedule: constant }
    sources:
      rows: { kind: tokens, path: PATH, order: file }
    """

  /// A file of rows of 32 tokens.
  static func path(_ place: TemporaryFolder, rows: Int, more: String = "") throws -> String {
    let lines = (0..<rows).map { row in
      let ids = (0..<32).map { String(($0 * (row + 3) + row) % 300) }.joined(separator: ", ")
      return "{\"input_ids\": [\(ids)]\(more)}"
    }
    return try place.write(lines.joined(separator: "\n"), to: "rows.jsonl")
  }

  @Test func readyMadeRowsAreTrainedInOrder() throws {
    let place = try TemporaryFolder()
    let path = try Self.path(place, rows: 8)
    let text = Self.rows.replacing("PATH", with: path)
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    let follower = Follower(run)
    #expect(run.state == .finished && follower.steps.count == 4)
    #expect(
      follower.news == [
        "stage learn fed rows 100.00 % of 100.00 % asked, 256 tokens, 1 times to its end, 0 "
          + "tokens cropped"
      ])
    // Read to its end, but not beyond it.
    #expect(follower.notices.isEmpty)
    // The rows of the first step are the first two of the file; the last token has no target.
    let preview = try DataPreview.all(run.prepared, documents: 2, rows: 2)
    let first = try #require(preview.first?.rows.first)
    #expect(first.tokens == (0..<32).map { Int32($0 * 3) })
    #expect(first.targets == (1..<32).map { Int32($0 * 3) } + [-1])
    #expect(first.isLearnt.count { $0 } == 31)
  }

  @Test func everyContradictionIsToldAtOnceAndNothingIsWritten() throws {
    let place = try TemporaryFolder()
    // Seven rows for eight, whose positions a stage shall not make again, on top of a useless loss.
    let positions = (0..<32).map(String.init).joined(separator: ", ")
    let path = try Self.path(place, rows: 7, more: ", \"position_ids\": [\(positions)]")
    let text = Self.rows.replacing("PATH", with: path)
      .replacing(
        "mix: { rows: 1 }",
        with: "mix: { rows: 1 }\n    positions: { kind: pit }\n    select: { kind: impactful }"
      )
      .replacing(
        "schedule: constant }",
        with: "schedule: constant }\n  - name: again\n    steps: 4\n"
          + "    sequence: 16\n    mix: { rows: 1 }\n    pack: { kind: rows }\n"
          + "    optimizer: { rate: 1e-2 }")
    let before = place.names
    let error = #expect(throws: UserErrors.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    let sentence = "\(error.map { "\($0)" } ?? "")"
    #expect(sentence.contains("ready-made rows cannot be selected from"), "\(sentence)")
    #expect(sentence.contains("rows of at most 17 tokens are needed, 32 found"), "\(sentence)")
    #expect(place.names == before)
  }

  /// What the reader finds, what the builders find, and what only the data tells, at once.
  @Test func contradictionsOfAllKindsAreToldTogether() throws {
    let place = try TemporaryFolder()
    let path = try Self.path(place, rows: 7)
    let text =
      Self.rows.replacing("PATH", with: path)
      .replacing("{ kind: rows }", with: "{ kind: interleaved, mask: document }")
      .replacing(
        "schedule: constant }",
        with: """
          schedule: constant }
              positions: { kind: pit }
              rope: yarn
            - name: again
              steps: 100
              sequence: 32
              mix: { rows: 1 }
              pack: { kind: rows, mask: document }
              rope: linear
              optimizer: { rate: 1e-2 }
              train: { kind: lora, rank: 4096 }
            - { name: average, kind: merge, with: gone.h5, weight: 0.5, train: lora }
          """)
      + "\nevaluate:\n  - { kind: needle, lengths: [32], remap: self_extend }\n"
    let before = place.names
    let error = #expect(throws: UserErrors.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    let sentences = error?.errors.map { "\($0)" } ?? []
    for wanted in [
      "stages.0.pack: ", "stages.0.mix.rows: ", "stages.1.rope.kind: yarn of an earlier stage",
      "stages.1.train: ", "stages.2.train: no key of training is needed",
      "stages.2.with: a file or folder is needed", "evaluate.0.remap: positions as they are",
    ] {
      #expect(sentences.count { $0.contains(wanted) } == 1, "\(wanted) in \(sentences)")
    }
    #expect(sentences.allSatisfy { $0.contains(".yaml:") }, "\(sentences)")
    #expect(place.names == before)
  }

  @Test func aMaskByNeighboursOnInterleavedChunksIsToldWithTheOtherFaults() throws {
    let place = try TemporaryFolder()
    let path = try Self.path(place, rows: 7)
    let text = Self.rows.replacing("PATH", with: path)
      .replacing("{ kind: rows }", with: "{ kind: interleaved, mask: document }")
      .replacing(
        "schedule: constant }",
        with: "schedule: constant }\n  - name: again\n    steps: 100\n    sequence: 32\n"
          + "    mix: { rows: 1 }\n    pack: { kind: rows }\n    optimizer: { rate: 1e-2 }")
    let error = #expect(throws: UserErrors.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    let sentence = "\(error.map { "\($0)" } ?? "")"
    #expect(sentence.contains("cuts a chunk off"), "\(sentence)")
    #expect(sentence.contains("may not be repeated, 7 found"), "\(sentence)")
    #expect(sentence.contains("mask: identity") && sentence.contains("repeat: true"))
  }

  @Test func aSourceThatMayNotBeRepeatedMustHaveEnough() throws {
    let place = try TemporaryFolder()
    let path = try Self.path(place, rows: 7)
    let text = Self.rows.replacing("PATH", with: path)
    let error = #expect(throws: UserError.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    #expect(error?.finding.contains("reads 8 rows") == true && error?.finding.contains("7") == true)
    #expect(error?.remedy.contains("repeat: true") == true)
    let again = text.replacing("order: file", with: "order: file, repeat: true")
    #expect(
      Follower(try TrainingRun(RunCase.document(again), parent: place.path)).run.state == .finished)
  }

  @Test func aCountBelongsToAFixedAverage() throws {
    let text = RunCase.small.replacing(
      "steps: 4", with: "steps: 4\n    loss: { average: rows, count: 64 }")
    #expect(throws: RecipeFaults.self) { try RunCase.document(text).recipe(.needlepoint) }
    let place = try TemporaryFolder()
    let good = text.replacing("rows, count", with: "fixed, on: answers, count")
    let run = try TrainingRun(RunCase.document(good), parent: place.path)
    #expect(Follower(run).run.state == .finished)
  }

  @Test func twoCheckpointsTellWhatIsSelectedAndAResumedRunKeepsIt() throws {
    let place = try TemporaryFolder()
    let short = try TrainingRun(RunCase.document(RunCase.small), parent: place.file("short"))
    _ = Follower(short)
    let long = try TrainingRun(
      RunCase.document(RunCase.small.replacing("steps: 4", with: "steps: 8")),
      parent: place.file("long"))
    _ = Follower(long)
    let text =
      RunCase.small.split(separator: "\n").filter {
        !$0.hasPrefix("model:") && !$0.hasPrefix("tokenizer:")
      }.joined(separator: "\n").replacing(
        "steps: 4",
        with: "steps: 4\n    select: { kind: impactful, score: models, keep: 0.5, samples: 4, "
          + "sample_tokens: 64, longer: \"\(long.folder)\" }"
      )
      .replacing("mix: { repeat: 0.5, stories: 0.5 }", with: "mix: { stories: 1 }")
      + "\nbase: \"\(short.folder)\""
    let document = try RunCase.document(text)
    let whole = try TrainingRun(document, parent: place.file("whole"))
    _ = Follower(whole)
    #expect(whole.state == .finished)
    let anchors = try #require(
      try DataPreview.all(whole.prepared, documents: 1, rows: 1)[0].anchors)
    #expect(anchors.rows.count { $0.isAnchor } == 1)
    // A forecast asks no model.
    let forecast = try PreparedRun(
      document.recipe(.needlepoint), pool: ThreadPool(threads: 1), isForecast: true)
    let preview = try DataPreview.all(forecast, documents: 1, rows: 1)[0]
    #expect(preview.awaitsSentences && preview.anchors == nil && preview.rows.count == 1)

    let stopped = try TrainingRun(document, parent: place.file("stopped"))
    _ = Follower(stopped) { record in
      if case .step(let step) = record, step.step == 2 { [.stop] } else { [] }
    }
    // The checkpoints that told the anchors are no longer needed.
    try FileManager.default.removeItem(atPath: long.folder)
    try FileManager.default.removeItem(atPath: short.folder)
    let resumed = try TrainingRun.resume(stopped.folder)
    _ = Follower(resumed)
    #expect(resumed.state == .finished)
    #expect(try Outcome(resumed.folder) == Outcome(whole.folder))
  }

  /// LongRecipe's whole analysis in one run: a short training of a longer context, back to the base, and
  /// then the sentences that the longer model reads otherwise.
  private static func analysis(base: String, longer: String = "probe") -> String {
    func stage(_ name: String, _ sequence: Int, _ extra: String) -> String {
      """

        - name: \(name)
          steps: 3
          sequence: \(sequence)
          tokens_per_step: 64
          mix: { stories: 1 }
          optimizer: { rate: 1e-2, schedule: constant }
          \(extra)
      """
    }
    return "name: analysis\nbase: \"\(base)\"\ntarget: 64\nseed: 5\nthreads: 1\n"
      + "checkpoint: { every: 1, keep: 2 }\nstages:" + stage("probe", 64, "rope: abf")
      + "\n  - { name: back, kind: merge, with: base, weight: 1 }"
      + stage(
        "extend", 32,
        "moments: reset\n    select: { kind: impactful, score: models, keep: 0.5, samples: 4, "
          + "sample_tokens: 64, longer: \(longer) }")
  }

  @Test(arguments: [2, 3, 5])
  func anEarlierStageTellsWhatIsSelectedAndAResumedRunKeepsIt(_ step: Int) throws {
    let place = try TemporaryFolder()
    let base = try TrainingRun(RunCase.document(RunCase.small), parent: place.file("base"))
    _ = Follower(base)
    let document = try RunCase.document(Self.analysis(base: base.folder))
    let prepared = try PreparedRun(document, pool: ThreadPool(threads: 1))
    #expect(try DataPreview.all(prepared, documents: 1, rows: 1)[1].awaitsSentences)

    let whole = try TrainingRun(document, parent: place.file("whole"))
    let follower = Follower(whole)
    #expect(whole.state == .finished, "\(whole.state)")
    #expect(follower.news.contains { $0.hasPrefix("stage extend: sentences are chosen that hold") })
    // By hand: the weights after the probe against those of the start.
    let text = Self.analysis(base: base.folder, longer: "\"\(whole.folder)/kept-probe.h5\"")
    let byHand = try PreparedRun(RunCase.document(text), pool: ThreadPool(threads: 1))
    let anchors = try DataPreview.all(whole.prepared, documents: 0, rows: 0)[1].anchors
    #expect(anchors != nil)
    #expect(try DataPreview.all(byHand, documents: 0, rows: 0)[1].anchors == anchors)

    let stopped = try TrainingRun(document, parent: place.file("stopped"))
    _ = Follower(stopped) { record in
      if case .step(let done) = record, done.step == step { [.stop] } else { [] }
    }
    try FileManager.default.removeItem(atPath: base.folder)
    let resumed = try TrainingRun.resume(stopped.folder)
    _ = Follower(resumed)
    #expect(resumed.state == .finished, "\(resumed.state)")
    #expect(try Outcome(resumed.folder) == Outcome(whole.folder))
  }

  /// The weights of a stage that are compared with a checkpoint are all that has to be kept.
  @Test func theBaseIsKeptOnlyForWhoComparesWithIt() throws {
    let place = try TemporaryFolder()
    let base = try TrainingRun(RunCase.document(RunCase.small), parent: place.file("base"))
    _ = Follower(base)
    let merge = "\n  - { name: back, kind: merge, with: base, weight: 1 }"
    let silent = Self.analysis(base: base.folder).replacing(merge, with: "")
    let named = silent.replacing(
      "longer: probe", with: "longer: probe, shorter: \"\(base.folder)\"")
    let run = try TrainingRun(RunCase.document(named), parent: place.file("named"))
    _ = Follower(run)
    #expect(run.state == .finished, "\(run.state)")
    let kept = try FileManager.default.contentsOfDirectory(atPath: run.folder).filter {
      $0.hasPrefix("kept-") && $0.hasSuffix(".h5")
    }
    #expect(kept == ["kept-probe.h5"])
    func plan(_ text: String) throws -> RunPlan {
      RunPlan(
        try PreparedRun(RunCase.document(text), pool: ThreadPool(threads: 1), isForecast: true))
    }
    let (less, more) = (try plan(named), try plan(silent))
    let bytes = try FileManager.default.attributesOfItem(atPath: run.folder + "/kept-probe.h5")
    #expect(more.diskBytes - less.diskBytes >= (bytes[.size] as? Int) ?? .max)
    // The two models that score are in memory together.
    let long = silent.replacing("sample_tokens: 64", with: "sample_tokens: 64k")
    #expect(try plan(long).peakBytes > more.peakBytes)
  }

  @Test func weightsThatCannotBeKeptForASelectionEndTheRunAtOnce() throws {
    let place = try TemporaryFolder()
    let base = try TrainingRun(RunCase.document(RunCase.small), parent: place.file("base"))
    _ = Follower(base)
    let run = try TrainingRun(
      RunCase.document(Self.analysis(base: base.folder)), parent: place.file("run"))
    // A folder that is not empty stands where the file belongs.
    try FileManager.default.createDirectory(
      atPath: run.folder + "/kept-probe.h5/full", withIntermediateDirectories: true)
    let follower = Follower(run)
    #expect(follower.steps.last?.step == 3, "nothing is trained in between")
    guard case .failed(let reason) = run.state else {
      Issue.record("weights were lost, and no failure: \(run.state)")
      return
    }
    #expect(reason.hasPrefix("stage extend: the weights of probe, by which its sentences are"))
  }

  @Test func onlyAnEarlierStageTellsWhatIsSelected() throws {
    for name in ["extend", "nowhere"] {
      let document = try RunCase.document(Self.analysis(base: "missing.h5", longer: name))
      let fault = document.faults(.needlepoint, checksPaths: true).first {
        $0.path == "stages.2.select.longer"
      }
      let expected = name == "extend" ? "an earlier stage is needed" : "a file or folder is needed"
      #expect(fault?.finding.hasPrefix(expected) == true, "\(name): \(String(describing: fault))")
    }
  }
}
