import Panes
import Queues
import Records
import Recipes
import Support
import Terminal

extension WorkbenchState {
  /// Does one command.
  ///
  /// - Returns: what has to be done outside of the state.
  public mutating func reduce(_ command: Command) -> [Effect] {
    if command != .interrupt { message = nil }
    switch command {
    case .show(let name): return show(name)
    case .nextPane: return turn(1)
    case .previousPane: return turn(-1)
    case .up: return move(0, -1)
    case .down: return move(0, 1)
    case .left: return move(-1, 0)
    case .right: return move(1, 0)
    case .pageUp: return move(0, -10)
    case .pageDown: return move(0, 10)
    case .first: return move(0, -1_000_000)
    case .last: return move(0, 1_000_000)
    case .open: return open()
    case .back: back()
    case .zoomPane: isZoomed.toggle()
    case .help: overlay = .help(filter: "")
    case .palette: overlay = .palette(text: "", row: 0)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .interrupt: return interrupt()
    case .quit: return quit()
    case .explain, .topic, .tour, .compareParent: return reduceHelp(command)
    case .openRun(let path):
      guard !isRunning else {
        message = "The run that trains stays on screen; m on 5 Runs marks this one to lay it over."
        return []
      }
      return [.openRun(path)]
    case .on(let screen, let command): return show(screen) + reduce(command)
    case .exportPicture: return exportPicture()
    case .quitNow: return quitNow()
    case .saveAndQuit: return saveAndQuit()
    case .recipes, .openRecipe: return reduceOpen(command)
    case .undo, .redo, .save, .nudge, .bigNudge, .typeValue, .lockWeight, .nextStage, .set:
      return reduceRecipe(command)
    case .start, .pauseOrContinue, .singleStep, .stopAndKeep, .checkpointNow, .editLive,
      .evaluateNow,
      .logLines:
      return reduceRun(command)
    case .cursor, .zoomIn, .zoomOut, .fit, .pan, .logarithmic, .logarithmicX, .nextUnit,
      .nextCurve, .smoother, .rougher, .rawTrace, .overlayRuns, .follow:
      return reduceChart(command)
    case .comparePositions: comparesPositions.toggle()
    case .evaluation, .newestEvaluation, .nextTask, .reference, .play: return reduceNeedle(command)
    case .vary, .sweep, .markArms: return reduceSweep(command)
    case .resume: return resume()
    case .removeFromQueue, .moveInQueue: return reduceQueue(command)
    case .branch, .merge, .pick: return reduceLineage(command)
    case .reveal(let pane): return reveal(pane)
    case .mark where focused == .lineage: return reduceLineage(.pick)
    case .mark where focused == .sweep: return reduceSweep(.markArms)
    case .mark, .nextOrder, .reverseOrder, .filterRuns, .nextBudget: return reduceRuns(command)
    }
    return []
  }

  private mutating func show(_ name: ScreenName) -> [Effect] {
    screen = name
    isZoomed = false
    switch name {
    case .runs: return [.listRuns]
    case .data: return needFeed()
    default: return []
    }
  }

  /// Brings a pane into focus on its screen.
  private mutating func reveal(_ pane: PaneName) -> [Effect] {
    guard let home = ScreenName.allCases.first(where: { $0.panes.contains(pane) }) else {
      return []
    }
    focus[home] = pane
    return show(home)
  }

  private mutating func turn(_ step: Int) -> [Effect] {
    let panes = screen.panes
    guard let index = panes.firstIndex(of: focused) else { return [] }
    focus[screen] = panes[(index + step + panes.count) % panes.count]
    return []
  }

  private mutating func move(_ columns: Int, _ lines: Int) -> [Effect] {
    let pane = focused
    switch pane {
    case .heatmap:
      guard let axes = map?.axes else { return [] }
      heatColumn = max(0, min(axes.lengths.count - 1, heatColumn + columns))
      heatRow = max(0, min(axes.depths.count - 1, heatRow + lines))
      rows[.cell] = 0
    case .chart, .strips:
      if columns != 0 { return reduceChart(.cursor(columns)) }
    case .mix where columns != 0, .settings where columns != 0:
      return reduceRecipe(.nudge(columns))
    case .fed where columns != 0, .staircase where columns != 0:
      fedRow = max(0, min((stageFeed?.rows.count ?? 1) - 1, fedRow + columns))
      rows[.fed] = 0
    case .sweep where columns != 0:
      sweepArm = max(1, min(queue.sweepArms.count - 1, sweepArm + columns))
    default:
      guard lines != 0 else { return [] }
      rows[pane] = max(0, min(rowCount(pane) - 1, row(pane) + lines))
      if pane == .ledger { rows[.samples] = 0 }
      if pane == .stages { selectStage(row(.stages)) }
      if pane == .evaluations, let map { show(map, row(.evaluations)) }
    }
    return []
  }

  mutating func selectStage(_ index: Int) {
    stage = index
    rows[.mix] = 0
    rows[.settings] = 0
    rows[.fed] = 0
    fedRow = 0
    rows[.stages] = index
  }

  /// Asks for documents and rows when there are none of the recipe as it stands.
  mutating func needFeed() -> [Effect] {
    let text = recipe.document.text
    // What failed may have been mended outside: coming back tries again.
    guard feedText != text || feedProblem != nil else { return [] }
    (feedText, feedProblem) = (text, nil)
    return [.feed]
  }

  private mutating func open() -> [Effect] {
    switch focused {
    case .settings:
      let form = recipe.form(stage)
      if form.indices.contains(row(.settings)), case .choice = form[row(.settings)].setting.form {
        return reduceRecipe(.nudge(1))
      }
      return reduceRecipe(.typeValue)
    case .mix: return reduceRecipe(.typeValue)
    case .heatmap: focus[.needle] = .cell
    case .evaluations: focus[.needle] = .heatmap
    case .stages: focus[.recipe] = .settings
    case .sources:
      guard history.sources.indices.contains(row(.sources)) else { return [] }
      chart.curve = .source(history.sources[row(.sources)].name)
      focus[.train] = .chart
    case .changes:
      let changes = shownChanges
      guard changes.indices.contains(row(.changes)) else { return [] }
      reveal(changes[row(.changes)].path)
    case .events:
      let index = history.events.count - 1 - row(.events)
      guard history.events.indices.contains(index) else { return [] }
      chart.cursor = Double(history.events[index].step)
      focus[.train] = .chart
    case .runs:
      guard let run = runUnderCursor else { return [] }
      return reduce(.openRun(run.path))
    case .queue: return openQueued()
    case .sweep:
      let effects = markArms()
      guard !effects.isEmpty else { return [] }
      chart.showsOverlay = true
      return show(.train) + effects
    case .lineage:
      guard let run = lineageRow?.run else {
        message = "This checkpoint belongs to no run that is here."
        return []
      }
      return reduce(.openRun(run))
    default: break
    }
    return []
  }

  /// Puts the cursor on the field of a path.
  private mutating func reveal(_ path: String) {
    let parts = path.split(separator: ".")
    if parts.first == "stages", parts.count > 1, let index = Int(parts[1]) { selectStage(index) }
    if let row = recipe.form(stage).firstIndex(where: { $0.path == path }) {
      focus[.recipe] = .settings
      rows[.settings] = row
    } else if parts.count == 4, parts[2] == "mix",
      let row = recipe.mix(stage).names.firstIndex(of: String(parts[3]))
    {
      focus[.recipe] = .mix
      rows[.mix] = row
    }
  }

  private mutating func back() {
    if overlay != nil {
      overlay = nil
    } else if draft != nil {
      draft = nil
    } else if isZoomed {
      isZoomed = false
    } else if screen == .needle, focused == .cell {
      focus[.needle] = .heatmap
    } else if screen == .train, chart.cursor != nil {
      chart.cursor = nil
    } else if screen == .runs, !runFilter.text.isEmpty {
      _ = filter(by: "")
    }
  }

  private mutating func interrupt() -> [Effect] {
    let asks: [Overlay?] = [.quitRunning, .quitUnsaved, .quitQueued]
    if draft != nil || (overlay != nil && !asks.contains(overlay)) {
      back()
      return []
    }
    return quit()
  }

  mutating func quit() -> [Effect] {
    if isRunning {
      overlay = .quitRunning
    } else if queue.waiting > 0 {
      overlay = .quitQueued
    } else if recipe.isEdited {
      overlay = .quitUnsaved
    } else {
      return [.leave]
    }
    return []
  }

  private mutating func quitNow() -> [Effect] {
    overlay = nil
    return isRunning ? [.send(.abandon), .leave] : [.leave]
  }

  private mutating func saveAndQuit() -> [Effect] {
    let kept = overlay
    overlay = nil
    if isRunning {
      leavesWhenOver = true
      // Whoever leaves begins nothing more, also when unsaved edits keep the screen open.
      queue.isHeld = queue.waiting > 0
      message = "Stopping after this step; the workbench closes once the checkpoint is written."
      return [.send(.stop)]
    }
    guard kept == .quitUnsaved || recipe.isEdited else { return [.leave] }
    leavesWhenOver = true
    return [.save]
  }
}
