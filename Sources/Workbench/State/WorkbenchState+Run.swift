public import Panes
public import Records
import Recipes
import Terminal

extension WorkbenchState {
  /// Does a command about the run.
  mutating func reduceRun(_ command: Command) -> [Effect] {
    if command == .start {
      guard !isRunning else {
        message = "A run is training already: K stops it and keeps a checkpoint."
        return []
      }
      guard recipe.faults.isEmpty else {
        message = recipe.faults.first
        return []
      }
      return [.start]
    }
    guard isRunning, let run else {
      message = "No run is training; R starts the recipe."
      return []
    }
    if command == .logLines { return [.logLines] }
    guard run != .stopping else {
      message = "The run is stopping after this step."
      return []
    }
    switch command {
    case .pauseOrContinue:
      message = run == .paused ? nil : "Pausing after this step; space goes on."
      return [.send(run == .paused ? .resume : .pause)]
    case .stopAndKeep:
      message = "Stopping after this step; a checkpoint is kept."
      return [.send(.stop)]
    case .checkpointNow:
      message = "A checkpoint is written after this step."
      return [.send(.checkpoint)]
    case .evaluateNow:
      message = "The evaluations run after this step."
      return [.send(.evaluate)]
    case .editLive:
      draft = Draft(.learningRate, text: "")
    default: break
    }
    return []
  }

  /// A run has started.
  public mutating func started(name: String) {
    run = .preparing
    runName = name
    past = nil
    history = RunHistory(halfLife: history.loss.halfLife)
    let logarithmic = chart.logarithmic
    chart = ChartView()
    chart.logarithmic = logarithmic
    (evaluation, reference, isPlaying) = (nil, nil, false)
    heatColumn = 0
    heatRow = 0
    beginLive()
    screen = .train
    isZoomed = false
    message = nil
  }

  /// Something could not be done.
  public mutating func failed(_ sentence: String) {
    leavesWhenOver = false
    message = sentence
  }

  /// Something worth a line was said, such as by a library that prints.
  public mutating func note(_ sentence: String) {
    message = sentence
  }

  /// News of the run.
  ///
  /// - Returns: effects; the workbench leaves when it was asked to and the run is over.
  public mutating func receive(_ records: [RunRecord], state: RunState) -> [Effect] {
    for record in records {
      history.apply(record)
      follow(record)
    }
    let wasOver = run?.isOver ?? true
    run = state
    guard state.isOver else { return [] }
    if !wasOver {
      switch state {
      case .failed(let reason): message = reason
      case .stopped:
        let step = history.checkpoints.last.map { " of step \(Format.count($0.step))" } ?? ""
        message = "Stopped; the checkpoint\(step) is kept. R starts anew, 4 shows the heatmap."
      default: message = finished
      }
    }
    if leavesWhenOver { return recipe.isEdited ? quitAfterRun() : [.leave] }
    return wasOver ? [] : [.listRuns]
  }

  /// What was reached, and what can be done now.
  private var finished: String {
    var reached = ""
    if let map, let evaluation = map.evaluation, let target = map.target {
      let total = evaluation.total { $0.length == target }
      if total.trials > 0 {
        let share = Format.percent(Double(total.correct) / Double(total.trials))
        reached = ": \(share) at \(Format.tokens(target))"
      }
    }
    return "Finished and kept\(reached). 4 shows the cells, R runs again, q quits."
  }

  private mutating func quitAfterRun() -> [Effect] {
    guard overlay != .quitUnsaved else { return [] }
    leavesWhenOver = false
    overlay = .quitUnsaved
    return []
  }

  /// The plan of the recipe as it stood when it was asked for.
  public mutating func planned(_ report: PlanReport, of text: String) {
    guard text == recipe.document.text else { return }
    self.report = report
    isPlanStale = false
  }

  /// The recipe was written to its file.
  public mutating func wasSaved() -> [Effect] {
    recipe = recipe.asSaved()
    message = "Saved \(recipe.document.file)."
    return leavesWhenOver && !isRunning ? [.leave] : []
  }

  /// Documents and rows of the recipe came, as it stood when they were asked for.
  public mutating func received(feed: [String: FedStage], of text: String) {
    guard text == recipe.document.text else { return }
    self.feed = feed
  }
}
