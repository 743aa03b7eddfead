import Corpora
import Recipes
import Records
import Support
import Training

extension TrainingRun {
  /// Does what was asked since the last step, between two steps; sleeps here while paused.
  func obeyCommands(_ data: StageData) throws {
    while true {
      if mailbox.state == .paused { mailbox.waitForCommand() }
      guard let command = mailbox.nextCommand() else {
        if mailbox.state == .paused { continue }
        return
      }
      try obey(command, data)
    }
  }

  private func obey(_ command: RunCommand, _ data: StageData) throws {
    switch command {
    case .pause: mailbox.state = .paused
    case .resume: mailbox.state = .training
    case .stop, .abandon: throw Interruption(command)
    case .checkpoint: try commit(.whenThereIsRoom)
    case .evaluate: _ = try evaluateAll(final: false)
    case .setLearningRate(let rate): setLearningRate(rate)
    case .setWeight(let source, let weight): setWeight(source, weight, data)
    }
  }

  /// The rate that the recipe plans for the next step; nil outside a stage that trains.
  ///
  /// While it still rises it is the one at the end of the warm-up: who sets a rate means where it goes.
  private var plannedRate: Double? {
    prepared.stages[progress.stage].training.map {
      let step = max(progress.stageStep, $0.optimizer.schedule.warmup)
      return $0.optimizer.rate(step: step, total: $0.settings.steps)
    }
  }

  private func setLearningRate(_ rate: Double) {
    guard rate >= 0, rate.isFinite else {
      return warn("learning rate \(rate) refused: a number of 0 or more is needed")
    }
    guard let planned = plannedRate, planned > 0 else {
      return warn("learning rate \(rate) refused: the schedule is at 0 here")
    }
    let old = planned * progress.rateFactor
    progress.rateFactor = rate / planned
    tell("learning_rate", from: old, to: rate)
  }

  /// Tells that a live edit of the rate ended with its stage.
  func tellRateIsPlanned(again factor: Double) {
    guard let planned = plannedRate else { return }
    tell("learning_rate", from: planned * factor, to: planned)
  }

  private func setWeight(_ source: String, _ weight: Double, _ data: StageData) {
    do {
      let old = data.consumed.stream.weight(of: source) ?? 0
      try data.setWeight(source, weight)
      progress.stream = data.consumed.stream.cursor
      progress.replay = data.consumed.replay?.cursor
      tell("mix.\(source)", from: old, to: weight)
    } catch {
      warn("\(error)")
    }
  }

  private func tell(_ path: String, from old: Double, to new: Double) {
    post(.edit(EditRecord(step: progress.step + 1, path: path, old: "\(old)", new: "\(new)")))
  }
}
