public import Panes
public import Queues
public import Records
public import Recipes

/// Everything the workbench knows; the frame is a pure function of it and of a size.
public struct WorkbenchState: Sendable {
  /// The recipe as edited.
  public internal(set) var recipe: RecipeState
  /// Plan, model and sources of the recipe; of an earlier edit while `isPlanStale`.
  public internal(set) var report: PlanReport?
  /// Whether the recipe changed since the report.
  public internal(set) var isPlanStale = true
  /// The shown stage of the recipe.
  public internal(set) var stage = 0

  /// The shown screen.
  public internal(set) var screen = ScreenName.recipe
  /// The pane in focus on each screen.
  public internal(set) var focus: [ScreenName: PaneName] = [:]
  /// Row of the cursor of each pane.
  public internal(set) var rows: [PaneName: Int] = [:]
  /// Whether the pane in focus fills the screen.
  public internal(set) var isZoomed = false
  /// Whether the recipe's changes are those against its parent run.
  public internal(set) var comparesParent = false
  /// A box over the panes.
  public internal(set) var overlay: Overlay?
  /// A value that is being typed.
  public internal(set) var draft: Draft?
  /// One line about what just happened.
  public internal(set) var message: String?

  /// Runs that wait, the one in work and those that are over.
  public internal(set) var queue = RunQueue()
  /// The queue's number of the run in work, or of the last one; nil before the first.
  public internal(set) var current: Int?
  /// Whether the run in work is another process's, which goes on without this one's queue.
  public internal(set) var isWatching = false
  /// Whether the run that begins next was just asked for: the screens go to it.
  var showsNext = false
  /// What the sweep's whole runs reached; nil while there are none.
  public internal(set) var sweepTable: SweepTable?
  /// The first arm of the sweep that is shown beside the first one.
  public internal(set) var sweepArm = 1

  /// Where the run stands; nil when there is none.
  public internal(set) var run: RunState?
  /// Name of the run that the screens show.
  public internal(set) var runName = ""
  /// What the screens show of the run.
  public internal(set) var history = RunHistory()
  /// What of the loss is in sight.
  public internal(set) var chart = ChartView()
  /// The needle task that was asked for; nil follows the newest evaluation.
  var chosenTask: String?
  /// The shown needle evaluation; nil follows the newest of the run.
  public internal(set) var evaluation: NeedleEvaluation.Key?
  /// The needle evaluation that the shown one is held against; nil shows it alone.
  public internal(set) var reference: NeedleEvaluation.Key?
  /// Whether the evaluations are shown one after another.
  public internal(set) var isPlaying = false
  /// Column of the heatmap's cursor.
  public internal(set) var heatColumn = 0
  /// Row of the heatmap's cursor.
  public internal(set) var heatRow = 0
  /// Contexts that the run in work was trained at and aims at; nil for those of the recipe.
  var runContexts: (trained: Int?, target: Int?)?
  /// Whether the run in work is of the recipe on screen: then edits of weights reach it.
  var isOwnRecipe = true
  /// Factors on the scheduled learning rate before each live change that can be taken back, oldest first.
  var rateFactors: [Double] = []
  /// The factor that holds.
  var rateFactor = 1.0
  /// Inverse rates on their way to the run: their edits are not to be taken back again.
  var ratesTakenBack = 0
  /// Weights that the run trains with, by source; empty without a run.
  var liveWeights: [String: Double] = [:]
  /// Fields that the run trains with and that may change while it does, by path.
  var liveFields: [String: String] = [:]
  /// Whether the workbench leaves when the run has ended.
  public internal(set) var leavesWhenOver = false
  /// Whether the run was asked to pause and does not yet: it ends its step or evaluation first.
  public internal(set) var isPausing = false
  /// Whether space lets the run go on instead of pausing it.
  public var canGoOn: Bool { run == .paused || isPausing }

  /// Documents and rows of the stages by their names, of an earlier edit while others are made; nil until read.
  public internal(set) var feed: [String: FedStage]?
  /// The recipe that the feed is of or will be of.
  var feedText: String?
  /// Why there is no feed of the recipe; nil when there is one or it is awaited.
  public internal(set) var feedProblem: String?
  /// The shown one of the fed rows.
  public internal(set) var fedRow = 0
  /// Whether fed rows show their ids by every kind of positions.
  public internal(set) var comparesPositions = false
  /// The recipes that can be opened; empty until listed.
  public internal(set) var recipes: [RecipeListing] = []
  /// The runs of the checkpoints folder; nil until read.
  public internal(set) var runs: [RunSummary]?
  /// Checkpoints beside the run folders.
  public internal(set) var models: [ModelFile] = []
  /// The tree of runs and checkpoints; nil until the runs were read.
  public internal(set) var lineage: Lineage?
  /// Checkpoints that are marked for merging, in the order in which they were.
  public internal(set) var picked: [String] = []
  /// How the table of runs is sorted.
  public internal(set) var runOrder = RunOrder()
  /// Which runs the table shows.
  public internal(set) var runFilter = RunFilter()
  /// Marked runs by path.
  public internal(set) var marks: [String: RunMark] = [:]
  /// Runs that were read because they are marked, by path.
  public internal(set) var readRuns: [String: PastRun] = [:]
  /// Other runs of the arm that a marked run stands for, by its path.
  var armRuns: [String: [String]] = [:]
  /// What marked runs are compared at.
  public internal(set) var budget = Budget.tokens
  /// The past run that the screens show; nil when they show the run in work.
  public internal(set) var past: PastRun?
  /// Columns of the loss plot in the last layout, for moving its cursor by columns.
  public internal(set) var plotColumns = 72

  /// A workbench on a recipe, with no run.
  public init(_ document: RecipeDocument, vocabulary: RecipeVocabulary) {
    recipe = RecipeState(document, vocabulary: vocabulary)
  }

  /// The pane in focus on the shown screen.
  public var focused: PaneName { focus[screen] ?? screen.panes.first ?? .mix }

  /// Row of the cursor of a pane.
  public func row(_ pane: PaneName) -> Int { rows[pane] ?? 0 }

  /// Why the run on screen failed; nil when it did not.
  public var failure: String? {
    guard case .failed(let reason)? = run else { return nil }
    return reason.isEmpty ? history.failure ?? "the log does not say why" : reason
  }

  /// Whether a run trains, evaluates, pauses or stops.
  public var isRunning: Bool { run.map { !$0.isOver } ?? false }

  /// The needle tasks that were evaluated, in the order first seen.
  public var tasks: [String] {
    history.evaluations.reduce(into: []) { if !$0.contains($1.task) { $0.append($1.task) } }
  }

  /// The needle task that the screens show: the chosen one, else that of the newest evaluation.
  public var task: String? {
    chosenTask.flatMap { tasks.contains($0) ? $0 : nil } ?? history.evaluations.last?.task
  }

  /// Name of the source under the cursor of the data screen.
  public var shownSource: String {
    let names = recipe.mix(stage).names
    return names.indices.contains(row(.ledger)) ? names[row(.ledger)] : names.first ?? ""
  }

  /// Documents and rows of the shown stage; nil until read.
  public var stageFeed: FedStage? {
    guard let feed, let stages = recipe.recipe?.stages, stages.indices.contains(stage) else {
      return nil
    }
    return feed[stages[stage].name] ?? FedStage()
  }

  /// The shown row of the feed.
  public var shownFedRow: FedRow? {
    guard let rows = stageFeed?.rows, rows.indices.contains(fedRow) else { return nil }
    return rows[fedRow]
  }

  /// Wavelengths of the shown stage; nil while the base model is unknown or the recipe cannot be read.
  public var rotary: RotaryFace? {
    guard let model = report?.model, let target = recipe.recipe?.target,
      let rope = recipe.training(stage)?.rope
    else { return nil }
    return RotaryFace(rope: rope, model: model, target: target)
  }

  /// Rows that the cursor of a pane can be on.
  func rowCount(_ pane: PaneName) -> Int {
    switch pane {
    case .mix, .ledger: recipe.mix(stage).names.count
    case .settings: recipe.form(stage).count
    case .stages: recipe.recipe?.stages.count ?? 0
    case .changes: shownChanges.count
    case .samples: SamplesPane.lineCount(stageFeed?.samples[shownSource] ?? [], width: 80)
    case .fed: shownFedRow.map { FedPane.lineCount($0, width: 80) } ?? 0
    case .sources: history.sources.count
    case .events: history.events.count
    case .cell: map?.cell(heatColumn, heatRow)?.record.answers.count ?? 0
    case .evaluations: map?.evaluations.count ?? 0
    case .runs: shownRuns?.count ?? 0
    case .comparison: ComparisonPane.lineCount(comparison)
    case .queue: queue.entries.count
    case .sweep: sweepTable?.rows.count ?? 0
    case .lineage: lineage?.rows.count ?? 0
    case .wavelengths, .staircase, .chart, .strips, .heatmap, .runDetail: 0
    }
  }
}
