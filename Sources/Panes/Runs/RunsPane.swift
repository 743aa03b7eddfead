import Support
public import Terminal

/// One run of the checkpoints folder.
public struct RunSummary: Sendable, Equatable {
  /// Its folder.
  public var path: String
  /// Its name.
  public var name: String
  /// When it started, as shown, such as `21 Nov 12:41`.
  public var when: String
  /// `running`, `done`, `stopped` or `failed`.
  public var status: String
  /// Optimizer steps done.
  public var steps: Int
  /// Tokens trained on.
  public var tokens: Int
  /// Last smoothed loss in nats; nil when it has none.
  public var loss: Double?
  /// Recall at the target, 0...1; nil when it was not evaluated.
  public var needle: Double?
  /// Training time in seconds.
  public var seconds: Double
  /// Newest checkpoint; nil when it has none.
  public var checkpoint: String?

  /// A summary of these values.
  public init(
    path: String, name: String, when: String, status: String, steps: Int, tokens: Int,
    loss: Double?, needle: Double?, seconds: Double, checkpoint: String? = nil
  ) {
    self.path = path
    self.name = name
    self.when = when
    self.status = status
    self.steps = steps
    self.tokens = tokens
    self.loss = loss
    self.needle = needle
    self.seconds = seconds
    self.checkpoint = checkpoint
  }
}

/// The runs of the checkpoints folder, newest first.
public struct RunsPane {
  /// The runs; nil while the folder is being read.
  public var runs: [RunSummary]?
  /// Row of the cursor.
  public var cursor: Int

  /// A pane of these values.
  public init(runs: [RunSummary]?, cursor: Int) {
    self.runs = runs
    self.cursor = cursor
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane("runs", note: runs.map { "\($0.count)" } ?? "…", focused: focused)
    guard let runs else {
      view.blank(["Reading the runs …"])
      return
    }
    guard !runs.isEmpty else {
      view.blank(["No run yet.", "R starts the recipe as it stands."])
      return
    }
    let fixed = 9 + 8 + 8 + 8 + 9
    let whenWidth = view.width - fixed >= 44 ? 18 : 0
    let nameWidth = max(10, view.width - fixed - whenWidth - 4)
    let columns = [9, 8, 8, 8, 9]
    var x = 4 + nameWidth
    if whenWidth > 0 { view.text("started", x: x, y: 0, style: .faint) }
    x += whenWidth
    view.text("run", x: 4, y: 0, style: .faint)
    for (name, width) in zip(["steps", "tokens", "loss", "needle", "time"], columns) {
      x += width
      view.right(name, before: x, y: 0, style: .faint)
    }
    let visible = max(1, view.height - 1)
    let first = Canvas.scroll(cursor: cursor, count: runs.count, height: visible)
    for (row, index) in runs.indices.dropFirst(first).prefix(visible).enumerated() {
      draw(
        runs[index], on: view, y: row + 1, here: index == cursor, focused: focused,
        nameWidth: nameWidth, whenWidth: whenWidth, columns: columns)
    }
  }

  private func draw(
    _ run: RunSummary, on view: Canvas, y: Int, here: Bool, focused: Bool, nameWidth: Int,
    whenWidth: Int, columns: [Int]
  ) {
    if here { view.put(view.glyphs.cursor, x: 0, y: y, style: focused ? .accent : .text) }
    let (glyph, style): (Glyph, Style) =
      switch run.status {
      case "running": (view.glyphs.running, .accent)
      case "failed": (view.glyphs.failed, .bad)
      case "done": (view.glyphs.finished, .good)
      default: (view.glyphs.checkpoint, .text)
      }
    view.put(glyph, x: 2, y: y, style: style)
    view.text(run.name, x: 4, y: y, style: here ? .strong : .text, width: nameWidth - 1)
    var x = 4 + nameWidth
    if whenWidth > 0 { view.text(run.when, x: x, y: y, style: .faint, width: whenWidth - 1) }
    x += whenWidth
    let values = [
      Format.count(run.steps), Format.number(Double(run.tokens)),
      run.loss.map(Format.number) ?? "—",
      run.needle.map { Format.percent($0) } ?? "—", Format.duration(run.seconds),
    ]
    for (value, width) in zip(values, columns) {
      x += width
      view.right(value, before: x, y: y)
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
    let view = canvas.pane(run?.name ?? "run", note: run?.status ?? "", focused: focused)
    guard let run else {
      view.blank(["Details of the run under the cursor."])
      return
    }
    let rows: [(String, String)] = [
      ("folder", run.path), ("checkpoint", run.checkpoint ?? "none"), ("started", run.when),
      ("trained", "\(Format.count(run.steps)) steps, \(Format.number(Double(run.tokens))) tokens"),
      ("time", Format.duration(run.seconds)),
      ("loss", run.loss.map { Format.number($0) + " nats" } ?? "—"),
      ("needle", run.needle.map { Format.percent($0) + " at the target" } ?? "not evaluated"),
    ]
    for (row, entry) in rows.enumerated() where row < view.height {
      view.text(entry.0, y: row, style: .faint)
      view.text(entry.1, x: 12, y: row)
    }
  }
}
