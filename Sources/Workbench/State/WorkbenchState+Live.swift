import Panes
import Records
import Recipes
import Support
import Terminal

// Edits that reach the run in work: weights of its mix, its learning rate, and every field that says that
// it holds from the next step on. Each becomes a record of the run; taking one back is one more record,
// never a change of what was written.

extension WorkbenchState {
  /// Remembers what a starting run trains with.
  mutating func beginLive() {
    liveFields = fieldsThatMayChange
    enterLive(0)
  }

  /// A new stage has its own mix and its own rate.
  mutating func enterLive(_ stage: Int) {
    liveWeights = weights(ofStage: stage)
    (rateFactors, rateFactor, ratesTakenBack) = ([], 1, 0)
  }

  private func weights(ofStage stage: Int) -> [String: Double] {
    guard isOwnRecipe else { return [:] }
    let mix = recipe.mix(stage)
    return Dictionary(zip(mix.names, mix.weights)) { first, _ in first }
  }

  /// Fields of the recipe that hold from the next step on, by path; weights are sent with their mix.
  private var fieldsThatMayChange: [String: String] {
    guard isOwnRecipe else { return [:] }
    let fields = recipe.fields.filter {
      $0.setting.applies == .nextStep && !$0.path.contains(".mix.")
    }
    return Dictionary(fields.map { ($0.path, $0.text) }) { first, _ in first }
  }

  /// What tells the run of an edit that may reach it while it trains.
  mutating func sendEdits() -> [Effect] {
    guard isRunning, isOwnRecipe, recipe.faults.isEmpty else { return [] }
    return sendWeights() + sendFields()
  }

  private mutating func sendWeights() -> [Effect] {
    let wanted = weights(ofStage: history.stages.last?.stage ?? 0)
    guard Set(wanted.keys) == Set(liveWeights.keys) else { return [] }
    let changed = wanted.filter { abs($0.value - (liveWeights[$0.key] ?? 0)) > 1e-9 }
    liveWeights = wanted
    // The largest first: between two commands some weight must be left.
    return changed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { .send(.setWeight(source: $0.key, weight: $0.value)) }
  }

  private mutating func sendFields() -> [Effect] {
    let wanted = fieldsThatMayChange
    // A field that only another kind has comes with that kind, which is for the next run.
    let changed = wanted.filter { path, value in
      !isOver(path) && (liveFields[path].map { $0 != value } ?? false)
    }
    for (path, value) in changed { liveFields[path] = value }
    return changed.sorted { $0.key < $1.key }.map { .send(.set(path: $0.key, value: $0.value)) }
  }

  /// Whether a field is of a stage that the run has behind it.
  private func isOver(_ path: String) -> Bool {
    let keys = path.split(separator: ".")
    guard keys[0] == "stages", let stage = Int(keys[1]) else { return false }
    return stage < history.stages.last?.stage ?? 0
  }

  /// Takes the newest live rate back; nil when there is none.
  mutating func undoRate() -> [Effect]? {
    guard isRunning, let factor = rateFactors.popLast() else { return nil }
    rateFactor = factor
    ratesTakenBack += 1
    message =
      factor == 1
      ? "Learning rate back to its schedule from the next step on."
      : "Learning rate back to \(Format.number(factor)) times its schedule from the next step on."
    return [.send(.scaleLearningRate(factor))]
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
      guard let old = Double(edit.old), let new = Double(edit.new), old > 0 else { return }
      rateFactors.append(rateFactor)
      rateFactor *= new / old
    case .edit(let edit) where edit.path.hasSuffix(".optimizer.rate"):
      (rateFactors, rateFactor, ratesTakenBack) = ([], 1, 0)
    default: break
    }
  }
}
