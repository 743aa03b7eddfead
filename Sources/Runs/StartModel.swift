import Corpora
import Kernels
import Models
import Positions
import Recipes
import RunStore
import Support

/// What a run starts from: a loaded base, a new model, or, when it goes on, what its checkpoint tells
/// of its beginning.
struct StartModel {
  let transformer: Transformer
  let tokenizer: any Tokenizer
  let description: ModelDescription
  /// Anchor tables of stages by number, as a run that goes on has made them.
  var anchors: [Int: AnchorTable] = [:]
  /// The checkpoint's file that the weights came from; nil without a base.
  var base: String?
  /// True when it comes from a checkpoint of the run itself.
  var isResumed = false

  /// Loads the recipe's base or draws a new model, unless that is a forecast only.
  ///
  /// - Throws: `UserError` or `StoreError` when the base cannot be used or the sizes do not fit.
  init(
    _ recipe: Recipe, pool: ThreadPool, isForecast: Bool = false, notice: (String) -> Void
  ) throws {
    if let base = recipe.base {
      let loaded = try LoadedModel(recipe.resolve(base), pool: pool, notice: notice)
      if let asked = recipe.tokenizer, asked.kind != loaded.tokenizer.name {
        throw UserError(
          "\(recipe.file): tokenizer",
          "\(asked.kind) found, the base reads \(loaded.tokenizer.name)",
          remedy: "Leave the key out.")
      }
      if loaded.description.adapters?.isPacked == true { _ = try loaded.plainWeights() }
      if loaded.description.adapters != nil {
        loaded.transformer.mergeAdapters()
        notice("\(loaded.path): the adapters are merged into the weights.")
      }
      self.base = loaded.path
      transformer = loaded.transformer
      tokenizer = loaded.tokenizer
      var plain = loaded.description
      plain.adapters = nil
      description = plain
      return
    }
    guard let model = recipe.model else {
      throw UserError(
        "\(recipe.file): model", "neither `base` nor `model` is given", remedy: "Give one of them.")
    }
    tokenizer = try recipe.makeTokenizer()
    let longest = recipe.stages.compactMap(\.training?.sequence).max() ?? recipe.target
    description = ModelDescription(
      shape: try LlamaShape(
        model.settings, vocabulary: tokenizer.vocabularySize, trainedContext: longest))
    transformer = Transformer(shape: description.shape, pool: pool, isForecast: isForecast)
    guard !isForecast else { return }
    transformer.initialize(
      seed: recipe.seed, deviation: model.settings.real("init_std") ?? 0.04)
  }

  /// The start of a run as its checkpoint tells it; the weights are zero, to be restored.
  ///
  /// - Throws: `UserError` when the checkpoint is not of a run.
  init(resuming contents: CheckpointContents, path: String, pool: ThreadPool) throws {
    let progress = try RunProgress(json: contents.state, path: path)
    description = progress.start
    isResumed = true
    anchors = progress.anchors ?? [:]
    tokenizer = try Tokenizers.make(description: contents.tokenizer)
    try description.shape.validate()
    guard description.rotary.inverse.count == description.shape.headWidth / 2,
      tokenizer.vocabularySize == description.shape.vocabulary
    else {
      throw UserError(
        path, "its model, tokenizer and rotary frequencies do not fit together",
        remedy: "Use another checkpoint.")
    }
    transformer = Transformer(shape: description.shape, pool: pool)
    transformer.setRotary(description.rotary)
  }
}

extension Recipe {
  /// The tokenizer that the recipe names, or the one that its sources need; a base brings its own.
  func makeTokenizer() throws -> any Tokenizer {
    if let tokenizer {
      var settings = tokenizer.settings.values
      if case .text(let path)? = settings["path"] { settings["path"] = .text(resolve(path)) }
      return try Tokenizers.catalog.make(tokenizer.kind, settings)
    }
    let textKinds = SourceKinds.catalog.descriptions.filter(\.givesAnyText).map(\.name)
    let readsText = sources.contains { textKinds.contains($0.component.kind) }
    return try Tokenizers.catalog.make(readsText ? "bytes" : "world")
  }
}
