import Corpora
import Recipes
import Records
import Support
import Training

extension TrainingRun {
  /// Does what was asked since the last step, between two steps; sleeps here while paused.
  func obeyCommands(_ feed: inout StageFeed) throws {
    while true {
      if mailbox.state == .paused { mailbox.waitForCommand() }
      guard let command = mailbox.nextCommand() else {
        if mailbox.state == .paused { continue }
        return
      }
      try obey(command, &feed)
    }
  }

  private func obey(_ command: RunCommand, _ feed: inout StageFeed) throws {
    switch command {
    case .pause: mailbox.state = .paused
    case .resume: mailbox.state = .training
    case .stop:
      mailbox.state = .stopping
      throw Interruption.stop
    case .abandon: throw Interruption.abandon
    case .checkpoint: try commit()
    case .evaluate: try evaluate(final: false)
    case .setLearningRate(let rate): setLearningRate(rate)
    case .setWeight(let source, let weight): setWeight(source, weight, &feed)
    }
  }

  private func setLearningRate(_ rate: Double) {
    guard rate >= 0, rate.isFinite, let training = prepared.stages[progress.stage].training else {
      post(.notice(NoticeRecord(level: .warning, text: "learning rate \(rate) refused")))
      return
    }
    let planned = training.optimizer.rate(
      step: progress.stageStep, total: training.settings.steps)
    guard planned > 0 else { return }
    let old = planned * progress.rateFactor
    progress.rateFactor = rate / planned
    post(
      .edit(
        EditRecord(
          step: progress.step + 1, path: "learning_rate", old: "\(old)", new: "\(rate)")))
  }

  private func setWeight(_ source: String, _ weight: Double, _ feed: inout StageFeed) {
    do {
      let old = feed.stream.weight(of: source) ?? 0
      try feed.stream.setWeight(source, weight)
      try feed.replay?.setWeight(source, weight)
      progress.stream = feed.stream.cursor
      progress.replay = feed.replay?.cursor
      post(
        .edit(
          EditRecord(
            step: progress.step + 1, path: "mix.\(source)", old: "\(old)", new: "\(weight)")))
    } catch {
      post(.notice(NoticeRecord(level: .warning, text: "\(error)")))
    }
  }
}
