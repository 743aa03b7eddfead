public import Panes
public import Queues
public import Recipes

/// What a document would take and what it starts from.
public struct PlanReport: Sendable, Equatable {
  /// Cost and faults.
  public var plan: RecipePlanFace
  /// The base model; nil when it cannot be read.
  public var model: ModelFacts?
  /// One line about each source by name, such as `long stories, 700 to 4k tokens`.
  public var sources: [String: String]
  /// What is allowed but seldom meant.
  public var warnings: [RecipeWarning]

  /// A report of these values.
  public init(
    plan: RecipePlanFace, model: ModelFacts?, sources: [String: String] = [:],
    warnings: [RecipeWarning] = []
  ) {
    self.plan = plan
    self.warnings = warnings
    self.model = model
    self.sources = sources
  }
}

/// What the workbench asks of the program around it: it starts runs, reads and writes files.
///
/// `start`, `save` and `document` are called from the screen's thread; everything else from a worker
/// thread, one at a time.
public protocol WorkbenchHost: AnyObject, Sendable {
  /// Every kind that a recipe may name.
  var vocabulary: RecipeVocabulary { get }
  /// Starts a run of a recipe, or goes on with the one in a folder; returns at once, the training goes
  /// on in its own threads.
  ///
  /// - Throws: `UserError` or `UserErrors` when it cannot start.
  func start(_ document: RecipeDocument, folder: String?) throws -> StartedRun
  /// The runs of a recipe's sweep, with what is on the disk of them already.
  ///
  /// - Throws: `RecipeFaults` or `UserError` when an arm cannot be trained.
  func sweep(_ document: RecipeDocument) throws -> PlannedSweep
  /// What the whole runs of a sweep reached.
  func table(arms: [String], runs: [(arm: String, folder: String)]) -> SweepTable
  /// The checkpoints beside the run folders.
  func models() -> [ModelFile]
  /// Writes the average of two checkpoints beside the run folders.
  ///
  /// - Returns: its path.
  /// - Throws: `UserError` or `StoreError` when they cannot be merged.
  func merge(_ first: String, _ second: String, weight: Double) throws -> String
  /// What a recipe would cost, and everything that is wrong with it.
  func plan(_ document: RecipeDocument) -> PlanReport
  /// A few documents and rows of each stage by its name, as the recipe would feed them.
  ///
  /// - Throws: `UserError`, `UserErrors` or `StoreError` when it cannot be made ready.
  func feed(_ document: RecipeDocument) throws -> [String: FedStage]
  /// The recipes that can be opened, by name; those that cannot be read are left out.
  func recipes() -> [RecipeListing]
  /// Reads one of them.
  ///
  /// - Throws: `UserError` when it cannot be read.
  func document(at path: String) throws -> RecipeDocument
  /// Tells the runs of the checkpoints folder, newest first: those read so far now and then, and at
  /// last all of them.
  func runs(_ found: ([RunSummary]) -> Void)
  /// A run read back from its folder; nil when it cannot be read.
  func run(at path: String) -> PastRun?
  /// Draws a picture into files, beside the run that it shows.
  ///
  /// - Returns: the paths written.
  /// - Throws: `UserError` when they cannot be written.
  func export(_ picture: PictureRequest) throws -> [String]
  /// Writes a recipe to its file.
  ///
  /// - Throws: `UserError` when it cannot be written.
  func save(_ document: RecipeDocument) throws
}
