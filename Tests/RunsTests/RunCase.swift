import Foundation
import Records
import Recipes
import RunStore
import Runs
import Synchronization
import Tensors
import TestSupport

/// Small recipes, and runs of them that are driven from the engine's own thread: what a test asks at a
/// record is there before the engine takes its next step.
enum RunCase {
  /// Two stages and evaluations in between, ten steps or less.
  ///
  /// The first stage is ended by its loss; the second has replay, two micro-batches a step, packed
  /// documents and drawn positions.
  static let everything = """
    name: everything
    model: { width: 32, layers: 1, heads: 2, head_width: 16, feed_forward: 64, trained_context: 32 }
    tokenizer: world
    target: 2048
    seed: 5
    threads: 2
    stages:
      - name: learn
        sequence: 32
        tokens_per_step: 128
        mix: { repeat: 0.5, stories: 0.5 }
        pack: { kind: rows }
        optimizer: { rate: 1e-2, schedule: constant, warmup: 2 }
        advance: { on: loss, below: 6.7, average: 0.5, min_steps: 2, max_steps: 6, at_limit: go_on }
      - name: reach
        steps: 4
        sequence: 1024
        tokens_per_step: 18k
        mix: { stories: 0.6, code: 0.4 }
        rope: { kind: abf, base: 100k }
        positions: { kind: pit }
        optimizer: { rate: 1e-2, schedule: cosine }
        loss: { average: rows, answer_weight: 2 }
        replay: { share: 0.5, sequence: 32 }
    evaluate:
      - { kind: needle, every: 2, lengths: [64, 96], depths: 2, trials: 1 }
      - { kind: loss, every: 3, sequence: 32, tokens: 512 }
    """

  /// One stage of a few steps of a few milliseconds each.
  static let small = """
    name: small
    model: { width: 32, layers: 1, heads: 2, head_width: 16, feed_forward: 64, trained_context: 32 }
    tokenizer: world
    target: 64
    seed: 5
    threads: 1
    stages:
      - name: learn
        steps: 4
        sequence: 32
        tokens_per_step: 64
        mix: { repeat: 0.5, stories: 0.5 }
        optimizer: { rate: 1e-2, schedule: constant }
    """

  static func document(_ text: String) throws -> RecipeDocument {
    try RecipeDocument(text: text, file: "test.yaml")
  }
}

/// Follows a run: keeps its records and answers them with commands.
final class Follower: Sendable {
  let run: TrainingRun
  private let kept = Mutex<[RunRecord]>([])

  /// Drives the run to its end; `answer` is asked at every record, and a pause ends at once.
  convenience init(
    _ run: TrainingRun, answer: @escaping @Sendable (RunRecord) -> [RunCommand] = { _ in [] }
  ) {
    self.init(run, paused: { .resume }, answer: answer)
  }

  /// The same; `paused` says what to send while the run is paused.
  init(
    _ run: TrainingRun, paused: @escaping @Sendable () -> RunCommand?,
    answer: @escaping @Sendable (RunRecord) -> [RunCommand]
  ) {
    self.run = run
    run.onNews { [weak self, weak run] in
      guard let self, let run else { return }
      self.take(run.drain(), answer)
      if run.state == .paused, let command = paused() { run.send(command) }
    }
    run.begin()
    run.wait()
    take(run.drain()) { _ in [] }
  }

  private func take(_ records: [RunRecord], _ answer: (RunRecord) -> [RunCommand]) {
    kept.withLock { $0 += records }
    for record in records {
      for command in answer(record) { run.send(command) }
    }
  }

  var records: [RunRecord] { kept.withLock { $0 } }

  /// Warnings and errors.
  var notices: [String] {
    records.compactMap {
      if case .notice(let notice) = $0, notice.level != .info { notice.text } else { nil }
    }
  }

  /// What the run tells of itself without being a warning.
  var news: [String] {
    records.compactMap {
      if case .notice(let notice) = $0, notice.level == .info { notice.text } else { nil }
    }
  }

  var edits: [EditRecord] {
    records.compactMap { if case .edit(let edit) = $0 { edit } else { nil } }
  }

  var steps: [StepRecord] {
    records.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }
}

/// What a finished run left behind, without what a clock decides.
struct Outcome: Equatable {
  let parameters: [UInt32]
  let adapters: [UInt32]
  let packed: [PackedTensor]
  let first: [UInt32]
  let second: [UInt32]
  /// Step, needle and evaluation records of the log, each once, times left out.
  let records: [String]

  init(_ folder: String) throws {
    let contents = try RunReader(folder).newestCheckpoint(moments: true).contents
    func bits(_ pointer: UnsafeMutablePointer<Float>?, _ count: Int) -> [UInt32] {
      UnsafeBufferPointer(start: pointer, count: count).map(\.bitPattern)
    }
    parameters = bits(
      contents.parameters.values.pointer, contents.parameters.values.count)
    adapters = bits(
      contents.adapters?.values.pointer, contents.adapters?.values.count ?? 0)
    packed = contents.packed
    first = bits(contents.moments?.first.pointer, contents.moments?.first.count ?? 0)
    second = bits(contents.moments?.second.pointer, contents.moments?.second.count ?? 0)
    var lines: [String] = []
    for record in try RunReader(folder).records() {
      switch record {
      case .step(var step):
        step.tokensPerSecond = 0
        step.seconds = 0
        step.waitSeconds = nil
        step.peakBytes = nil
        lines.append(RunRecord.step(step).jsonLine)
      // An evaluation that a stop cut short is told again, the same.
      case .needle, .evaluation:
        if !lines.contains(record.jsonLine) { lines.append(record.jsonLine) }
      default: break
      }
    }
    records = lines
  }
}
