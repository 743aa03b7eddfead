import Corpora
import Foundation
import Models
import Positions
import Recipes
import Records
import Support
import Tensors
import Training

extension TrainingRun {
  /// Trains from where `progress` stands to the end of the last stage.
  func trainAllStages() throws {
    mailbox.state = .training
    if progress.step == 0, progress.stage == 0, prepared.basePath != nil {
      // Before any change of the angles: what the base can do by itself.
      try evaluateDue(isStart: true)
    }
    while progress.stage < prepared.stages.count {
      let stage = prepared.stages[progress.stage]
      switch stage.work {
      case .train(let training): try train(training, name: stage.settings.name)
      case .merge(let merge): try self.merge(merge, name: stage.settings.name)
      }
      try keepForMerge(stage.settings.name)
      progress.stage += 1
      progress.stageStep = 0
      progress.stream = nil
      progress.replay = nil
      progress.average = nil
      if progress.stage < prepared.stages.count { try commit() }
    }
  }

  private func train(_ training: TrainingWork, name: String) throws {
    var feed = try StageFeed(training, progress: progress)
    enter(training, name: name)
    let total = training.settings.steps
    while progress.stageStep < total {
      try obeyCommands(&feed)
      let start = ContinuousClock.now
      let rate =
        training.optimizer.rate(step: progress.stageStep, total: total) * progress.rateFactor
      let batches = try feed.next(step: progress.stageStep)
      let outcome = trainer.step(batches, learningRate: rate, loss: training.loss)
      try guardAgainstNonFinite(outcome)
      let seconds = start.duration(to: .now).seconds
      book(outcome, batches: batches, seconds: seconds, feed: feed)
      post(.step(record(outcome, rate: rate, seconds: seconds)))
      if let advance = training.settings.advance, hasLearnt(advance, outcome) { break }
      if progress.stageStep < total || progress.stage + 1 < prepared.stages.count {
        try evaluateDue(isStart: false)
      }
      if let every = prepared.recipe.checkpoints.every, progress.step % every == 0 { try commit() }
    }
    try checkLimit(training, name: name)
  }

  /// Sets what the stage changes, and tells it when the stage begins.
  private func enter(_ training: TrainingWork, name: String) {
    trainer.optimizer = training.optimizer
    if let rotary = training.rotary {
      description.rotary = rotary
      description.ropeKind = training.settings.rope.kind
      description.shape.ropeBase = rotary.base
      trainer.transformer.setRotary(rotary)
    }
    guard progress.stageStep == 0 else { return }
    let settings = training.settings
    post(
      .stage(
        StageRecord(
          step: progress.step, stage: progress.stage, name: name,
          steps: settings.advance == nil ? settings.steps : nil,
          text: "stage \(progress.stage + 1)/\(prepared.stages.count) \(name): "
            + "\(settings.rows) x \(settings.sequence) tokens a step, rope "
            + "\(settings.rope.kind), positions \(settings.positions.kind)")))
  }

  private func book(
    _ outcome: StepOutcome, batches: [Batch], seconds: Double, feed: StageFeed
  ) {
    progress.step += 1
    progress.stageStep += 1
    progress.tokens += outcome.tokens
    progress.seconds += seconds
    progress.updates = trainer.updates
    progress.flops += batches.reduce(0) {
      $0 + FlopCount.trainingStep(description.shape, ModelInput($1))
    }
    progress.stream = feed.stream.cursor
    progress.replay = feed.replay?.cursor
  }

  private func record(_ outcome: StepOutcome, rate: Double, seconds: Double) -> StepRecord {
    StepRecord(
      step: progress.step, stage: progress.stage, loss: outcome.loss, learningRate: rate,
      gradientNorm: outcome.gradientNorm, tokens: progress.tokens,
      tokensPerSecond: Double(outcome.tokens) / max(seconds, 1e-9), seconds: progress.seconds,
      lossBySource: outcome.lossBySource, lossByRole: outcome.lossByRole)
  }

  private func guardAgainstNonFinite(_ outcome: StepOutcome) throws {
    guard outcome.skipped else {
      progress.badSteps = 0
      return
    }
    progress.badSteps += 1
    let text =
      "step \(progress.step + 1): loss \(outcome.loss), gradient norm \(outcome.gradientNorm);"
      + " the update was skipped"
    post(.notice(NoticeRecord(level: .warning, text: text)))
    guard progress.badSteps < 3 else {
      throw UserError(
        "step \(progress.step + 1)",
        "three steps in a row without a finite loss and gradient",
        remedy: "Lower the learning rate and start again from the last checkpoint.", kind: .work)
    }
  }

  /// Follows the exponential average of the watched loss; true when the stage has done its work.
  private func hasLearnt(_ advance: TrainingStage.Advance, _ outcome: StepOutcome) -> Bool {
    let value =
      advance.measure == .loss
      ? outcome.loss
      : outcome.lossByRole.first { $0.name == advance.measure.rawValue }?.value
    if let value {
      progress.average =
        progress.average.map { $0 * advance.average + value * (1 - advance.average) } ?? value
    }
    guard let average = progress.average, progress.stageStep >= advance.minimumSteps else {
      return false
    }
    return average < advance.below
  }

  private func checkLimit(_ training: TrainingWork, name: String) throws {
    guard let advance = training.settings.advance, advance.failsAtLimit,
      (progress.average ?? .infinity) >= advance.below
    else { return }
    throw UserError(
      "stage \(name)",
      "the \(advance.measure.rawValue) loss averages "
        + "\(progress.average.map { String(format: "%.3f", $0) } ?? "nothing") after "
        + "\(progress.stageStep) steps, below \(advance.below) was asked for",
      remedy: "Try another seed, raise advance.max_steps, or lower the rate.", kind: .work)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
