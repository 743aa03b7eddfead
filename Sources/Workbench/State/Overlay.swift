public import Records

/// A box over the panes.
public enum Overlay: Sendable, Equatable {
  /// The keys of this screen, filtered.
  case help(filter: String)
  /// The palette: what was typed and the row of the cursor.
  case palette(text: String, row: Int)
  /// A page of help.
  case topic(Topic)
  /// A page of the tour.
  case tour(Int)
  /// Quit while training.
  case quitRunning
  /// Quit while runs wait in a held queue.
  case quitQueued
  /// Quit with unsaved edits.
  case quitUnsaved
}

/// A value that is being typed; it owns every printable key.
public struct Draft: Sendable, Equatable {
  /// What it will change.
  public enum Target: Sendable, Equatable {
    /// The weight of a source of the shown stage.
    case weight(Int)
    /// A setting by its path.
    case field(String)
    /// The learning rate of the run, live.
    case learningRate
    /// The filter of the table of runs.
    case filter
    /// A field of the recipe's sweep, with values.
    case vary
    /// The share of the second of two checkpoints that are merged.
    case merge
  }

  /// What it will change.
  public var target: Target
  /// What was typed.
  public var text: String
  /// What is wrong with it, in a few words.
  public var problem: String?
  /// Whether the text is the present value, untouched: the first letter typed replaces it.
  public var isFresh = false

  /// A draft of these values.
  public init(_ target: Target, text: String, problem: String? = nil) {
    self.target = target
    self.text = text
    self.problem = problem
  }
}

/// What the workbench has to do outside of its state.
public enum Effect: Sendable, Equatable {
  /// Begin a run of the queue by its number.
  case begin(Int)
  /// Read the recipe of a stopped run, to go on with it.
  case resume(String)
  /// Look what of the recipe's sweep is there already.
  case planSweep
  /// Read the sweep's whole runs into its table.
  case tabulate
  /// Merge two checkpoints, with the share of the second one.
  case merge(String, String, weight: Double)
  /// Tell the run something.
  case send(RunCommand)
  /// Write the recipe to its file.
  case save
  /// Plan the recipe again.
  case plan
  /// Read documents and rows of the recipe.
  case feed
  /// Read the list of recipes.
  case listRecipes
  /// Read a recipe and open it.
  case openRecipe(String)
  /// Read the list of runs.
  case listRuns
  /// Read a past run and show it.
  case openRun(String)
  /// Read a past run to compare it with others.
  case readRun(String)
  /// Draw what is in focus into files.
  case export
  /// Stop the process group until the shell continues it.
  case suspend
  /// Send the whole frame again.
  case redraw
  /// End the workbench.
  case leave
  /// Leave the screen, not the run: it trains on with plain lines.
  case logLines
}
