public import Panes
import Recipes
import Terminal

// Which needle evaluation is shown, what it is held against, and playing them one after another.

extension WorkbenchState {
  /// The heatmap to show; nil when nothing was evaluated.
  public var map: NeedleMap? {
    guard let task else { return nil }
    let own = history.evaluations.filter { $0.task == task }
    let others = overlays.flatMap { entry in
      entry.run.history.evaluations.filter { $0.task == task }.map { evaluation in
        var named = evaluation
        named.run = "\(entry.mark.letter) \(entry.run.summary.name)"
        return named
      }
    }
    let all = own + others
    let shown = evaluation.flatMap { key in all.firstIndex { $0.key == key } } ?? own.count - 1
    let against = reference.flatMap { key in all.first { $0.key == key } }
    var axes = history.axes[task] ?? NeedleAxes()
    // Cells that only another run has are shown when that run is.
    let isForeign = shown >= own.count || !(against?.run.isEmpty ?? true)
    if isForeign {
      for entry in overlays {
        axes = axes.union(entry.run.history.axes[task] ?? NeedleAxes())
      }
    }
    return NeedleMap(
      evaluations: all, shown: shown, axes: axes,
      trained: contexts.trained, target: contexts.target, reference: against)
  }

  /// Contexts that the run on screen was trained at and aims at.
  var contexts: (trained: Int?, target: Int?) {
    if let past { return (past.trained, past.target) }
    return runContexts ?? (report?.model?.trainedContext, recipe.recipe?.target)
  }

  /// Does a command about the heatmap.
  mutating func reduceNeedle(_ command: Command) -> [Effect] {
    switch command {
    case .evaluation(let step):
      isPlaying = false
      if let map { show(map, map.shown + step) }
    case .newestEvaluation:
      (isPlaying, evaluation) = (false, nil)
      message = "Following the newest evaluation."
    case .nextTask: nextTask()
    case .reference: toggleReference()
    case .play: togglePlaying()
    default: break
    }
    return []
  }

  /// Shows an evaluation by its place in the list, clamped.
  mutating func show(_ map: NeedleMap, _ index: Int) {
    let place = max(0, min(map.evaluations.count - 1, index))
    guard map.evaluations.indices.contains(place) else { return }
    let newest = map.evaluations.lastIndex { $0.run.isEmpty }
    evaluation = place == newest ? nil : map.evaluations[place].key
    rows[.evaluations] = place
  }

  private mutating func nextTask() {
    let tasks = tasks
    guard let task, let index = tasks.firstIndex(of: task) else {
      message = "No needle task was evaluated yet."
      return
    }
    guard tasks.count > 1 else {
      message = "\(task) is the only task of this run; `evaluate` in its recipe adds others."
      return
    }
    let next = tasks[(index + 1) % tasks.count]
    (chosenTask, evaluation, reference, isPlaying) = (next, nil, nil, false)
    heatColumn = max(0, min(heatColumn, (map?.axes.lengths.count ?? 1) - 1))
    heatRow = max(0, min(heatRow, (map?.axes.depths.count ?? 1) - 1))
    rows[.cell] = 0
    message = "\(next), one of \(tasks.joined(separator: ", "))."
  }

  private mutating func toggleReference() {
    guard let shown = map?.evaluation else { return }
    guard reference == nil else {
      reference = nil
      return
    }
    reference = shown.key
    message =
      "Held against \(shown.title): [ ] picks the other side, also of runs marked with m; = ends it."
  }

  private mutating func togglePlaying() {
    guard let map, let shown = map.evaluation else { return }
    let places = map.evaluations.indices.filter { map.evaluations[$0].run == shown.run }
    guard places.count > 1, let first = places.first else {
      message = "There is one evaluation only; nothing to play."
      return
    }
    isPlaying.toggle()
    if isPlaying, map.shown == places.last { show(map, first) }
  }

  /// Time has passed while the evaluations are played: the next one, then the end.
  public mutating func playNext() {
    guard isPlaying, let map, let shown = map.evaluation else {
      isPlaying = false
      return
    }
    let last = map.evaluations.lastIndex { $0.run == shown.run } ?? map.shown
    if map.shown < last { show(map, map.shown + 1) }
    if map.shown + 1 >= last { isPlaying = false }
  }
}
