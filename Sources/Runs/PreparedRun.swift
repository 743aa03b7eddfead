// A recipe made ready: every kind built, every file looked at, the model in memory. All faults of a recipe
// come out here, before a step runs and before anything is written.

public import Corpora
import Evaluation
import Foundation
public import Kernels
public import Models
public import Positions
public import Recipes
import RunStore
public import Support
public import Training

/// A stage with everything that it needs.
struct PreparedStage {
  let settings: Stage
  let work: Work

  enum Work {
    case train(TrainingWork)
    case merge(Stage.Merge)
  }

  /// The training, when the stage trains.
  var training: TrainingWork? {
    if case .train(let training) = work { training } else { nil }
  }
}

/// The parts of a stage that trains.
struct TrainingWork {
  let settings: TrainingStage
  /// nil keeps the frequencies that the model has.
  let rotary: RotaryFrequencies?
  let optimizer: any Optimizer
  let loss: LossSettings
  /// The stream at its beginning; its batches are micro-batches.
  let stream: BatchStream
  /// Micro-batches of an optimizer step.
  let microBatches: Int
  /// Ordinary short rows, when the stage replays.
  let replay: (stream: BatchStream, microBatches: Int, share: Double)?

  /// Whether a step of the stage replays: spread evenly, the same at every resume.
  func replays(step: Int) -> Bool {
    guard let replay else { return false }
    return Int(Double(step + 1) * replay.share) > Int(Double(step) * replay.share)
  }
}

/// A recipe made ready to run.
public final class PreparedRun {
  /// The recipe.
  public let recipe: Recipe
  /// The tokenizer of the model.
  public let tokenizer: any Tokenizer
  /// The model at the start of the run.
  public let transformer: Transformer
  /// Sizes and rotary frequencies at the start of the run.
  public let description: ModelDescription
  /// The checkpoint that the run starts from; nil from scratch.
  public let basePath: String?
  let stages: [PreparedStage]
  let evaluations: [PlannedEvaluation]

  /// Builds everything that a recipe names.
  ///
  /// - Parameters:
  ///   - recipe: checked already, as far as it can be without building.
  ///   - pool: threads for the work.
  ///   - notice: receives warnings, such as a checkpoint that was passed over.
  /// - Throws: `UserError` or `StoreError` with the first thing that does not work.
  public init(_ recipe: Recipe, pool: ThreadPool, notice: (String) -> Void = { _ in }) throws {
    self.recipe = recipe
    if let base = recipe.base {
      let loaded = try LoadedModel(recipe.resolve(base), pool: pool, notice: notice)
      if let asked = recipe.tokenizer, asked.kind != loaded.tokenizer.name {
        throw UserError(
          "\(recipe.file): tokenizer",
          "\(asked.kind) found, the base reads \(loaded.tokenizer.name)",
          remedy: "Leave the key out.")
      }
      transformer = loaded.transformer
      tokenizer = loaded.tokenizer
      description = loaded.description
      basePath = loaded.path
    } else {
      tokenizer = try Self.tokenizer(of: recipe)
      description = try Self.newModel(recipe, vocabulary: tokenizer.vocabularySize)
      transformer = Transformer(shape: description.shape, pool: pool)
      transformer.initialize(
        seed: recipe.seed, deviation: recipe.model?.settings.real("init_std") ?? 0.04)
      basePath = nil
    }
    transformer.precision = recipe.precision == .bfloat16 ? .bfloat16 : .float32
    let builder = StageBuilder(recipe: recipe, tokenizer: tokenizer, description: description)
    stages = try recipe.stages.enumerated().map { try builder.stage($1, number: $0) }
    evaluations = try recipe.evaluations.map { [description] item in
      try PlannedEvaluation(item, recipe: recipe, description: description)
    }
  }

  private static func tokenizer(of recipe: Recipe) throws -> any Tokenizer {
    if let component = recipe.tokenizer {
      return try Tokenizers.catalog.make(component.kind, component.settings.values)
    }
    let readsText = recipe.sources.contains { $0.component.kind == "text" }
    return try Tokenizers.catalog.make(readsText ? "bytes" : "world")
  }

  private static func newModel(_ recipe: Recipe, vocabulary: Int) throws -> ModelDescription {
    guard let model = recipe.model else {
      throw UserError(
        "\(recipe.file): model", "neither `base` nor `model` is given", remedy: "Give one of them.")
    }
    let longest = recipe.stages.compactMap(\.training?.sequence).max() ?? recipe.target
    let shape = try LlamaShape(model.settings, vocabulary: vocabulary, trainedContext: longest)
    return ModelDescription(shape: shape)
  }
}
