import Panes
import Records
import Recipes
import Terminal

// Edits that reach the run in work: weights of its mix and its learning rate. Each becomes a record of
// the run; taking one back is one more record, never a change of what was written.

extension WorkbenchState {
  /// Remembers the mix that a starting run trains with.
  mutating func beginLive() {
    rateEdits = []
    ratesTakenBack = 0
    liveWeights = weights(ofStage: 0)
  }

  /// A new stage has its own mix.
  mutating func enterLive(_ stage: Int) {
    liveWeights = weights(ofStage: stage)
    rateEdits = []
  }

  private func weights(ofStage stage: Int) -> [String: Double] {
    guard isOwnRecipe else { return [:] }
    let mix = recipe.mix(stage)
    return Dictionary(zip(mix.names, mix.weights)) { first, _ in first }
  }

  /// What tells the run of weights that differ from those it trains with.
  mutating func sendWeights() -> [Effect] {
    guard isRunning, isOwnRecipe, recipe.faults.isEmpty else { return [] }
    let wanted = weights(ofStage: history.stages.last?.stage ?? 0)
    guard Set(wanted.keys) == Set(liveWeights.keys) else { return [] }
    let changed = wanted.filter { abs($0.value - (liveWeights[$0.key] ?? 0)) > 1e-9 }
    liveWeights = wanted
    // The largest first: between two commands some weight must be left.
    return changed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { .send(.setWeight(source: $0.key, weight: $0.value)) }
  }

  /// Takes the newest live rate back; nil when there is none.
  ///
  /// The schedule moves on, so the inverse is the rate of now times the old share of it.
  mutating func undoRate() -> [Effect]? {
    guard isRunning, let edit = rateEdits.popLast(), edit.new > 0, let now = history.last
    else { return nil }
    let rate = now.learningRate * edit.old / edit.new
    ratesTakenBack += 1
    message = "Learning rate back to its schedule: \(Format.number(rate)) from the next step on."
    return [.send(.setLearningRate(rate))]
  }

  /// Follows the edits that the run has confirmed.
  mutating func follow(_ record: RunRecord) {
    switch record {
    case .stage(let stage) where stage.stage > 0: enterLive(stage.stage)
    case .edit(let edit) where edit.path == "learning_rate":
      guard ratesTakenBack == 0 else {
        ratesTakenBack -= 1
        return
      }
      if let old = Double(edit.old), let new = Double(edit.new) { rateEdits.append((old, new)) }
    default: break
    }
  }
}
