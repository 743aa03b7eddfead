import Support
public import Terminal

/// The runs of the checkpoints folder, filtered and sorted.
public struct RunsPane {
  /// The runs that pass the filter, in order; nil while the folder is being read.
  public var runs: [RunSummary]?
  /// Row of the cursor.
  public var cursor: Int
  /// How they are sorted.
  public var order: RunOrder
  /// The filter; empty when there is none.
  public var filter: String
  /// Runs in the folder.
  public var total: Int
  /// Letters of the marked runs by path.
  public var marks: [String: String]

  /// A pane of these values.
  public init(
    runs: [RunSummary]?, cursor: Int, order: RunOrder = RunOrder(), filter: String = "",
    total: Int? = nil, marks: [String: String] = [:]
  ) {
    self.runs = runs
    self.cursor = cursor
    self.order = order
    self.filter = filter
    self.total = total ?? runs?.count ?? 0
    self.marks = marks
  }

  private struct Column {
    let kind: RunColumn
    let width: Int
    var isText: Bool { [.name, .started, .status].contains(kind) }
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let count = runs.map { filter.isEmpty ? "\($0.count)" : "\($0.count) of \(total)" } ?? "…"
    let shownFilter = filter.isEmpty ? "" : "/ \(filter)  "
    let arrow = order.isDescending ? canvas.glyphs.down : canvas.glyphs.up
    let view = canvas.pane(
      "runs", note: "\(shownFilter)\(order.column.rawValue)\(arrow.scalar)  \(count)",
      focused: focused)
    guard let runs else {
      view.blank(["Reading the runs …"])
      return
    }
    guard !runs.isEmpty else {
      view.blank(
        total > 0
          ? ["No run passes \"\(filter)\".", "/ changes the filter, esc clears it."]
          : ["No run yet.", "R starts the recipe as it stands."])
      return
    }
    let columns = columns(width: view.width)
    var x = 4
    for column in columns {
      let isSorted = column.kind == order.column
      let style: Style = isSorted ? .text : .faint
      let title = column.kind == .name ? "run" : column.kind.rawValue
      if column.isText {
        let end = x + view.text(title, x: x, y: 0, style: style)
        if isSorted { view.put(arrow, x: end, y: 0, style: .accent) }
      } else {
        view.right(title, before: x + column.width, y: 0, style: style)
        if isSorted { view.put(arrow, x: x + column.width - title.count - 1, y: 0, style: .accent) }
      }
      x += column.width
    }
    let visible = max(1, view.height - 1)
    let first = Canvas.scroll(cursor: cursor, count: runs.count, height: visible)
    let hasStart = columns.contains { $0.kind == .started }
    let tails = hasStart ? [:] : RunNames.tails(of: runs)
    for (row, index) in runs.indices.dropFirst(first).prefix(visible).enumerated() {
      let tail = tails[runs[index].path]
      draw(
        runs[index], tail, columns, on: view, y: row + 1, here: index == cursor, focused: focused)
    }
  }

  /// What fits: the name always, the start and the state where there is room.
  private func columns(width: Int) -> [Column] {
    var columns = [
      Column(kind: .steps, width: 9), Column(kind: .tokens, width: 8),
      Column(kind: .loss, width: 7), Column(kind: .needle, width: 8),
      Column(kind: .time, width: 9),
    ]
    var room = width - 4 - columns.reduce(0) { $0 + $1.width }
    // Names that are cut tell no run apart: figures that others stand for make room.
    for kind in [RunColumn.tokens, .time] where room < 20 {
      guard let index = columns.firstIndex(where: { $0.kind == kind }) else { continue }
      room += columns.remove(at: index).width
    }
    if room >= 46 {
      columns.insert(Column(kind: .status, width: 9), at: 0)
      room -= 9
    }
    if room >= 34 {
      columns.insert(Column(kind: .started, width: 18), at: 0)
      room -= 18
    }
    return [Column(kind: .name, width: max(10, room))] + columns
  }

  private func draw(
    _ run: RunSummary, _ tail: String?, _ columns: [Column], on view: Canvas, y: Int, here: Bool,
    focused: Bool
  ) {
    if let letter = marks[run.path] {
      view.text(letter, x: 1, y: y, style: .accent)
    }
    if here { view.put(view.glyphs.cursor, x: 0, y: y, style: focused ? .accent : .text) }
    let (glyph, style) = view.mark(ofRun: run.status)
    view.put(glyph, x: 2, y: y, style: style)
    var x = 4
    for column in columns {
      let text = column.kind.text(run)
      if column.isText {
        let isName = column.kind == .name
        let tail = isName ? tail.map { " " + $0 } ?? "" : ""
        // What tells runs of one name apart is not what is cut.
        let end = view.text(
          text, x: x, y: y, style: !isName ? .faint : here ? .strong : .text,
          width: max(4, column.width - 1 - tail.count))
        view.text(tail, x: x + end, y: y, style: .faint, width: column.width - 1 - end)
      } else {
        view.right(text, before: x + column.width, y: y)
      }
      x += column.width
    }
  }
}

/// What is known of the run under the cursor.
public struct RunDetailPane {
  /// The run; nil when there is none.
  public var run: RunSummary?

  /// A pane of these values.
  public init(run: RunSummary?) {
    self.run = run
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let canGoOn = ["stopped", "failed"].contains(run?.status) && run?.checkpoint != nil
    let view = canvas.pane(
      run?.name ?? "run", note: (run?.status ?? "") + (canGoOn ? ", r goes on" : ""),
      focused: focused)
    guard let run else {
      view.blank(["Details of the run under the cursor."])
      return
    }
    let needle = run.needle.map { share in
      "\(Format.percent(share.score)) at the target, \(share.correct) of \(share.trials), "
        + "95 % CI \(Self.points(share.low))-\(Self.points(share.high))"
    }
    var row = 0
    func line(_ name: String, _ text: String, _ style: Style = .text, most: Int = 1) {
      view.text(name, y: row, style: .faint)
      for text in Canvas.cut(CellPane.wrap(text, width: view.width - 12), to: most) {
        view.text(text, x: 12, y: row, style: style)
        row += 1
      }
    }
    if let failure = run.failure { line("failed", failure, .bad, most: 2) }
    line(
      "trained",
      "\(Format.count(run.steps)) steps, \(Format.number(Double(run.tokens))) tokens in "
        + Format.duration(run.seconds))
    line("loss", run.loss.map { Format.number($0) + " nats" } ?? "—")
    line("needle", needle ?? "not evaluated")
    line("started", run.when)
    line("folder", run.path)
    line("checkpoint", run.checkpoint ?? "none")
  }

  private static func points(_ share: Double) -> String { "\(Int((share * 100).rounded()))" }
}
