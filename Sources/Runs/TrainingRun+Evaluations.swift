import Evaluation
import Foundation
import Recipes
import Records
import Support
import Training

extension TrainingRun {
  /// Runs the evaluations whose turn it is, once for each step.
  ///
  /// At step 0 only a base has something to show; after the last step the end of the run evaluates.
  func evaluateDue(isLast: Bool) throws {
    guard progress.evaluatedStep < progress.step else { return }
    let isOfUse = progress.step == 0 ? prepared.recipe.base != nil : !isLast
    if isOfUse {
      for evaluation in prepared.evaluations where evaluation.isDue(at: progress.step) {
        guard try run(evaluation, final: false) else { return }
      }
    }
    progress.evaluatedStep = progress.step
  }

  /// Runs all evaluations.
  ///
  /// - Returns: false when one was cut short.
  func evaluateAll(final: Bool) throws -> Bool {
    try prepared.evaluations.allSatisfy { try run($0, final: final) }
  }

  private func run(_ evaluation: PlannedEvaluation, final: Bool) throws -> Bool {
    let before = mailbox.state
    mailbox.state = .evaluating
    defer { mailbox.state = before }
    let start = ContinuousClock.now
    try measure(evaluation, final ? evaluation.finalTask : evaluation.task, final: final)
    progress.seconds += start.duration(to: .now).seconds
    return !mailbox.isAskedToEnd
  }

  private func measure(
    _ evaluation: PlannedEvaluation, _ task: any EvaluationTask, final: Bool
  ) throws {
    var cells: [NeedleRecord] = []
    let monitor = EvaluationMonitor(
      step: progress.step, isCancelled: { [mailbox] in mailbox.isAskedToEnd },
      cell: { [self] cell in
        cells.append(cell)
        post(.needle(cell))
      },
      figure: { [self] name, record in
        keep(name, record.value)
        post(.evaluation(record))
      })
    try task.measure(evaluation.subject, monitor)
    if let heatmap = task as? NeedleHeatmap { note(heatmap, cells, draws: final) }
  }

  /// Keeps the accuracy at each length and over all lengths up to the target.
  private func note(_ heatmap: NeedleHeatmap, _ cells: [NeedleRecord], draws: Bool) {
    let task = type(of: heatmap.task).kind.name
    for length in Set(cells.map(\.length)).sorted() {
      let column = cells.filter { $0.length == length }
      keep("needle.\(task).\(length)", Self.share(column).score)
    }
    let reached = cells.filter { $0.length <= prepared.recipe.target }
    if draws { drawHeatmap(cells) }
    if !reached.isEmpty { keep("needle.\(task).grid", Self.share(reached).score) }
  }

  private static func share(_ cells: [NeedleRecord]) -> Proportion {
    Proportion(cells.reduce(0) { $0 + $1.correct }, of: cells.reduce(0) { $0 + $1.trials })
  }

  /// Notes the newest value of a metric.
  private func keep(_ name: String, _ value: Double) {
    metrics.removeAll { $0.name == name }
    metrics.append(NamedNumber(name, value))
  }
}
