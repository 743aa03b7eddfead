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
        _ = try run(evaluation, final: false)
        if mailbox.isAskedToEnd { return }
      }
    }
    progress.evaluatedStep = progress.step
  }

  /// Runs all evaluations; the final ones leave one heatmap of the first needle task's cells.
  ///
  /// - Returns: false when one was cut short.
  func evaluateAll(final: Bool) throws -> Bool {
    var cells: [NeedleRecord] = []
    for evaluation in prepared.evaluations {
      cells += try run(evaluation, final: final)
      if mailbox.isAskedToEnd { return false }
    }
    if final { drawHeatmap(cells.filter { $0.task == cells[0].task }) }
    return true
  }

  /// Runs one evaluation and gives its needle cells.
  private func run(_ evaluation: PlannedEvaluation, final: Bool) throws -> [NeedleRecord] {
    let before = mailbox.state
    mailbox.state = .evaluating
    defer { mailbox.state = before }
    let start = ContinuousClock.now
    defer { progress.seconds += start.duration(to: .now).seconds }
    let task = final ? evaluation.finalTask : evaluation.task
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
    guard let heatmap = task as? NeedleHeatmap else { return [] }
    note(heatmap, cells)
    return cells
  }

  /// Keeps the accuracy at each length and over all lengths up to the target.
  private func note(_ heatmap: NeedleHeatmap, _ cells: [NeedleRecord]) {
    let task = type(of: heatmap.task).kind.name
    for length in Set(cells.map(\.length)).sorted() {
      let column = cells.filter { $0.length == length }
      keep("needle.\(task).\(length)", Self.share(column).score)
    }
    let reached = cells.filter { $0.length <= prepared.recipe.target }
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
