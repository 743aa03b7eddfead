import Corpora
import Recipes
import Records
import Support
import Training

extension TrainingRun {
  /// Does what was asked since the last step, between two steps; sleeps here while paused.
  func obeyCommands(_ data: StageData) throws {
    if pausesAfterStep { (pausesAfterStep, mailbox.state) = (false, .paused) }
    while true {
      if mailbox.state == .paused { mailbox.waitForCommand() }
      guard let command = mailbox.nextCommand() else {
        if mailbox.state == .paused { continue }
        return
      }
      if command == .step {
        (pausesAfterStep, mailbox.state) = (true, .training)
        return
      }
      try obey(command, data)
    }
  }

  private func obey(_ command: RunCommand, _ data: StageData) throws {
    switch command {
    case .pause: mailbox.state = .paused
    case .resume, .step: mailbox.state = .training
    case .stop, .abandon: throw Interruption(command)
    case .checkpoint: try commit(.whenThereIsRoom)
    case .evaluate: _ = try evaluateAll(final: false)
    case .setLearningRate(let rate): setLearningRate(rate)
    case .scaleLearningRate(let factor): scaleLearningRate(by: factor)
    case .setWeight(let source, let weight): setWeight(source, weight, data)
    case .set(let path, let value): set(path, to: value, data)
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

  private func scaleLearningRate(by factor: Double) {
    guard factor >= 0, factor.isFinite, let planned = plannedRate else {
      return warn("factor \(factor) on the learning rate refused: a number of 0 or more is needed")
    }
    let old = planned * progress.rateFactor
    progress.rateFactor = factor
    tell("learning_rate", from: old, to: planned * factor)
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

  /// Changes a field that holds from the next step on, by a recipe that says so from now on.
  private func set(_ path: String, to value: String, _ data: StageData) {
    let weight = "stages.\(progress.stage).mix."
    if path.hasPrefix(weight), let share = Quantity.real(value) {
      return setWeight(String(path.dropFirst(weight.count)), share, data)
    }
    do {
      let before = try RecipeDocument(
        text: document, file: "\(folder)/recipe.yaml", folder: folder)
      let old = try liveField(path, of: before)
      let next = try before.setting(path, to: value)
      try prepared.revise(next.recipe(.needlepoint))
      document = next.text
      let new = try liveField(path, of: next)
      post(.edit(EditRecord(step: progress.step + 1, path: path, old: old.text, new: new.text)))
    } catch {
      return warn("\(path) = \(value) refused: \(error)")
    }
    guard let training = prepared.stages[progress.stage].training else { return }
    if path == "stages.\(progress.stage).optimizer.rate" { progress.rateFactor = 1 }
    trainer.optimizer = training.optimizer
    data.setEnd(training.settings.steps)
    plan = RunPlan(prepared)
    post(.plan(plan.record(gflops: nil, at: progress)))
  }

  /// A field that may change while this stage trains.
  private func liveField(_ path: String, of document: RecipeDocument) throws -> RecipeField {
    guard let field = try document.fields(.needlepoint).first(where: { $0.path == path }) else {
      throw UserError(path, "the recipe has no such field")
    }
    guard field.setting.applies == .nextStep else {
      throw UserError(
        path,
        "a change applies to a \(field.setting.applies.rawValue), not to the stage that trains")
    }
    let keys = path.split(separator: ".")
    if keys[0] == "stages", let stage = Int(keys[1]), stage < progress.stage {
      throw UserError(path, "that stage is over")
    }
    if keys.count == 4, keys[2] == "mix" {
      throw UserError(path, "weights can be changed in the stage that trains only")
    }
    return field
  }

  private func tell(_ path: String, from old: Double, to new: Double) {
    post(.edit(EditRecord(step: progress.step + 1, path: path, old: "\(old)", new: "\(new)")))
  }
}
