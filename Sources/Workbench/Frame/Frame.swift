import Panes
import Queues
import Recipes
import Records
import Support
public import Terminal

/// Draws a state: header, panes, message, run strip, keys, and the boxes above them.
public enum Frame {
  /// Draws the whole frame into a canvas of any size.
  public static func draw(_ state: WorkbenchState, on canvas: Canvas) {
    let layout = Layout(
      width: canvas.width, height: canvas.height, screen: state.screen, focused: state.focused,
      isZoomed: state.isZoomed)
    let strip = RunStrip(state: state.run, history: state.history, name: state.runName)
    switch layout.size {
    case .tiny:
      drawTiny(state, on: canvas)
      return
    case .strip:
      strip.drawWrapped(on: canvas.view(layout.strip))
      canvas.text(smallKeys(state), y: layout.footer.y, style: .faint)
    default:
      drawHeader(state, on: canvas.view(layout.header))
      for place in layout.places {
        PaneDrawing.draw(
          place.pane, state, on: canvas.view(place.rect), focused: place.pane == state.focused)
      }
      if let extra = layout.extra { PaneDrawing.drawExtra(state, on: canvas.view(extra)) }
      drawStatus(state, on: canvas.view(layout.status))
      strip.draw(on: canvas.view(layout.strip))
      drawFooter(state, on: canvas.view(layout.footer))
    }
    OverlayDrawing.draw(state, on: canvas)
  }

  private static func drawTiny(_ state: WorkbenchState, on canvas: Canvas) {
    guard !canvas.bounds.isEmpty else { return }
    guard let last = state.history.last else {
      canvas.text("no run", y: 0)
      return
    }
    canvas.text(Format.number(last.loss), y: 0)
    canvas.text(Format.count(last.step), y: 1)
  }

  private static func smallKeys(_ state: WorkbenchState) -> String {
    state.canGoOn
      ? "space go on  K stop  q quit"
      : state.isRunning ? "space pause  K stop  q quit" : "R run  q quit"
  }

  private static func drawHeader(_ state: WorkbenchState, on canvas: Canvas) {
    let gap = canvas.width >= 100 ? "   " : " "
    var x = canvas.text(" needlepoint", y: 0, style: .strong)
    x += canvas.text(gap, x: x, y: 0)
    for name in ScreenName.allCases {
      let label = canvas.width >= 70 ? "\(name.rawValue) \(name.title)" : "\(name.rawValue)"
      let here = name == state.screen
      let style: Style = here ? Style(.accent, [.bold]) : .text
      x += canvas.text(here ? "[\(label)]" : " \(label) ", x: x, y: 0, style: style)
      if canvas.width >= 100 { x += 1 }
    }
    let recipe = state.recipe.recipe
    let room = canvas.width - x - 2
    guard room > 4 else { return }
    // The star must survive the cut: it is what says that edits are unsaved.
    let name = DisplayText(recipe?.name ?? state.recipe.document.file).truncated(to: room - 1)
    var right = name.description + (state.recipe.isEdited ? "*" : " ")
    if let model = state.report?.model?.summary {
      let longer = right + " ·  " + model
      if longer.count + 1 <= room { right = longer }
    }
    canvas.text(
      right, x: x + 1, y: 0, style: state.recipe.isEdited ? .strong : .text, width: room,
      align: .right)
  }

  private static func drawStatus(_ state: WorkbenchState, on canvas: Canvas) {
    if let draft = state.draft, let prompt = prompt(draft.target, state) {
      let end = canvas.runs(
        [(" \(prompt.label) ", .faint), ("[\(draft.text)_]", .selected)], y: 0)
      canvas.text(
        draft.problem ?? prompt.hint, x: end + 2, y: 0,
        style: draft.problem == nil ? .faint : .bad)
      return
    }
    if let message = state.message {
      canvas.text(" " + message, y: 0, style: .warning)
      return
    }
    if let problem = problem(state, isWide: canvas.width >= 100) {
      canvas.text(problem.next, y: 0, style: .faint, width: canvas.width - 1, align: .right)
      let room = canvas.width - problem.next.count - (problem.next.isEmpty ? 1 : 4)
      canvas.text(
        " \(canvas.glyphs.failed.scalar) \(problem.reason)", y: 0, style: .bad, width: room)
      return
    }
    guard let stage = state.history.stages.last, let last = state.history.last else {
      if let plan = state.report?.plan, state.screen == .recipe, state.recipe.faults.isEmpty {
        let time = plan.seconds.map { "  ·  ≈ \(Format.duration($0))" } ?? ""
        let runs = state.recipe.sweepCount
        let waiting = queued(state).map { "  ·  " + $0 } ?? ""
        let sweep = runs > 0 ? "  ·  S sweeps \(runs) runs" : ""
        canvas.text(
          "   plan  \(Format.number(Double(plan.tokens))) tokens  ·  \(Format.number(plan.flops))"
            + " FLOP  ·  \(Format.bytes(plan.peakBytes))\(time)\(sweep)\(waiting)", y: 0,
          style: .faint)
      }
      return
    }
    let total = state.history.plan.map { "/\($0.stages)" } ?? ""
    var words = [
      "stage \(stage.stage + 1)\(total) \(stage.name)",
      "\(Format.number(Double(last.tokens))) tokens",
      "elapsed \(Format.duration(last.seconds.rounded()))",
    ]
    if let queued = queued(state) { words.append(queued) }
    while words.count > 2, words.joined(separator: "  ·  ").count + 3 > canvas.width {
      words.remove(at: 1)
    }
    canvas.text("   " + words.joined(separator: "  ·  "), y: 0, style: .faint)
  }

  /// What is wrong with what the screen shows, and what can be done; the reason makes room for that.
  private static func problem(_ state: WorkbenchState, isWide: Bool) -> (
    reason: String, next: String
  )? {
    if [.recipe, .data].contains(state.screen), let fault = state.faults.first {
      let others = state.faults.count - 1
      return (fault, others > 0 ? "\(others) more" : "")
    }
    if state.screen == .data, let problem = state.feedProblem { return (problem, "2 tries again") }
    let kept = state.history.checkpoints.last.map { Format.count($0.step) }
    if let failure = state.failure {
      guard let kept else { return (failure, "R starts anew") }
      return (failure, isWide ? "5 r goes on from step \(kept), R starts anew" : "5 r goes on")
    }
    guard state.isRunning, let step = state.history.firstNotFinite else { return nil }
    return (
      "the loss is not a number since step \(Format.count(step))",
      "K stops" + (isWide ? "; then lower the rate, R starts anew" : "")
    )
  }

  /// How many runs wait; nil for none.
  private static func queued(_ state: WorkbenchState) -> String? {
    guard state.queue.waiting > 0 else { return nil }
    return state.queue.isHeld
      ? "\(state.queue.waiting) queued, space goes on" : state.waitingWords
  }

  /// What is typed in the message row, and what is expected there; nil for what is typed in its pane.
  private static func prompt(
    _ target: Draft.Target, _ state: WorkbenchState
  ) -> (label: String, hint: String)? {
    switch target {
    case .weight, .field: return nil
    case .learningRate:
      let now = state.history.last.map { Format.number($0.learningRate) } ?? "—"
      return ("learning rate \(now) →", "from the next step on, logged in the run")
    case .filter:
      return ("filter", "loss<2  steps>=1k  rope~yarn  status=done  a word of the name")
    case .vary: return ("vary", "path=value,value  seeds=1,2  minutes=30  abandon=.5")
    case .merge:
      return ("merge, share of 2", state.pickedNames)
    }
  }

  private static func drawFooter(_ state: WorkbenchState, on canvas: Canvas) {
    var items: [(String, String)] = []
    if state.draft != nil {
      items = [("enter", "take"), ("esc", "cancel"), ("C-u", "clear")]
    } else {
      items = BindingTable.footer(of: state).map { ($0.label, $0.word) }
    }
    let end = "? help  : command "
    let room = canvas.width - (state.draft == nil ? end.count + 1 : 0)
    var x = 1
    for (label, word) in items {
      let length = label.count + 1 + word.count
      guard x + length < room else { continue }
      x += canvas.text(label, x: x, y: 0, style: .strong)
      x += canvas.text(" " + word, x: x, y: 0, style: .faint) + (canvas.width >= 100 ? 2 : 1)
    }
    guard state.draft == nil, canvas.width > end.count else { return }
    canvas.text(end, x: canvas.width - end.count, y: 0, style: .faint)
  }
}
