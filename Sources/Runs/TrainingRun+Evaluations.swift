import Corpora
import Evaluation
import Foundation
import Models
import Recipes
import Records
import Support
import Training

extension TrainingRun {
  /// Runs the evaluations whose turn it is at this step.
  func evaluateDue(isStart: Bool) throws {
    for evaluation in prepared.evaluations where evaluation.every > 0 {
      guard isStart || progress.step % evaluation.every == 0 else { continue }
      try run(evaluation, final: false)
    }
    if mailbox.state == .evaluating { mailbox.state = .training }
  }

  /// Runs all evaluations.
  func evaluate(final: Bool) throws {
    metrics = []
    for evaluation in prepared.evaluations {
      try run(evaluation, final: final)
    }
    if mailbox.state == .evaluating { mailbox.state = .training }
  }

  private func run(_ evaluation: PlannedEvaluation, final: Bool) throws {
    mailbox.state = .evaluating
    let start = ContinuousClock.now
    switch evaluation.measure {
    case .needle(let request, let finalTrials):
      var request = request
      request.trials = final ? finalTrials : request.trials
      try measureNeedles(request)
    case .loss(let sequence, let tokens, let seed):
      try measureLoss(sequence: sequence, tokens: tokens, seed: seed)
    }
    progress.seconds += start.duration(to: .now).seconds
  }

  private func measureNeedles(_ request: NeedleRequest) throws {
    var cells: [NeedleRecord] = []
    let evaluation = try NeedleEvaluation(
      trainer.transformer, tokenizer: prepared.tokenizer)
    try evaluation.run(
      request, step: progress.step, isCancelled: { mailbox.isAskedToStop },
      report: { cell in
        cells.append(cell)
        post(.needle(cell))
      })
    let task = request.task.rawValue
    for length in Set(cells.map(\.length)).sorted() {
      let column = cells.filter { $0.length == length }
      keep(NamedNumber("needle.\(task).\(length)", Self.share(column).score))
    }
    let reached = cells.filter { $0.length <= prepared.recipe.target }
    keep(NamedNumber("needle.\(task).grid", Self.share(reached).score))
  }

  /// Keeps a figure for the end of the run in place of an earlier one of that name.
  private func keep(_ metric: NamedNumber) {
    metrics.removeAll { $0.name == metric.name }
    metrics.append(metric)
  }

  private static func share(_ cells: [NeedleRecord]) -> Proportion {
    Proportion(cells.reduce(0) { $0 + $1.correct }, of: cells.reduce(0) { $0 + $1.trials })
  }

  private func measureLoss(sequence: Int, tokens: Int, seed: UInt64) throws {
    guard let training = prepared.stages.last(where: { $0.training != nil })?.training else {
      return
    }
    let opener = SourceOpener(recipe: prepared.recipe, tokenizer: prepared.tokenizer)
    let mix = training.settings.mix.map { ($0.source, $0.weight) }
    let plan = BatchPlan(
      rows: max(1, 8192 / sequence), length: sequence, packer: RowPacker(), seed: seed)
    var stream = try BatchStream(
      sources: try opener.open(mix, split: .evaluation, seed: seed), plan: plan,
      tokenizer: prepared.tokenizer)
    let result = try HeldOutLoss.measure(
      trainer.transformer, stream: &stream, tokens: tokens,
      isCancelled: { mailbox.isAskedToStop })
    guard result.targets > 0 else { return }
    keep(NamedNumber("loss.\(sequence)", result.mean))
    post(
      .evaluation(
        EvaluationRecord(
          step: progress.step, task: HeldOutLoss.kind.name, metric: "loss at \(sequence), nats",
          value: result.mean, low: result.low, high: result.high, samples: result.targets)))
  }
}
