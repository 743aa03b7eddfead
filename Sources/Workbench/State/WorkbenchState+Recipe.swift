import Panes
import Recipes
import Records
import Support
import Terminal

extension WorkbenchState {
  /// Does a command about the recipe.
  mutating func reduceRecipe(_ command: Command) -> [Effect] {
    switch command {
    case .undo:
      if screen != .recipe, let effects = undoRate() { return effects }
      guard recipe.undo() else {
        message = "Nothing to undo; what is trained stays trained."
        return []
      }
      if screen != .recipe { message = "One edit of the recipe taken back; C-r brings it again." }
      return edited()
    case .redo:
      guard recipe.redo() else {
        message = "Nothing to redo."
        return []
      }
      return edited()
    case .save:
      guard recipe.isEdited else {
        message = "Nothing to save: the recipe is as in its file."
        return []
      }
      return [.save]
    case .nudge(let step): return nudge(step, large: false)
    case .bigNudge(let step): return nudge(step, large: true)
    case .typeValue: beginTyping()
    case .lockWeight: return lock()
    case .nextStage:
      let count = recipe.recipe?.stages.count ?? 0
      if count > 0 { selectStage((stage + 1) % count) }
    case .set(let path, let value):
      if let problem = recipe.set(path, to: value) {
        message = "\(path): \(problem)."
        return []
      }
      return edited()
    default: break
    }
    return []
  }

  /// What follows an edit.
  mutating func edited() -> [Effect] {
    isPlanStale = true
    let count = recipe.recipe?.stages.count ?? 0
    if stage >= count { stage = max(0, count - 1) }
    for pane in [PaneName.mix, .settings, .changes] {
      rows[pane] = max(0, min(row(pane), rowCount(pane) - 1))
    }
    let feed = screen == .data ? needFeed() : []
    guard isRunning else { return [.plan] + feed }
    let live = sendEdits()
    if message == nil {
      message =
        live.isEmpty
        ? "The run goes on as it was started; the edit holds for the next one."
        : "The run has it from the next step on and logs it; u takes it back."
    }
    return [.plan] + feed + live
  }

  private mutating func nudge(_ step: Int, large: Bool) -> [Effect] {
    switch focused {
    case .mix:
      var mix = recipe.mix(stage)
      let index = row(.mix)
      guard mix.names.indices.contains(index) else { return [] }
      let size = large ? 0.05 : 0.01
      guard mix.set(index, to: mix.weights[index] + Double(step) * size) else {
        message = refusal(mix, index, step)
        return []
      }
      recipe.setMix(mix, stage: stage)
      return edited()
    case .settings:
      let form = recipe.form(stage)
      guard form.indices.contains(row(.settings)) else { return [] }
      let field = form[row(.settings)]
      guard let value = FieldNudge.next(field, by: step, large: large) else {
        message = "\(field.path) is typed: = or enter."
        return []
      }
      return reduceRecipe(.set(path: field.path, value: value))
    default:
      message = "+ and - change weights and settings; tab goes there."
      return []
    }
  }

  private func refusal(_ mix: MixWeights, _ index: Int, _ step: Int) -> String {
    let name = mix.names[index]
    if mix.locked.contains(name) { return "\(name) is locked; x frees it." }
    if mix.names.count == 1 { return "\(name) is the only source of this stage." }
    let others = mix.names.filter { $0 != name }
    if others.allSatisfy(mix.locked.contains) {
      return "All other sources are locked; x frees one."
    }
    return step > 0 ? "\(name) has all that the locks leave." : "\(name) is at 0 already."
  }

  private mutating func lock() -> [Effect] {
    guard focused == .mix else {
      message = "x locks a weight of the data mix."
      return []
    }
    var mix = recipe.mix(stage)
    mix.toggleLock(row(.mix))
    recipe.setMix(mix, stage: stage)
    return []
  }

  private mutating func beginTyping() {
    switch focused {
    case .mix:
      guard recipe.mix(stage).names.indices.contains(row(.mix)) else { return }
      draft = Draft(.weight(row(.mix)), text: "")
    case .settings:
      let form = recipe.form(stage)
      guard form.indices.contains(row(.settings)) else { return }
      let field = form[row(.settings)]
      draft = Draft(.field(field.path), text: field.text)
      draft?.isFresh = true
    default:
      message = "A value is typed in the data mix or the settings; tab goes there."
    }
  }

  /// Takes the draft over, or says what is wrong with it and keeps it.
  mutating func commit() -> [Effect] {
    guard let current = draft else { return [] }
    let text = String(current.text.filter { $0 != " " || current.text.contains("/") })
    switch current.target {
    case .weight(let index):
      var mix = recipe.mix(stage)
      let scale = text.hasSuffix("%") ? 0.01 : 1
      guard let value = Quantity.real(text.hasSuffix("%") ? String(text.dropLast()) : text) else {
        return refuse("a share from 0 to 1 is needed")
      }
      let weight = value * scale
      guard weight >= 0, weight <= mix.limit(of: index) + 1e-9 else {
        return refuse("0 to \(Format.fixed(mix.limit(of: index), 2)) with these locks")
      }
      if !mix.set(index, to: weight), abs(mix.weights[index] - weight) > 5e-5 {
        return refuse(refusal(mix, index, 1))
      }
      draft = nil
      recipe.setMix(mix, stage: stage)
      return edited()
    case .field(let path):
      if let problem = recipe.set(path, to: text) { return refuse(problem) }
      draft = nil
      return edited()
    case .vary:
      if let problem = recipe.vary(text) { return refuse(problem) }
      draft = nil
      let runs = recipe.sweepCount
      message =
        runs == 0
        ? "The recipe has no sweep now."
        : "The sweep has \(runs) run\(runs == 1 ? "" : "s") now: S starts it, u takes that back."
      return edited()
    case .merge:
      guard let weight = Quantity.real(text), (-1...2).contains(weight) else {
        return refuse("a share such as 0.5 is needed, -1 to 2")
      }
      draft = nil
      guard picked.count == 2 else { return [] }
      message = "Merging …"
      return [.merge(picked[0], picked[1], weight: weight)]
    case .filter:
      if let problem = filter(by: current.text) { return refuse(problem) }
      draft = nil
      return []
    case .learningRate:
      guard let rate = Quantity.real(text), rate >= 0, rate <= 10 else {
        return refuse("a rate such as 5e-4 is needed")
      }
      draft = nil
      guard isRunning else { return [] }
      message = "Learning rate \(Format.number(rate)) from the next step on; u takes it back."
      return [.send(.setLearningRate(rate))]
    }
  }

  private mutating func refuse(_ problem: String) -> [Effect] {
    draft?.problem = problem
    return []
  }
}

/// The next value of a field by `+` and `-`.
enum FieldNudge {
  /// Choices go round; numbers go up and down by a step of their own size; nil for what is typed.
  static func next(_ field: RecipeField, by step: Int, large: Bool) -> String? {
    switch field.setting.form {
    case .choice(let choices):
      guard !choices.isEmpty else { return nil }
      let index = choices.firstIndex(of: field.text) ?? 0
      return choices[((index + step) % choices.count + choices.count) % choices.count]
    case .flag: return field.text == "true" ? "false" : "true"
    case .integer(let range):
      guard case .integer(let value)? = field.value else { return nil }
      let size = large ? max(1, value / 4) : max(1, value / 20)
      return "\(max(range.lowerBound, min(range.upperBound, value + step * size)))"
    case .size(let range):
      guard case .integer(let value)? = field.value else { return nil }
      // A size doubles and halves when large, else moves by an eighth.
      let next =
        large ? (step > 0 ? value * 2 : value / 2) : value + step * max(1, value / 8)
      return "\(max(range.lowerBound, min(range.upperBound, next)))"
    case .real(let range):
      guard let value = real(field.value) else { return nil }
      let factor = large ? 2.0 : 1.1
      let next = step > 0 ? value * factor : value / factor
      let rounded = Double(Format.scientific(next)) ?? next
      return Quantity.text(max(range.lowerBound, min(range.upperBound, rounded)))
    case .text, .path, .sizes, .reals, .words: return nil
    }
  }

  private static func real(_ value: SettingsValue?) -> Double? {
    switch value {
    case .real(let value): value == 0 ? nil : value
    case .integer(let value): value == 0 ? nil : Double(value)
    default: nil
    }
  }
}

extension Format {
  /// Three significant digits in a form that reads back.
  static func scientific(_ value: Double) -> String {
    var exponent = 0
    var mantissa = abs(value)
    guard mantissa > 0, mantissa.isFinite else { return "0" }
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    return (value < 0 ? "-" : "") + fixed(mantissa, 2) + "e\(exponent)"
  }
}
