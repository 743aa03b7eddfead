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

  /// Runs all evaluations; the final ones leave one heatmap with the cells of all of them.
  ///
  /// - Returns: false when one was cut short.
  func evaluateAll(final: Bool) throws -> Bool {
    var cells: [NeedleRecord] = []
    for evaluation in prepared.evaluations {
      cells += try run(evaluation, final: final)
      if mailbox.isAskedToEnd { return false }
    }
    if final { drawHeatmap(cells) }
    return true
  }

  /// Runs one evaluation and gives its needle cells.
  private func run(_ evaluation: PlannedEvaluation, final: Bool) throws -> [NeedleRecord] {
    let before = mailbox.state
    mailbox.state = .evaluating
    defer { mailbox.state = before }
    let start = ContinuousClock.now
    defer { progress.seconds += start.duration(to: .now).seconds }
    switch evaluation.measure {
    case .needle(let request, let finalTrials):
      var request = request
      if final { request.trials = finalTrials }
      return try measureNeedles(request)
    case .loss(let loss):
      try measure(loss)
      return []
    }
  }

  private func measureNeedles(_ request: NeedleRequest) throws -> [NeedleRecord] {
    var cells: [NeedleRecord] = []
    let evaluation = try NeedleEvaluation(trainer.transformer, tokenizer: prepared.tokenizer)
    try evaluation.run(
      request, step: progress.step, isCancelled: { mailbox.isAskedToEnd },
      report: { cell in
        cells.append(cell)
        post(.needle(cell))
      })
    let task = request.task.rawValue
    for length in Set(cells.map(\.length)).sorted() {
      let column = cells.filter { $0.length == length }
      keep("needle.\(task).\(length)", Self.share(column).score)
    }
    let reached = cells.filter { $0.length <= prepared.recipe.target }
    if !reached.isEmpty { keep("needle.\(task).grid", Self.share(reached).score) }
    return cells
  }

  private static func share(_ cells: [NeedleRecord]) -> Proportion {
    Proportion(cells.reduce(0) { $0 + $1.correct }, of: cells.reduce(0) { $0 + $1.trials })
  }

  private func measure(_ loss: PlannedEvaluation.Loss) throws {
    var stream = loss.stream
    let result = try HeldOutLoss.measure(
      trainer.transformer, stream: &stream, tokens: loss.tokens,
      isCancelled: { mailbox.isAskedToEnd })
    guard result.targets > 0, !mailbox.isAskedToEnd else { return }
    keep("loss.\(loss.sequence)", result.mean)
    post(
      .evaluation(
        EvaluationRecord(
          step: progress.step, task: HeldOutLoss.kind.name,
          metric: "loss at \(loss.sequence), nats", value: result.mean, low: result.low,
          high: result.high, samples: result.targets)))
  }

  /// Notes the newest value of a metric.
  private func keep(_ name: String, _ value: Double) {
    metrics.removeAll { $0.name == name }
    metrics.append(NamedNumber(name, value))
  }
}
