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
  case help
  case palette
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
  case set(path: String, value: String)

  // The run.
  case start
  case pauseOrContinue
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
  case smoother
  case rougher
  case rawTrace
  case follow

  // The heatmap.
  case evaluation(Int)

  // Dialogs.
  case saveAndQuit
  case quitNow
}
