import Corpora
import Kernels
import Models
import Recipes
import Support

/// Makes the selection of a stage ready, with models to score samples where it asks for them.
struct SelectionBuilder {
  let recipe: Recipe
  let tokenizer: any Tokenizer
  let pool: ThreadPool
  /// True when no model is to score samples.
  let isForecast: Bool
  /// Where the weights after a stage lie, by its name; nil before the run has any.
  let kept: ((String) -> String)?

  /// The selection of a stage; nil when it trains on everything, or the scores that it needs are yet to
  /// come: weights that the run has yet to make, or a forecast's.
  ///
  /// `known` is its anchor table when the run goes on, `seed` that of the samples.
  ///
  /// - Throws: `UserError` or `StoreError` when a model cannot be read or does not fit.
  func selector(
    _ settings: TrainingStage, of stage: Stage, known: AnchorTable?, seed: UInt64
  ) throws -> SentenceSelector? {
    var values = settings.select.settings.values
    let asked = stage.askedWeights(.needlepoint)
    for (name, key, _) in asked {
      values[String(key.dropFirst(settings.select.path.count + 1))] = .text(path(of: name))
    }
    let selection = try recipe.locate(settings.select) {
      try Selections.catalog.make(settings.select.kind, values)
    }
    let awaitsWeights = kept == nil && !recipe.neededWeights(of: stage, .needlepoint).isEmpty
    if known == nil, awaitsWeights || isForecast && !asked.isEmpty { return nil }
    return try selection.open(
      SelectionOpening(
        tokenizer: tokenizer, known: known,
        samples: { try samples(settings, count: $0, length: $1, seed: seed) },
        scores: { try scores($0 ?? path(of: Stage.base)) }))
  }

  /// Where weights lie that a stage asks for; for those that the run has yet to make their name.
  private func path(of name: String) -> String {
    guard recipe.isOwnWeights(name) else { return recipe.resolve(name) }
    if let kept { return kept(name) }
    return name == Stage.base ? recipe.base.map(recipe.resolve) ?? name : name
  }

  /// Documents of the stage's sources, by their shares.
  private func samples(
    _ settings: TrainingStage, count: Int, length: Int, seed: UInt64
  ) throws -> [[Int32]] {
    var sources = try SourceOpener(recipe: recipe, tokenizer: tokenizer).open(
      settings.mix.map { ($0.source, $0.weight) }, split: .training, seed: seed
    ).map(\.source)
    // Whole shares first, then what is left: the same sources in the same order each time.
    var credits = settings.mix.map { _ in 0.0 }
    return try (0..<count).map { _ in
      for index in credits.indices { credits[index] += settings.mix[index].share }
      let next = credits.indices.max { credits[$0] < credits[$1] } ?? 0
      credits[next] -= 1
      return try sources[next].next(limit: length).tokens
    }
  }

  private func scores(_ path: String) throws -> TokenScores {
    let model = try LoadedModel(path, pool: pool)
    guard model.tokenizer.description == tokenizer.description else {
      throw UserError(
        path, "it reads \(model.tokenizer.name), the run \(tokenizer.name)",
        remedy: "Name a checkpoint of the same model.")
    }
    let transformer = model.transformer
    let vocabulary = model.description.shape.vocabulary
    return { tokens in
      guard tokens.count > 1 else { return tokens.map { _ in 0 } }
      let logits = transformer.logits(
        ModelInput(tokens: tokens), at: Array(0..<tokens.count - 1))
      return [0]
        + (1..<tokens.count).map { logits[($0 - 1) * vocabulary + Int(tokens[$0])] }
    }
  }
}
