import ArgumentParser
import Evaluation
import Foundation
import Recipes
import Records
import Runs
import Support

/// `needlepoint evaluate MODEL --task T`: any task of the suite.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a model by the tasks of the suite.",
    discussion: """
      Recall tasks report accuracy with its 95 % Wilson interval at each length, the chance of a \
      blind guess, how often another key's answer was given, the two controls (the needles cut out; \
      the questions alone) at the shortest length, and the effective length. \
      `needlepoint describe evaluate` tells of every task and its settings.
      """)

  @Argument(help: "Checkpoint or run folder.")
  var model: String

  @Option(help: "Task to measure; may be given several times.")
  var task: [String] = []

  @Option(
    help: ArgumentHelp(
      "Text file or folder: a haystack, and its held-out last 5 % for losses.", valueName: "path"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "A setting of the tasks that have it, such as lengths=[256,4k] or trials=20.",
      valueName: "key=value"))
  var set: [String] = []

  @OptionGroup var reading: ModelOptions

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    let known = evaluationTasks.descriptions.map(\.name)
    guard !task.isEmpty else {
      throw UserError(
        "--task", "no task is given", remedy: "Known: \(known.joined(separator: ", ")).")
    }
    for name in task where !known.contains(name) {
      throw UserError(
        "--task", "no task \"\(name)\"", remedy: Suggestion.sentence(for: name, among: known))
    }
  }

  func run() throws {
    let tasks = try self.tasks()
    let loaded = try reading.load(model, shared)
    let subject = try EvaluationSubject(loaded, data: data)
    let signals = SignalWatch()
    // All are tried before the first is measured.
    let costs = try tasks.map { name, task in
      try task.passes(of: subject).reduce(0.0) {
        $0 + Double($1.rows) * Double($1.length) * Double($1.length + 2000)
      }
    }
    var meter = WorkMeter(total: costs.reduce(0, +), isShown: !shared.quiet && !shared.json)
    for ((name, task), cost) in zip(tasks, costs) {
      var figures: [EvaluationRecord] = []
      let monitor = EvaluationMonitor(
        isCancelled: { signals.count > 0 },
        cell: { if shared.json { print(RunRecord.needle($0).jsonLine) } },
        figure: { _, record in
          if shared.json { print(RunRecord.evaluation(record).jsonLine) }
          figures.append(record)
        })
      try task.measure(subject, monitor)
      meter.advance(by: cost, name)
      meter.finish()
      if let status = signals.exitStatus { throw ExitCode(status) }
      if !shared.json { print(Self.table(figures)) }
    }
  }

  /// Every task with its settings; each setting must be one of some task.
  private func tasks() throws -> [(String, any EvaluationTask)] {
    let kinds = evaluationTasks.descriptions.filter { task.contains($0.name) }
    let all = kinds.flatMap(\.settings)
    let given = try SettingsText.values(set, declared: all)
    return try task.map { name in
      let keys = Set(kinds.first { $0.name == name }?.settings.map(\.key) ?? [])
      return (name, try evaluationTasks.make(name, given.filter { keys.contains($0.key) }))
    }
  }

  private static func table(_ figures: [EvaluationRecord]) -> String {
    let width = figures.map { ($0.task + $0.metric).count }.max() ?? 0
    return figures.map { figure in
      let name = (figure.task + "  " + figure.metric).padding(
        toLength: width + 2, withPad: " ", startingAt: 0)
      return name
        + String(
          format: "  %8.4g   %.4g to %.4g   of %d", figure.value, figure.low, figure.high,
          figure.samples)
    }.joined(separator: "\n")
  }
}
