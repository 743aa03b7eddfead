/// Everything a person can do, whether by key, palette or script.
///
/// The log of commands is the test script: a state and a list of commands give one next state.
public enum Command: Hashable, Sendable {
  // Going about.
  case show(ScreenName)
  case nextPane
  case previousPane
  case up
  case down
  case left
  case right
  case pageUp
  case pageDown
  case first
  case last
  case open
  case back
  case zoomPane
  case reveal(PaneName)
  case help
  case palette
  case topic(String)
  case tour
  /// A command on its own screen.
  indirect case on(ScreenName, Command)
  case redraw
  case suspend
  case interrupt
  case quit

  // The recipe.
  case undo
  case redo
  case save
  case nudge(Int)
  case bigNudge(Int)
  case typeValue
  case lockWeight
  case nextStage
  case compareParent
  case explain
  case set(path: String, value: String)
  case recipes
  case openRecipe(String)

  // The recipe's sweep.
  case vary
  case sweep
  case markArms

  // The queue.
  case removeFromQueue
  case moveInQueue(Int)
  case resume

  // The tree of checkpoints.
  case pick
  case branch
  case merge

  // The run.
  case start
  case pauseOrContinue
  case singleStep
  case stopAndKeep
  case checkpointNow
  case editLive
  case evaluateNow
  case logLines

  // Charts.
  case cursor(Int)
  case zoomIn
  case zoomOut
  case fit
  case pan(Int)
  case logarithmic
  case logarithmicX
  case nextUnit
  case nextCurve
  case smoother
  case rougher
  case rawTrace
  case overlayRuns
  case follow

  // The data.
  case comparePositions

  // The heatmap.
  case evaluation(Int)
  case newestEvaluation
  case nextTask
  case reference
  case play

  // The table of runs.
  case mark
  case openRun(String)
  case nextOrder
  case reverseOrder
  case filterRuns
  case nextBudget

  case exportPicture

  // Dialogs.
  case saveAndQuit
  case quitNow
}
