import Corpora
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
    let packer = try Packers.catalog.make(settings.pack.kind, settings.pack.settings.values)
    let positions = try indexTransforms.make(
      settings.positions.kind, settings.positions.settings.values)
    let target = max(recipe.target, settings.sequence)
    let rule: PositionRule = { segments, random in
      positions.positions(segments: segments, target: target, random: &random)
    }
    let isPlain = settings.positions.kind == PlainPositions.kind.name
    let main = try stream(
      settings, rows: settings.rows, sequence: settings.sequence, packer: packer,
      positions: isPlain ? nil : rule, purpose: "\(number)")
    var replay: TrainingWork.Replay?
    if let asked = settings.replay, asked.share > 0 {
      let sequence = asked.sequence ?? description.shape.trainedContext
      let rows = max(1, settings.tokensPerStep / sequence)
      let short = try stream(
        settings, rows: rows, sequence: sequence, packer: RowPacker(), positions: nil,
        purpose: "\(number)/replay")
      replay = TrainingWork.Replay(
        stream: short.stream, rows: rows, sequence: sequence, microBatches: short.microBatches,
        share: asked.share)
    }
    let part = try trainedParts.make(settings.train.kind, settings.train.settings.values)
    return TrainingWork(
      settings: settings, adapters: try adapters(part, number), mergesAdapters: part.mergesAtEnd,
      window: settings.window.map {
        AttentionWindow(start: $0.start, growth: $0.growth, end: $0.end)
      },
      rotary: try rotary(settings.rope, number),
      optimizer: try optimizers.make(settings.optimizer.kind, settings.optimizer.settings.values),
      loss: try loss(settings.loss, number), stream: main.stream,
      microBatches: main.microBatches, replay: replay)
  }

  private func adapters(_ part: any TrainedPart, _ number: Int) throws -> AdapterPlan? {
    do {
      return try part.adapters(for: description.shape)
    } catch let error as UserError {
      throw UserError(
        "\(recipe.file): stages.\(number).\(error.place)", error.finding, remedy: error.remedy)
    }
  }

  private func loss(_ settings: TrainingStage.Loss, _ number: Int) throws -> LossSettings {
    guard let average = LossSettings.Average(rawValue: settings.average) else {
      throw UserError(
        "\(recipe.file): stages.\(number).loss.average", "no average \"\(settings.average)\"",
        remedy: Suggestion.sentence(
          for: settings.average, among: LossSettings.Average.allCases.map(\.rawValue)))
    }
    return LossSettings(average: average, answerWeight: settings.answerWeight)
  }

  /// The frequencies of a transform; nil when the model keeps what it has.
  private func rotary(_ rope: Component, _ number: Int) throws -> RotaryFrequencies? {
    guard rope.kind != PlainFrequencies.kind.name else { return nil }
    guard Recipe.ropeMayFollow(rope.kind, description.ropeKind) else {
      throw UserError(
        "\(recipe.file): stages.\(number).rope.kind",
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
    positions: PositionRule?, purpose: String
  ) throws -> (stream: BatchStream, microBatches: Int) {
    let most = max(1, Self.microBatchTokens / sequence)
    let microRows = (1...min(rows, most)).last { rows % $0 == 0 } ?? 1
    let plan = BatchPlan(
      rows: microRows, length: sequence, packer: packer, positions: positions,
      seed: recipe.seed ^ StableHash.fnv1a("stage/\(purpose)"))
    let sources = try SourceOpener(recipe: recipe, tokenizer: tokenizer).open(
      settings.mix.map { ($0.source, $0.weight) }, split: .training, seed: plan.seed)
    return (
      try BatchStream(sources: sources, plan: plan, tokenizer: tokenizer), rows / microRows
    )
  }
}
