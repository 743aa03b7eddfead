import Corpora
import Kernels
import Models
import Positions
import Recipes
import Support
import Training

/// Builds the stages of a recipe from the catalogues.
struct StageBuilder {
  /// Tokens of a micro-batch at most, unless one row is longer: bounds the memory of activations.
  static let microBatchTokens = 16_384

  let recipe: Recipe
  let tokenizer: any Tokenizer
  let description: ModelDescription
  let pool: ThreadPool
  /// Anchor tables of stages by number, when the run goes on.
  let anchors: [Int: AnchorTable]
  /// True when no model is to score samples.
  let isForecast: Bool

  func stage(_ stage: Stage, number: Int) throws -> PreparedStage {
    let work: PreparedStage.Work
    switch stage.work {
    case .merge(let merge): work = .merge(merge)
    case .train(let training): work = .train(try self.training(training, number))
    }
    return PreparedStage(settings: stage, work: work)
  }

  private func training(
    _ settings: TrainingStage, _ number: Int
  ) throws -> TrainingWork {
    let faults = FaultCollector()
    let selector = try faults.attempt {
      try SelectionBuilder(
        recipe: recipe, tokenizer: tokenizer, pool: pool, isForecast: isForecast
      ).selector(settings, known: anchors[number], seed: recipe.seed)
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

  private func mainStream(
    _ settings: TrainingStage, _ number: Int, _ selector: SentenceSelector?
  ) throws -> (stream: BatchStream, microBatches: Int) {
    let faults = FaultCollector()
    let packer = try faults.attempt {
      try recipe.locate(settings.pack) {
        try Packers.catalog.make(settings.pack.kind, settings.pack.settings.values)
      }
    }
    let positions = try Self.positions(
      settings.positions.kind, settings.positions.settings.values,
      target: max(recipe.target, settings.sequence))
    // Without a packer another takes its place, so that the sources are tried as well.
    let main = try faults.attempt {
      try stream(
        settings, rows: settings.rows, sequence: settings.sequence, packer: packer ?? RowPacker(),
        positions: positions, selector: selector, purpose: "\(number)")
    }
    for (name, source) in main?.stream.sources ?? [] {
      if let fault = shortage(of: source, name, settings, number, packer) { faults.add(fault) }
    }
    try faults.finish()
    guard let main else { preconditionFailure("a stream is missing without a fault") }
    return main
  }

  /// The position ids of a kind; nil for plain ones.
  static func positions(
    _ kind: String, _ values: [String: SettingsValue], target: Int
  ) throws -> PositionRule? {
    guard kind != PlainPositions.kind.name else { return nil }
    let positions = try indexTransforms.make(kind, values)
    return { segments, random in
      positions.positions(segments: segments, target: target, random: &random)
    }
  }

  /// What to tell when a source that may not be repeated has less than the stage reads.
  private func shortage(
    of source: any DocumentSource, _ name: String, _ settings: TrainingStage, _ number: Int,
    _ packer: (any Packer)?
  ) -> UserError? {
    guard !source.repeats, let pass = source.pass, settings.advance == nil,
      let entry = settings.mix.first(where: { $0.source == name })
    else { return nil }
    let steps = Double(settings.steps) * (1 - (settings.replay?.share ?? 0))
    let rows = (entry.share * steps * Double(settings.rows)).rounded(.down)
    let isByRows = packer is RowPacker && source.readyMade != nil
    let wanted = Int(isByRows ? rows : rows * Double(settings.sequence))
    guard let there = isByRows ? pass.documents : pass.tokens, there < wanted else { return nil }
    let unit = isByRows ? "rows" : "tokens"
    return UserError(
      recipe.place("stages.\(number).mix.\(name)", line: entry.line),
      "the stage reads \(wanted) \(unit) of a source that may not be repeated, \(there) found",
      remedy: "Set `repeat: true` for the source, lower its weight, or give more data.")
  }

  private func replay(
    _ settings: TrainingStage, _ number: Int
  ) throws -> TrainingWork.Replay? {
    guard let asked = settings.replay, asked.share > 0 else { return nil }
    let sequence = asked.sequence ?? description.shape.trainedContext
    let rows = max(1, settings.tokensPerStep / sequence)
    let short = try stream(
      settings, rows: rows, sequence: sequence, packer: RowPacker(), positions: nil,
      selector: nil, purpose: "\(number)/replay")
    return TrainingWork.Replay(
      stream: short.stream, rows: rows, sequence: sequence, microBatches: short.microBatches,
      share: asked.share)
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

  /// A stream of micro-batches, as large as memory allows and all alike.
  private func stream(
    _ settings: TrainingStage, rows: Int, sequence: Int, packer: any Packer,
    positions: PositionRule?, selector: SentenceSelector?, purpose: String
  ) throws -> (stream: BatchStream, microBatches: Int) {
    let most = max(1, Self.microBatchTokens / sequence)
    let microRows = (1...min(rows, most)).last { rows % $0 == 0 } ?? 1
    let plan = BatchPlan(
      rows: microRows, length: sequence, packer: packer, positions: positions,
      seed: recipe.seed ^ StableHash.fnv1a("stage/\(purpose)"))
    var sources = try SourceOpener(recipe: recipe, tokenizer: tokenizer).open(
      settings.mix.map { ($0.source, $0.weight) }, split: .training, seed: plan.seed)
    if let selector {
      sources = try sources.map { weighted in
        WeightedSource(
          name: weighted.name, weight: weighted.weight,
          source: try SelectingSource(
            weighted.source, selector, name: weighted.name, seed: plan.seed))
      }
    }
    return (
      try BatchStream(sources: sources, plan: plan, tokenizer: tokenizer), rows / microRows
    )
  }
}
