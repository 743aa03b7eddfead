import Panes
import Queues
import Recipes
import Records
import Terminal

/// Draws help, palette and dialogs; the rest of the frame stays as it is below them.
enum OverlayDrawing {
  static func draw(_ state: WorkbenchState, on canvas: Canvas) {
    switch state.overlay {
    case nil: return
    case .help(let filter): help(state, filter, on: canvas)
    case .palette(let text, let row): palette(state, text, row, on: canvas)
    case .topic(let topic): page(topic, on: canvas)
    case .tour(let number): tour(number, on: canvas)
    case .quitRunning: quitRunning(state, on: canvas)
    case .quitQueued:
      dialog(
        "Runs are queued", note: state.waitingWords,
        [
          ("spc", "go on", "train them"), ("k", "quit", "they are not trained"),
          ("esc", "stay", "(default)"),
        ], on: canvas)
    case .quitUnsaved:
      dialog(
        "Unsaved edits", note: "\(state.recipe.changes.count) changes",
        [
          ("s", "save and quit", ""), ("d", "quit", "discard the edits"),
          ("esc", "stay", "(default)"),
        ], end: "s writes \(state.recipe.document.file).", on: canvas)
    }
  }

  private static func box(_ width: Int, _ height: Int, on canvas: Canvas) -> Rect {
    let columns = min(width, canvas.width)
    let rows = min(height, canvas.height)
    return Rect(
      x: (canvas.width - columns) / 2, y: (canvas.height - rows) / 2, width: columns, height: rows)
  }

  private static func help(_ state: WorkbenchState, _ filter: String, on canvas: Canvas) {
    let bindings = HelpModel.bindings(on: state.screen, filter: filter)
    var groups: [(String, [Binding])] = []
    for binding in bindings {
      if let index = groups.firstIndex(where: { $0.0 == binding.scope.heading }) {
        groups[index].1.append(binding)
      } else {
        groups.append((binding.scope.heading, [binding]))
      }
    }
    // What belongs to the screen stands beside what holds everywhere.
    let left = groups.filter { $0.0 == "Everywhere" }
    let right = groups.filter { $0.0 != "Everywhere" }
    let wide = canvas.width >= 76
    func length(_ part: [(String, [Binding])]) -> Int { part.reduce(0) { $0 + $1.1.count + 2 } }
    let legend = canvas.height >= 30 && filter.isEmpty ? 3 : 0
    let rows = (wide ? max(length(left), length(right)) : length(groups)) + legend
    let rect = box(wide ? 100 : canvas.width - 4, max(6, rows + 3), on: canvas)
    let view = canvas.pane(
      "Keys: \(state.screen.rawValue) \(state.screen.title)", in: rect,
      note: "type to filter [\(filter)_]", focused: true)
    if bindings.isEmpty { view.blank(["No key matches."]) }
    if wide {
      let half = view.width / 2
      list(left, on: view.view(Rect(width: half - 1, height: view.height - 1)))
      list(
        right,
        on: view.view(Rect(x: half, width: view.width - half, height: view.height - 1)))
    } else {
      list(right + left, on: view.view(Rect(width: view.width, height: view.height - 1)))
    }
    if legend > 0 {
      view.text(
        "► running  ● finished  ○ checkpoint  ✓ done  ✗ failed  ▲ warning  ✎ edit  ▸ cursor",
        y: view.height - 3, style: .faint)
    }
    let hidden = rows - legend - (view.height - 1)
    view.text(
      hidden > 0
        ? "esc close   \(hidden) more lines, type to find one"
        : "esc close   enter runs the first match", y: view.height - 1, style: .faint)
  }

  private static func list(_ groups: [(String, [Binding])], on view: Canvas) {
    var row = 0
    for (heading, bindings) in groups {
      view.text(heading, y: row, style: .strong)
      row += 1
      for binding in bindings {
        view.text(binding.label, x: 1, y: row, style: .accent, width: 9)
        view.text(binding.help, x: 11, y: row)
        row += 1
      }
      row += 1
    }
  }

  private static func palette(
    _ state: WorkbenchState, _ text: String, _ row: Int, on canvas: Canvas
  ) {
    let entries = PaletteModel.entries(matching: text, in: state)
    let rect = box(
      min(96, canvas.width - 4), min(22, max(6, canvas.height - (canvas.height < 24 ? 2 : 6))),
      on: canvas)
    let view = canvas.pane(
      "Command", in: rect, note: "\(entries.count) of \(PaletteModel.all(in: state).count)",
      focused: true)
    view.runs([(": ", .accent), (text + "_", .strong)], y: 0)
    view.horizontalLine(y: 1)
    let visible = max(1, view.height - 6)
    if entries.isEmpty {
      view.text("No command matches.", x: 2, y: 2, style: .faint)
    }
    let first =
      entries.count > visible ? min(max(0, row - visible / 2), entries.count - visible) : 0
    // The note of the line under the cursor stands below: a narrow list does without the others.
    let hasNotes = view.width >= 72
    let lineWidth = hasNotes ? view.width * 3 / 5 - 12 : view.width - 13
    for (line, index) in entries.indices.dropFirst(first).prefix(visible).enumerated() {
      let entry = entries[index]
      let y = line + 2
      if index == row { view.put(view.glyphs.cursor, x: 0, y: y, style: .accent) }
      view.text(
        entry.line, x: 2, y: y, style: index == row ? .strong : .text, width: lineWidth)
      view.text(entry.keys, x: lineWidth + 3, y: y, style: .accent, width: 9)
      if hasNotes { view.text(entry.note, x: lineWidth + 13, y: y, style: .faint) }
    }
    // A note that is cut in its column is read in full below the list.
    if entries.indices.contains(row) {
      let lines = CellPane.wrap(entries[row].note, width: view.width - 2).prefix(2)
      for (line, text) in lines.enumerated() {
        view.text(text, x: 2, y: view.height - 3 + line, style: .text)
      }
    }
    view.text(
      "tab complete   up down   enter run   esc", y: view.height - 1, style: .faint)
  }

  private static func page(_ topic: Topic, on canvas: Canvas) {
    let width = min(84, canvas.width - 4)
    let lines = topic.paragraphs.flatMap { CellPane.wrap($0, width: width - 4) + [""] }
    let rect = box(width, min(canvas.height, lines.count + 3), on: canvas)
    let view = canvas.pane("Help: \(topic.name)", in: rect, focused: true)
    for (row, line) in lines.prefix(view.height - 1).enumerated() { view.text(line, y: row) }
    view.text("any key closes", y: view.height - 1, style: .faint)
  }

  /// A page of the tour, low on the screen, so that what it tells of stays in sight.
  private static func tour(_ number: Int, on canvas: Canvas) {
    let width = min(96, canvas.width - 2)
    let lines = Tour.pages[number].lines.flatMap { CellPane.wrap($0, width: width - 4) }
    let rows = min(canvas.height, lines.count + 3)
    let rect = Rect(
      x: (canvas.width - width) / 2, y: max(0, canvas.height - rows - 3), width: width,
      height: rows)
    let view = canvas.pane(
      "Tour \(number + 1) of \(Tour.pages.count)", in: rect, note: "esc ends it", focused: true)
    for (row, line) in lines.enumerated() { view.text(line, y: row) }
    view.text(
      "enter next   left back   any other key does its work", y: view.height - 1,
      style: .faint)
  }

  private static func quitRunning(_ state: WorkbenchState, on canvas: Canvas) {
    let step = state.history.step
    let kept = state.history.checkpoints.last?.step
    let lost = max(0, step - (kept ?? 0))
    let steps = lost == 1 ? "1 step" : "\(Format.count(lost)) steps"
    let losing =
      lost == 0
      ? "nothing is lost"
      : kept.map { "lose \(steps) since step \(Format.count($0))" }
        ?? "lose all \(steps), none is saved"
    let trainsAll = state.queue.waiting > 0 && !state.isWatching
    let end = trainsAll ? "only D trains them." : "no way out trains them, staying does."
    dialog(
      "Training is running", note: "\(state.runName) step \(Format.count(step))",
      [
        ("s", "save and quit", "finish the step, checkpoint"),
        (
          "D", "log lines",
          trainsAll ? "leave the screen, train all" : "leave the screen, train on"
        ),
        ("k", "quit now", losing),
        ("esc", "stay", "(default)"),
      ],
      end: state.queue.waiting > 0 ? "\(state.waitingWords) too: \(end)" : nil,
      on: canvas)
  }

  private static func dialog(
    _ title: String, note: String, _ rows: [(String, String, String)], end: String? = nil,
    on canvas: Canvas
  ) {
    let words = "enter stays." + (end.map { " " + $0 } ?? "")
    let lines = CellPane.wrap(words, width: min(62, canvas.width) - 6)
    let rect = box(min(62, canvas.width), rows.count + lines.count + 5, on: canvas)
    let view = canvas.pane(title, in: rect, note: note, focused: true)
    for (row, entry) in rows.enumerated() {
      view.text(entry.0, x: 2, y: row + 1, style: .accent)
      view.text(entry.1, x: 7, y: row + 1)
      view.text(entry.2, x: 23, y: row + 1, style: .faint)
    }
    for (row, line) in lines.enumerated() {
      view.text(line, x: 2, y: rows.count + 2 + row, style: .faint)
    }
  }
}
