// A sweep on plain output: progress with ETA on stderr, the table on stdout; with --json the records of
// all runs, each with its arm and seed.

import Foundation
import Recipes
import Records
import RunStore
import Runs
import Support

/// Shows a sweep until it is over, and stops it cleanly at a signal.
final class SweepReporter {
  private let runner: SweepRunner
  private let options: SharedOptions
  private let file: String?
  private var told: Set<Int> = []

  /// A reporter of a sweep; `file` is where the table goes besides stdout.
  init(_ runner: SweepRunner, options: SharedOptions, file: String?) {
    self.runner = runner
    self.options = options
    self.file = file
    let count = runner.entries.count { $0.state == .done }
    if count > 0 { options.say("\(count) of \(runner.entries.count) runs are there already") }
  }

  /// Follows the sweep and returns its exit status.
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

  /// What is in work: arm, seed and step of each run.
  private var progress: String {
    runner.entries.filter { $0.state == .running }.map { entry in
      "\(entry.run.arm), seed \(entry.run.seed): step \(entry.last?.step ?? 0)/\(entry.steps)"
    }.joined(separator: "  ")
  }

  /// Runs that are over, with the shares of those in work.
  private var runsDone: Double {
    runner.entries.map { entry -> Double in
      switch entry.state {
      case .waiting: 0
      case .running: Double(entry.last?.step ?? 0) / Double(max(1, entry.steps))
      case .done, .abandoned, .stopped, .failed: 1
      }
    }.reduce(0, +)
  }

  private func show(_ record: RunRecord, of entry: Int) {
    let run = runner.entries[entry].run
    print(record.jsonLine(with: [("arm", .text(run.arm)), ("seed", .integer(run.seed))]))
    fflush(nil)
  }

  /// Says what became of runs since the last look.
  private func tell(_ meter: inout WorkMeter) {
    for (index, entry) in runner.entries.enumerated() where !told.contains(index) {
      let outcome: String
      switch entry.state {
      case .waiting, .running: continue
      case .done: outcome = "done"
      case .abandoned(let step): outcome = "given up at step \(step): far behind the best arm"
      case .stopped: outcome = "stopped"
      case .failed(let reason): outcome = "failed: \(reason)"
      }
      told.insert(index)
      meter.finish()
      options.say("\(entry.run.arm), seed \(entry.run.seed): \(outcome)  \(entry.folder ?? "")")
    }
  }

  private func showTable() throws {
    var arms: [String] = []
    for entry in runner.entries where !arms.contains(entry.run.arm) { arms.append(entry.run.arm) }
    let results = runner.entries.filter { $0.state == .done }.compactMap { entry in
      entry.folder.flatMap { try? RunReader($0).records() }.map { (entry.run.arm, $0) }
    }
    let table = SweepTable(arms: arms, results: results)
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
