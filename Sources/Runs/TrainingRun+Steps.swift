import Corpora
import Foundation
import Models
import Positions
import Recipes
import Records
import Support
import Training

extension TrainingRun {
  /// Trains from where `progress` stands to the end of the last stage.
  func trainAllStages() throws {
    mailbox.state = .training
    if progress.step == 0, progress.stage == 0 { try prove() }
    while progress.stage < prepared.stages.count {
      let stage = prepared.stages[progress.stage]
      switch stage.work {
      case .train(let training): try train(training, name: stage.settings.name)
      case .merge(let merge): try self.merge(merge, name: stage.settings.name)
      }
      if stage.training?.mergesAdapters == true {
        try mergeAdapters(stage: stage.settings.name)
      }
      try keepIfAsked(stage.settings.name)
      let factor = progress.rateFactor
      progress.enterNextStage()
      if factor != 1, progress.stage < prepared.stages.count { tellRateIsPlanned(again: factor) }
      if progress.stage == prepared.stages.count, progress.step > 0 {
        description.shape.trainedContext = max(
          description.shape.trainedContext, prepared.recipe.target)
      }
      try commit(.whenThereIsRoom)
    }
  }

  /// What a run does before its first step: it proves that it can save, and looks at its base.
  private func prove() throws {
    try keepIfAsked(Stage.base)
    try commit(.orFail)
    // Before any change of the angles: what the base can do by itself.
    try evaluateDue(isLast: false)
    if let ending = mailbox.takeEnding() { throw Interruption(ending) }
  }

  private func train(_ planned: TrainingWork, name: String) throws {
    var training = planned.awaitsSentences ? try chooseSentences(name: name) : planned
    let data = try StageData(training, progress: progress)
    enter(training, name: name)
    while true {
      let isDone = progress.hasLearnt || progress.stageStep >= training.settings.steps
      try evaluateDue(isLast: isDone && progress.stage + 1 == prepared.stages.count)
      // A stop is heeded before the stage ends: its evaluation may not be complete.
      if isDone, !mailbox.isAskedToEnd { break }
      if isIntervalOver { try commit(.whenThereIsRoom) }
      try obeyCommands(data)
      if isDone { break }
      training = prepared.stages[progress.stage].training ?? training
      // An edit may have moved the end of the stage to here.
      guard progress.stageStep < training.settings.steps else { continue }
      try step(training, data)
    }
    try checkLimit(training, name: name)
    if progress.stageStep > 0 { tellLedger(data.consumed, at: .end(of: name)) }
  }

  /// Chooses the sentences of the stage in work by weights that the run has made.
  private func chooseSentences(name: String) throws -> TrainingWork {
    // The models that score take the place of what no step is using now.
    trainer.transformer.releaseActivations()
    let training = try prepared.chooseSentences(ofStage: progress.stage, kept: keptFile)
    progress.anchors = prepared.anchors
    if let anchors = training.selector?.anchors {
      let types = anchors.rows.filter(\.isAnchor).prefix(8).map { row in
        "\(row.name) (\(row.kept) of \(row.occurrences) tokens)"
      }
      post(
        .notice(
          NoticeRecord(
            level: .info,
            text: "stage \(name): sentences are chosen that hold \(types.joined(separator: ", "))"))
      )
    }
    return training
  }

  /// True when a checkpoint is due here; not while losses are not finite, since the weights may not be
  /// either.
  private var isIntervalOver: Bool {
    guard let every = prepared.recipe.checkpoints.every, progress.badSteps == 0 else {
      return false
    }
    return progress.step % every == 0 && progress.step != saved?.step
  }

  /// Sets what the stage changes, and tells it when the stage begins.
  private func enter(_ training: TrainingWork, name: String) {
    trainer.optimizer = training.optimizer
    if let plan = training.adapters, description.adapters == nil {
      attachAdapters(plan, stage: name)
    } else if progress.stageStep == 0, training.settings.resetsMoments {
      trainer.resetMoments()
    }
    if let rotary = training.rotary {
      description.rotary = rotary
      description.ropeKind = training.settings.rope.kind
      description.shape.ropeBase = rotary.base
      trainer.transformer.setRotary(rotary)
    }
    guard progress.stageStep == 0 else { return }
    if progress.stage > 0 { post(.plan(plan.record(gflops: nil, at: progress))) }
    let settings = training.settings
    post(
      .stage(
        StageRecord(
          step: progress.step, stage: progress.stage, name: name,
          steps: settings.advance == nil ? settings.steps : nil,
          text: "stage \(progress.stage + 1)/\(prepared.stages.count) \(name): "
            + "\(settings.rows) x \(settings.sequence) tokens a step, rope "
            + "\(settings.rope.kind), positions \(settings.positions.kind), train "
            + settings.train.kind)))
  }

  private func step(_ training: TrainingWork, _ data: StageData) throws {
    let start = ContinuousClock.now
    let rate =
      training.optimizer.rate(step: progress.stageStep, total: training.settings.steps)
      * progress.rateFactor
    let repeated = data.consumed.repeated
    var batches = try data.next()
    if let window = training.window, !training.replays(step: progress.stageStep) {
      batches = batches.map { window.applied(to: $0, step: progress.stageStep) }
    }
    let waited = start.duration(to: .now).seconds
    let outcome = trainer.step(batches, learningRate: rate, loss: training.loss)
    let seconds = start.duration(to: .now).seconds
    book(outcome, batches: batches, seconds: seconds, feed: data.consumed)
    post(.step(record(outcome, rate: rate, seconds: seconds, waited: waited)))
    tellRepeats(data.consumed.repeated.subtracting(repeated))
    tellLedger(data.consumed, at: .interval)
    tellSpeed()
    try guardAgainstSkips(outcome)
    if let advance = training.settings.advance { follow(advance, outcome) }
  }

  private func book(
    _ outcome: StepOutcome, batches: [Batch], seconds: Double, feed: StageFeed
  ) {
    let flops = batches.reduce(0) {
      $0 + FlopCount.trainingStep(description.shape, ModelInput($1), adapters: description.adapters)
    }
    progress.step += 1
    progress.stageStep += 1
    progress.tokens += outcome.tokens
    progress.seconds += seconds
    progress.updates = trainer.updates
    progress.flops += flops
    progress.stream = feed.stream.cursor
    progress.replay = feed.replay?.cursor
    session.add(flops: flops, seconds: seconds)
  }

  private func record(
    _ outcome: StepOutcome, rate: Double, seconds: Double, waited: Double
  ) -> StepRecord {
    StepRecord(
      step: progress.step, stage: progress.stage, loss: outcome.loss, learningRate: rate,
      gradientNorm: outcome.gradientNorm, tokens: progress.tokens,
      tokensPerSecond: Double(outcome.tokens) / max(seconds, 1e-9), seconds: progress.seconds,
      waitSeconds: waited, peakBytes: ProcessMemory.peakBytes, lossBySource: outcome.lossBySource,
      lossByRole: outcome.lossByRole,
      lossByPosition: outcome.lossByPosition)
  }

  /// Tells the plan again, once, with the time it will take by the speed of the first steps.
  private func tellSpeed() {
    guard let gflops = session.takeGFLOPS() else { return }
    post(.plan(plan.record(gflops: gflops, at: progress)))
  }

  /// Warns of a step that changed nothing, and gives up after three in a row.
  private func guardAgainstSkips(_ outcome: StepOutcome) throws {
    guard outcome.skipped else {
      progress.badSteps = 0
      return
    }
    progress.badSteps += 1
    let isEmpty = outcome.validTokens == 0
    let finding =
      isEmpty
      ? "no token of the step is a target"
      : "loss \(outcome.loss), gradient norm \(outcome.gradientNorm)"
    warn("step \(progress.step): \(finding); the update was skipped")
    guard progress.badSteps < 3 else {
      throw UserError(
        "step \(progress.step)",
        isEmpty
          ? "three steps in a row without a target"
          : "three steps in a row without a finite loss and gradient",
        remedy: isEmpty
          ? "Give the mix a source whose documents are longer."
          : "Lower the learning rate and start again from the last checkpoint.", kind: .work)
    }
  }

  /// Follows the exponential average of the watched loss until the stage has done its work.
  ///
  /// Steps without that loss, and skipped ones, do not count.
  private func follow(_ advance: TrainingStage.Advance, _ outcome: StepOutcome) {
    let value =
      advance.measure == .loss
      ? outcome.loss
      : outcome.lossByRole.first { $0.name == advance.measure.rawValue }?.value
    if let value, !outcome.skipped {
      progress.average =
        progress.average.map { $0 * advance.average + value * (1 - advance.average) } ?? value
    }
    guard let average = progress.average, progress.stageStep >= advance.minimumSteps else { return }
    progress.hasLearnt = average < advance.below
  }

  private func checkLimit(_ training: TrainingWork, name: String) throws {
    guard let advance = training.settings.advance, advance.failsAtLimit, !progress.hasLearnt
    else { return }
    throw UserError(
      "stage \(name)",
      "the \(advance.measure.rawValue) loss averages "
        + "\(progress.average.map { String(format: "%.3f", $0) } ?? "nothing") after "
        + "\(progress.stageStep) steps, below \(advance.below) was asked for",
      remedy: "Try another seed, raise advance.max_steps, or lower the rate.", kind: .work)
  }
}

/// What this process has measured of a run's speed.
struct SessionSpeed {
  /// Steps to measure: enough that the first ones, which touch new memory, do not decide.
  private static let wanted = 8

  private var steps = 0
  private var flops = 0.0
  private var seconds = 0.0

  mutating func add(flops: Double, seconds: Double) {
    steps += 1
    self.flops += flops
    self.seconds += seconds
  }

  /// The speed in 10^9 operations per second, at the moment when it is known well enough; else nil.
  func takeGFLOPS() -> Double? {
    steps == Self.wanted && seconds > 0 ? flops / seconds / 1e9 : nil
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
