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
import Support
import Tensors
import Training

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
struct TrainingWork: Sendable {
  var settings: TrainingStage
  /// What is trained; nil for all weights.
  let adapters: AdapterPlan?
  /// True when the adapters are merged into the weights at the end of the stage.
  let mergesAdapters: Bool
  /// How far attention sees; nil for the whole row from the start.
  let window: AttentionWindow?
  /// nil keeps the frequencies that the model has.
  let rotary: RotaryFrequencies?
  var optimizer: any Optimizer
  let loss: LossSettings
  /// The stream at its beginning; its batches are micro-batches.
  let stream: BatchStream
  /// Micro-batches of an optimizer step.
  let microBatches: Int
  /// Ordinary short rows, when the stage replays.
  let replay: Replay?
  /// What of the documents is trained on; nil for all.
  let selector: SentenceSelector?

  /// Steps on short rows in between.
  struct Replay: Sendable {
    let stream: BatchStream
    let rows: Int
    let sequence: Int
    let microBatches: Int
    /// Share of the steps.
    let share: Double
  }

  /// True when its sentences are chosen by weights that the run has yet to make.
  var awaitsSentences: Bool { selector == nil && settings.select.kind != WholeDocuments.kind.name }

  /// Whether a step of the stage replays: spread evenly, the same at every resume.
  func replays(step: Int) -> Bool {
    guard let replay else { return false }
    return Int(Double(step + 1) * replay.share) > Int(Double(step) * replay.share)
  }
}

/// A recipe made ready to run.
public final class PreparedRun {
  /// The recipe, with what was changed while it trained.
  public private(set) var recipe: Recipe
  /// The tokenizer of the model.
  public let tokenizer: any Tokenizer
  /// The model at the start of the run.
  public let transformer: Transformer
  /// Sizes and rotary frequencies at the start of the run.
  public let description: ModelDescription
  /// The checkpoint's file that the run starts from; nil for a new model and for a run that goes on.
  let base: String?
  /// Rotary frequencies at the end of the run.
  public var finalRotary: RotaryFrequencies {
    stages.compactMap { $0.training?.rotary }.last ?? description.rotary
  }
  private(set) var stages: [PreparedStage]
  private(set) var evaluations: [PlannedEvaluation]

  /// The anchor tables of the stages that have one, by the stage's number.
  var anchors: [Int: AnchorTable] {
    var tables: [Int: AnchorTable] = [:]
    for (number, stage) in stages.enumerated() {
      tables[number] = stage.training?.selector?.anchors
    }
    return tables
  }

  /// Reads a document and builds everything that it names.
  ///
  /// What the reader finds and what only shows when things are built is told together.
  ///
  /// - Parameters:
  ///   - document: to be read with the program's own catalogues.
  ///   - pool: threads for the work; nil for as many as the recipe asks for.
  ///   - isForecast: as below.
  ///   - notice: as below.
  /// - Throws: `UserErrors`, `UserError` or `StoreError` with what does not work.
  public convenience init(
    _ document: RecipeDocument, pool: ThreadPool? = nil, isForecast: Bool = false,
    notice: (String) -> Void = { _ in }
  ) throws {
    let recipe: Recipe
    do {
      recipe = try document.recipe(.needlepoint, checksPaths: true)
    } catch let unread as RecipeFaults {
      throw Self.faults(unread)
    }
    try self.init(
      recipe,
      pool: pool ?? ThreadPool(threads: recipe.threads ?? Machine.coreCount),
      isForecast: isForecast, notice: notice)
  }

  /// Builds everything that a recipe names.
  ///
  /// - Parameters:
  ///   - recipe: checked already, as far as it can be without building.
  ///   - pool: threads for the work.
  ///   - isForecast: true when nothing will be trained or shown; then a new model has no memory, and no
  ///     model scores the samples of a selection, which may take minutes.
  ///   - notice: receives warnings, such as a checkpoint that was passed over.
  /// - Throws: `UserErrors`, `UserError` or `StoreError` with what does not work.
  public convenience init(
    _ recipe: Recipe, pool: ThreadPool, isForecast: Bool = false,
    notice: (String) -> Void = { _ in }
  ) throws {
    let start = try StartModel(recipe, pool: pool, isForecast: isForecast, notice: notice)
    try self.init(recipe, start: start, isForecast: isForecast, notice: notice)
  }

  /// Builds everything around a model that is there; `isForecast` as above.
  ///
  /// - Throws: `UserError` or `UserErrors` with everything that does not work.
  init(
    _ recipe: Recipe, start: StartModel, isForecast: Bool = false, notice: (String) -> Void
  ) throws {
    self.recipe = recipe
    transformer = start.transformer
    tokenizer = start.tokenizer
    description = start.description
    base = start.base
    let precision: MatmulPrecision = recipe.precision == .bfloat16 ? .bfloat16 : .float32
    transformer.precision = precision.usable(notice: notice)
    let builder = StageBuilder(
      recipe: recipe, tokenizer: start.tokenizer, description: start.description,
      pool: start.transformer.pool, anchors: start.anchors, isForecast: isForecast, kept: nil)
    let faults = FaultCollector()
    if !start.isResumed {
      _ = try faults.attempt { try Self.checkMerges(recipe, start.transformer, notice) }
    }
    stages = try recipe.stages.enumerated().compactMap { number, stage in
      try faults.attempt { try builder.stage(stage, number: number) }
    }
    evaluations = try Self.evaluations(recipe, tokenizer, transformer, faults)
    try faults.finish()
    transformer.recomputation =
      Recomputation(rawValue: recipe.recompute.rawValue)
      ?? .fitting(Machine.memoryBytes / 2) { memory($0).peak }
  }

  /// All faults of a recipe that has some already: building tells of those that reading cannot see.
  private static func faults(_ unread: RecipeFaults) -> UserErrors {
    let built = FaultCollector()
    if let readable = unread.readable {
      _ = try? built.attempt {
        try PreparedRun(readable, pool: ThreadPool(threads: 1), isForecast: true)
      }
    }
    // That a file is missing has been told already.
    let further = built.errors.filter { error in
      !unread.faults.contains { $0.finding.contains(error.place) }
    }
    return UserErrors(errors: unread.faults.map(UserError.init) + further)
  }

  /// Tries the checkpoints that stages merge with.
  private static func checkMerges(
    _ recipe: Recipe, _ model: Transformer, _ notice: (String) -> Void
  ) throws {
    for merge in recipe.stages.compactMap(\.merge) where !recipe.isOwnWeights(merge.with) {
      let path = recipe.resolve(merge.with)
      let other = try ModelPath.plain(path, pool: model.pool, notice: notice)
      guard other.layout == model.parameters.layout else { throw ParameterSet.otherShape(path) }
    }
  }

  /// Makes a stage ready again whose sentences are chosen by weights that the run has made since.
  ///
  /// - Parameters:
  ///   - number: the stage's.
  ///   - kept: where the weights after a stage lie, by its name; `base` means those of the start.
  /// - Returns: the stage's work, which `stages` has from now on.
  /// - Throws: `UserError` or `StoreError` when the weights cannot be read.
  func chooseSentences(
    ofStage number: Int, kept: @escaping (String) -> String
  ) throws -> TrainingWork {
    let builder = StageBuilder(
      recipe: recipe, tokenizer: tokenizer, description: description, pool: transformer.pool,
      anchors: [:], isForecast: false, kept: kept)
    stages[number] = try builder.stage(recipe.stages[number], number: number)
    guard let training = stages[number].training else {
      preconditionFailure("a merge trains nothing")
    }
    return training
  }

  private static func evaluations(
    _ recipe: Recipe, _ tokenizer: any Tokenizer, _ model: Transformer, _ faults: FaultCollector
  ) throws -> [PlannedEvaluation] {
    try recipe.evaluations.compactMap { item in
      try faults.attempt {
        try PlannedEvaluation(item, recipe: recipe, tokenizer: tokenizer, model: model)
      }
    }
  }

  /// Takes over what may change while a run trains: evaluations, and of each stage the optimizer and
  /// what ends it.
  ///
  /// - Parameter recipe: differs from the present one in such fields only.
  /// - Throws: `UserErrors` or `UserError` when something cannot be built; nothing is changed then.
  func revise(_ recipe: Recipe) throws {
    let faults = FaultCollector()
    let revised = try zip(stages, recipe.stages).map { stage, settings in
      guard var training = stage.training, let changed = settings.training else { return stage }
      let optimizer = changed.optimizer
      training.settings = changed
      training.optimizer =
        try faults.attempt {
          try optimizers.make(optimizer.kind, optimizer.settings.values)
        } ?? training.optimizer
      return PreparedStage(settings: settings, work: .train(training))
    }
    let evaluations = try Self.evaluations(recipe, tokenizer, transformer, faults)
    try faults.finish()
    (self.recipe, stages, self.evaluations) = (recipe, revised, evaluations)
  }

  /// The run's peak memory when the backward pass computes so much again.
  func memory(_ recomputation: Recomputation) -> RunMemory {
    RunMemory(
      description.shape, stages: stages.compactMap(\.training),
      passes: evaluations.flatMap(\.finalPasses), precision: transformer.precision,
      pool: transformer.pool, recomputation: recomputation)
  }
}
