import Panes
import Queues
import Recipes
import Records
import Support
import Terminal

// The queue of runs: what starting means while a run trains, and what follows when one ends.

extension WorkbenchState {
  /// Puts the recipe into the queue; it begins at once when nothing is in work.
  mutating func enqueue() -> [Effect] {
    guard recipe.faults.isEmpty, let typed = recipe.recipe else {
      message = recipe.faults.first
      return []
    }
    return begin(queue.add(recipe.document, typed, isFirst: !isRunning))
  }

  /// `1 run waits`, `2 runs wait`.
  var waitingWords: String {
    queue.waiting == 1 ? "1 run waits" : "\(queue.waiting) runs wait"
  }

  /// Lets a held queue go on; false when there is none.
  mutating func continueQueue() -> Bool {
    guard !isRunning, queue.waiting > 0 else { return false }
    queue.isHeld = false
    return true
  }

  /// What begins now that nothing is in work.
  ///
  /// - Parameter seconds: now, on a clock that goes on without steps.
  /// - Returns: nothing, or the beginning of one run.
  public mutating func advanceQueue(at seconds: Double) -> [Effect] {
    guard !isRunning, !leavesWhenOver, let entry = queue.next(at: seconds) else { return [] }
    return [.begin(entry.id)]
  }

  /// A run of the queue has begun.
  public mutating func began(_ id: Int, _ started: StartedRun) {
    guard let entry = queue.entry(id) else { return }
    let isAsked = showsNext
    let before = message
    queue.began(id, folder: started.folder, steps: entry.steps)
    show(entry, isAsked: isAsked)
    let target = try? entry.document.recipe(recipe.vocabulary).target
    runContexts = (started.trained, target)
    for record in started.records {
      history.apply(record)
      follow(record)
    }
    guard !isAsked else { return }
    let rest = queue.waiting > 0 ? ", \(waitingWords) behind it" : ""
    message = (before.map { $0 + " " } ?? "") + "Now \(entry.name)\(rest)."
  }

  /// A run that something else began is on: the screens follow it.
  public mutating func started(name: String, folder: String? = nil, isWatched: Bool = false) {
    guard let typed = recipe.recipe else { return }
    let id = queue.add(recipe.document, typed, isFirst: true)
    queue.began(id, folder: folder, steps: typed.plannedSteps)
    guard let entry = queue.entry(id) else { return }
    show(entry, isAsked: true)
    (runName, runContexts, isWatching) = (name, nil, isWatched)
  }

  /// The screens begin anew with a run of the queue.
  private mutating func show(_ entry: RunQueue.Entry, isAsked: Bool) {
    (current, run, runName, past) = (entry.id, .preparing, entry.name, nil)
    isPausing = false
    history = RunHistory(halfLife: history.loss.halfLife)
    let logarithmic = chart.logarithmic
    if isAsked { chart = ChartView() }
    (chart.logarithmic, chart.range, chart.cursor) = (logarithmic, nil, nil)
    (evaluation, reference, isPlaying, isWatching) = (nil, nil, false, false)
    (heatColumn, heatRow) = (0, 0)
    isOwnRecipe = entry.document.text == recipe.document.text
    beginLive()
    message = nil
    guard isAsked else { return }
    (screen, isZoomed, showsNext) = (.train, false, false)
  }

  /// A run of the queue could not begin; the next one has its turn.
  public mutating func couldNotBegin(_ id: Int, _ reason: String) {
    guard let entry = queue.entry(id) else { return }
    if showsNext, entry.arm == nil, entry.folder == nil {
      // Whoever asked is told at once; a list of what did not begin helps nobody.
      queue.remove(id)
      failed(reason)
    } else {
      // One of a sweep, or one with a folder, can be tried again.
      queue.ended(id, .failed(reason))
      failed("\(entry.name) did not begin: \(reason)")
    }
    showsNext = false
  }

  /// The entry under the cursor of the queue.
  var queuedUnderCursor: RunQueue.Entry? {
    queue.entries.indices.contains(row(.queue)) ? queue.entries[row(.queue)] : nil
  }

  /// Does a command about the queue's entry under the cursor.
  mutating func reduceQueue(_ command: Command) -> [Effect] {
    guard focused == .queue, let entry = queuedUnderCursor else {
      message = "tab goes to the queue, whose runs x takes out and + - move."
      return []
    }
    switch command {
    case .removeFromQueue where entry.state == .running:
      message = "\(entry.name) is in work: K stops it and keeps a checkpoint."
    case .removeFromQueue:
      queue.remove(entry.id)
      rows[.queue] = max(0, min(row(.queue), queue.entries.count - 1))
      message =
        "\(entry.name) is out of the queue" + (entry.folder == nil ? "." : "; its folder stays.")
    case .moveInQueue(let direction):
      if let place = queue.move(entry.id, by: direction) {
        rows[.queue] = place
      } else if entry.state != .waiting {
        message = "Only runs that wait can be moved."
      }
    default: break
    }
    return []
  }

  /// Shows the run of the queue's entry under the cursor.
  mutating func openQueued() -> [Effect] {
    guard let entry = queuedUnderCursor else { return [] }
    if entry.id == current, isRunning { return reduce(.show(.train)) }
    guard let folder = entry.folder else {
      message = "\(entry.name) has not begun."
      return []
    }
    return reduce(.openRun(folder))
  }
}
