public import Panes
import Queues
public import Records
import Recipes
import Terminal

extension WorkbenchState {
  /// Does a command about the run.
  mutating func reduceRun(_ command: Command) -> [Effect] {
    if command == .start { return enqueue() }
    if command == .pauseOrContinue, continueQueue() { return [] }
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
      let goesOn = canGoOn
      isPausing = !goesOn
      let when = run == .evaluating ? "once this evaluation is over" : "after this step"
      message = goesOn ? nil : "Pausing \(when); space goes on."
      return [.send(goesOn ? .resume : .pause)]
    case .singleStep:
      isPausing = false
      message = "One step, then it pauses; space goes on."
      return [.send(.step)]
    case .stopAndKeep:
      // Whoever stops a run wants quiet, not the next one.
      queue.isHeld = queue.waiting > 0
      message =
        "Stopping after this step; a checkpoint is kept."
        + (queue.isHeld ? " The queue waits then." : "")
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
      if let current { queue.take(record, of: current) }
    }
    let wasOver = run?.isOver ?? true
    run = state
    if state == .paused || state.isOver { isPausing = false }
    guard state.isOver else { return giveUp() }
    if !wasOver { end(state) }
    if leavesWhenOver {
      guard recipe.isEdited else { return [.leave] }
      askAboutEdits()
    }
    guard !wasOver else { return [] }
    let isOfSweep = current.flatMap(queue.entry)?.arm != nil
    return [.listRuns] + (isOfSweep ? [.tabulate] : [])
  }

  /// Stops the run in work when its arm has become hopeless.
  private mutating func giveUp() -> [Effect] {
    guard let current, queue.givesUp(current) else { return [] }
    message = "\(runName) is given up: far behind the best arm."
    return [.send(.stop)]
  }

  /// The run in work is over: says so, and what becomes of the queue.
  private mutating func end(_ state: RunState) {
    if let current { queue.ended(current, state) }
    switch state {
    case .failed(let reason):
      // The status row tells it for as long as the run is on screen.
      message = queue.waiting > 0 ? "\(runName) failed: \(reason)" : nil
    case .stopped where current.flatMap(queue.entry)?.state == .stopped:
      let step = history.checkpoints.last.map { " of step \(Format.count($0.step))" } ?? ""
      queue.isHeld = queue.waiting > 0
      message =
        "Stopped; the checkpoint\(step) is kept."
        + (queue.isHeld ? "" : " R starts anew, 4 shows the heatmap.")
    case .stopped: message = "\(runName) was given up."
    default: message = queue.waiting > 0 ? "\(runName) is finished." : finished
    }
    guard queue.isHeld, queue.waiting > 0 else { return }
    message = (message ?? "") + " \(waitingWords): space goes on."
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

  /// Whoever saved and quit while the run trained has edits of the recipe that are not in its file.
  private mutating func askAboutEdits() {
    guard overlay != .quitUnsaved else { return }
    leavesWhenOver = false
    overlay = .quitUnsaved
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

  /// Documents and rows of the recipe came, or why there are none, as it stood when they were asked for.
  public mutating func received(feed: Result<[String: FedStage], any Error>, of text: String) {
    guard text == recipe.document.text else { return }
    switch feed {
    case .success(let stages): (self.feed, feedProblem) = (stages, nil)
    case .failure(let error): feedProblem = "\(error)"
    }
  }
}
