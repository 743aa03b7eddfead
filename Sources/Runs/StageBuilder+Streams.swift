import Corpora
import Models
import Positions
import Recipes
import Support
import Training

extension StageBuilder {
  /// Tokens of a micro-batch at most, unless one row is longer: bounds the memory of activations.
  private static let microBatchTokens = 16_384

  /// The stream that a stage trains on, and its micro-batches a step.
  func mainStream(
    _ settings: TrainingStage, _ number: Int, _ selector: SentenceSelector?
  ) throws -> (stream: BatchStream, microBatches: Int) {
    let faults = FaultCollector()
    let packer = try faults.attempt { try self.packer(settings.pack) }
    let packers = try faults.attempt { try sourcePackers(settings) }
    let positions = try indexTransforms.make(
      settings.positions.kind, settings.positions.settings.values)
    let target = max(recipe.target, settings.sequence)
    let skips = positions as? PositionalSkips
    // Without a packer another takes its place, so that the sources are tried as well.
    let main = try faults.attempt {
      try stream(
        settings, rows: settings.rows, sequence: settings.sequence, packer: packer ?? RowPacker(),
        packers: packers ?? [:], positions: Self.rule(positions, target: target),
        purpose: "\(number)"
      ) { source, name, seed in
        var source = source
        if let selector { source = try SelectingSource(source, selector, name: name, seed: seed) }
        guard let skips, skips.skipsText else { return source }
        return try SkippingSource(source, reach: target, name: name, seed: seed) {
          skips.cut($0, slack: $1, &$2)
        }
      }
    }
    for (name, source) in main?.stream.sources ?? [] {
      let own = packers?[name] ?? packer
      if let fault = shortage(of: source, name, settings, number, own) { faults.add(fault) }
    }
    try faults.finish()
    guard let main else { preconditionFailure("a stream is missing without a fault") }
    return main
  }

  /// The position ids of a kind; nil for plain ones.
  static func rule(_ positions: any IndexTransform, target: Int) -> PositionRule? {
    guard !(positions is PlainPositions) else { return nil }
    return { segments, isCut, random in
      if isCut, let skips = positions as? PositionalSkips {
        return skips.positions(ofChunks: segments, target: target, random: &random)
      }
      return positions.positions(segments: segments, target: target, random: &random)
    }
  }

  private func packer(_ pack: Component) throws -> any Packer {
    try recipe.locate(pack) {
      try Packers.catalog.make(pack.kind, pack.settings.values)
    }
  }

  /// The packers of the sources that have their own, by name.
  private func sourcePackers(_ settings: TrainingStage) throws -> [String: any Packer] {
    var packers: [String: any Packer] = [:]
    for name in settings.mix.map(\.source) {
      if let pack = recipe.source(name)?.pack { packers[name] = try packer(pack) }
    }
    return packers
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

  /// The short rows in between; nil when the stage has none.
  func replay(
    _ settings: TrainingStage, _ number: Int
  ) throws -> TrainingWork.Replay? {
    guard let asked = settings.replay, asked.share > 0 else { return nil }
    let sequence = asked.sequence ?? description.shape.trainedContext
    let rows = max(1, settings.tokensPerStep / sequence)
    let short = try stream(
      settings, rows: rows, sequence: sequence, packer: RowPacker(), packers: [:],
      positions: nil, purpose: "\(number)/replay"
    ) { source, _, _ in source }
    return TrainingWork.Replay(
      stream: short.stream, rows: rows, sequence: sequence, microBatches: short.microBatches,
      share: asked.share)
  }

  /// A stream of micro-batches, as large as memory allows and all alike; `prepare` makes of each opened
  /// source what is packed.
  private func stream(
    _ settings: TrainingStage, rows: Int, sequence: Int, packer: any Packer,
    packers: [String: any Packer], positions: PositionRule?, purpose: String,
    prepare: (_ source: any DocumentSource, _ name: String, _ seed: UInt64) throws ->
      any DocumentSource
  ) throws -> (stream: BatchStream, microBatches: Int) {
    let most = max(1, Self.microBatchTokens / sequence)
    let microRows = (1...min(rows, most)).last { rows % $0 == 0 } ?? 1
    let plan = BatchPlan(
      rows: microRows, length: sequence, packer: packer, positions: positions,
      seed: recipe.seed ^ StableHash.fnv1a("stage/\(purpose)"))
    let sources = try SourceOpener(recipe: recipe, tokenizer: tokenizer).open(
      settings.mix.map { ($0.source, $0.weight) }, split: .training, seed: plan.seed
    ).map { opened in
      WeightedSource(
        name: opened.name, weight: opened.weight,
        source: try prepare(opened.source, opened.name, plan.seed), packer: packers[opened.name])
    }
    return (
      try BatchStream(sources: sources, plan: plan, tokenizer: tokenizer), rows / microRows
    )
  }
}
