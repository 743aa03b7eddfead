import Corpora
import Kernels
import Models
import Positions
import Recipes
import Support
import Training

/// Builds the stages of a recipe from the catalogues.
struct StageBuilder {
  let recipe: Recipe
  let tokenizer: any Tokenizer
  let description: ModelDescription
  let pool: ThreadPool
  /// Anchor tables of stages by number, when the run goes on.
  let anchors: [Int: AnchorTable]
  /// True when no model is to score samples.
  let isForecast: Bool
  /// Where the weights after a stage lie, by its name; nil before the run has any.
  let kept: ((String) -> String)?

  func stage(_ stage: Stage, number: Int) throws -> PreparedStage {
    let work: PreparedStage.Work
    switch stage.work {
    case .merge(let merge): work = .merge(merge)
    case .train(let training): work = .train(try self.training(training, stage, number))
    }
    return PreparedStage(settings: stage, work: work)
  }

  private func training(
    _ settings: TrainingStage, _ stage: Stage, _ number: Int
  ) throws -> TrainingWork {
    let faults = FaultCollector()
    let selector = try faults.attempt {
      try SelectionBuilder(
        recipe: recipe, tokenizer: tokenizer, pool: pool, isForecast: isForecast, kept: kept
      ).selector(settings, of: stage, known: anchors[number], seed: recipe.seed)
    }
    let main = try faults.attempt { try mainStream(settings, number, selector ?? nil) }
    let replay = try faults.attempt { try self.replay(settings, number) }
    let rotary = try faults.attempt { try self.rotary(settings.rope) }
    let optimizer = try faults.attempt {
      try optimizers.make(settings.optimizer.kind, settings.optimizer.settings.values)
    }
    let loss = try faults.attempt { try self.loss(settings, number) }
    let part = try faults.attempt { try self.part(settings.train) }
    try faults.finish()
    guard let selector, let main, let replay, let rotary, let optimizer, let loss, let part else {
      preconditionFailure("a part of a stage is missing without a fault")
    }
    return TrainingWork(
      settings: settings, adapters: part.adapters, mergesAdapters: part.mergesAtEnd,
      window: settings.window.map {
        AttentionWindow(start: $0.start, growth: $0.growth, end: $0.end)
      },
      rotary: rotary, optimizer: optimizer, loss: loss, stream: main.stream,
      microBatches: main.microBatches, replay: replay, selector: selector)
  }

  /// What the stage trains, and whether it is merged at the end.
  private func part(_ train: Component) throws -> (adapters: AdapterPlan?, mergesAtEnd: Bool) {
    try recipe.locate(train) {
      let part = try trainedParts.make(train.kind, train.settings.values)
      return (try part.adapters(for: description.shape), part.mergesAtEnd)
    }
  }

  private func loss(_ settings: TrainingStage, _ number: Int) throws -> LossSettings {
    let loss = settings.loss
    guard let average = LossSettings.Average(rawValue: loss.average) else {
      throw UserError(
        "\(recipe.file): stages.\(number).loss.average", "no average \"\(loss.average)\"",
        remedy: Suggestion.sentence(
          for: loss.average, among: LossSettings.Average.allCases.map(\.rawValue)))
    }
    return LossSettings(
      average: average, answerWeight: loss.answerWeight, isOnAnswersOnly: loss.isOnAnswersOnly,
      count: Double(loss.count ?? settings.rows * settings.sequence))
  }

  /// The frequencies of a transform; nil when the model keeps what it has.
  private func rotary(_ rope: Component) throws -> RotaryFrequencies? {
    guard rope.kind != PlainFrequencies.kind.name else { return nil }
    guard Recipe.ropeMayFollow(rope.kind, description.ropeKind) else {
      throw UserError(
        recipe.place("\(rope.path).kind", line: rope.line),
        "\(description.ropeKind), which the base has already, or none is needed, \(rope.kind) found",
        remedy: "Transforms do not add up: use \(description.ropeKind), leave rope out, or start "
          + "from a base without a transform.")
    }
    let transform = try frequencyTransforms.make(rope.kind, rope.settings.values)
    return try transform.frequencies(
      headWidth: description.shape.headWidth, base: description.shape.ropeBase,
      trainedContext: description.shape.trainedContext, targetContext: recipe.target)
  }
}
