// A queue of runs on plain output: progress with ETA on stderr, the table of its sweep on stdout; with
// --json the records of all runs, each with its name, arm and seed.

import Foundation
import Queues
import Records
import RunStore
import Runs
import Support

/// Shows a queue until it is over, and stops it cleanly at a signal.
final class QueueReporter {
  private let runner: QueueRunner
  private let options: SharedOptions
  private let file: String?
  private var told: Set<Int> = []

  /// A reporter of a queue; `file` is where the table goes besides stdout.
  init(_ runner: QueueRunner, options: SharedOptions, file: String? = nil) {
    self.runner = runner
    self.options = options
    self.file = file
    // A queue that left its screen is known to whoever filled it.
    guard !runner.entries.contains(where: { $0.state == .running }) else {
      told = Set(runner.entries.filter(\.state.isOver).map(\.id))
      return
    }
    let count = runner.entries.count { $0.state == .done }
    if count > 0 { options.say("\(count) of \(runner.entries.count) runs are there already") }
  }

  /// Follows the queue and returns its exit status.
  func follow() throws -> Int32 {
    let signals = SignalWatch()
    var meter = WorkMeter(
      total: Double(runner.entries.count), isShown: !options.quiet && !options.json)
    var before = runsDone
    while !runner.isOver {
      for (entry, record) in runner.advance() where options.json { show(record, of: entry) }
      tell(&meter)
      let now = runsDone
      meter.advance(by: now - before, progress)
      before = now
      if signals.next() != nil {
        if signals.count > 1 { Foundation.exit(signals.exitStatus ?? 130) }
        meter.finish()
        options.say("stopping after this step; a second signal stops at once")
        runner.stop()
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    meter.finish()
    tell(&meter)
    try showTable()
    let isBad = runner.entries.contains { if case .failed = $0.state { true } else { false } }
    return signals.exitStatus ?? (isBad ? 1 : 0)
  }

  /// What is in work: its words and step.
  private var progress: String {
    runner.entries.filter { $0.state == .running }.map { entry in
      "\(words(entry)): step \(entry.last?.step ?? 0)/\(entry.steps)"
    }.joined(separator: "  ")
  }

  private func words(_ entry: RunQueue.Entry) -> String {
    "\(entry.arm ?? entry.name), seed \(entry.seed)"
  }

  /// Runs that are over, with the shares of those in work.
  private var runsDone: Double {
    runner.entries.map { entry -> Double in
      switch entry.state {
      case .waiting: 0
      case .running: Double(entry.last?.step ?? 0) / Double(max(1, entry.steps))
      case .done, .abandoned, .stopped, .outOfTime, .failed: 1
      }
    }.reduce(0, +)
  }

  private func show(_ record: RunRecord, of id: Int) {
    guard let entry = runner.queue.entry(id) else { return }
    let whose = [("arm", JSONValue.text(entry.arm ?? entry.name))]
    print(record.jsonLine(with: whose + [("seed", .integer(Int(clamping: entry.seed)))]))
    fflush(nil)
  }

  /// Says what became of runs since the last look.
  private func tell(_ meter: inout WorkMeter) {
    for entry in runner.entries where !told.contains(entry.id) {
      guard let outcome = entry.state.outcome else { continue }
      told.insert(entry.id)
      meter.finish()
      options.say("\(words(entry)): \(outcome)  \(entry.folder ?? "")")
    }
  }

  private func showTable() throws {
    let arms = runner.queue.sweepArms
    guard !arms.isEmpty else { return }
    let table = SweepTable(arms: arms, runs: runner.queue.wholeRuns)
    if let file {
      try AtomicFile.write(file.hasSuffix(".csv") ? table.csv : table.markdown, to: file)
      options.say("table \(file)")
    }
    guard !options.json else { return }
    let rows = table.rows.map { row in
      [row.name + (row.isShare ? ", %" : "")] + arms.indices.map { table.text(row, $0) }
    }
    let head = [""] + arms.enumerated().map { "\($1) (\(table.runs[$0]))" }
    for line in PlainTable.lines([head] + rows) { print(PlainOutput.visible(line)) }
  }
}
