import Support
public import Terminal

/// What differs from the file: the old and new value of each path, and when it takes effect.
public struct ChangesPane {
  /// The changes in recipe order.
  public var changes: [RecipeChange]
  /// Row of the cursor.
  public var cursor: Int
  /// What is wrong with the recipe as edited.
  public var faults: [String]
  /// What is allowed but seldom meant.
  public var warnings: [RecipeWarning]
  /// Name of the run that the recipe is held against; nil for its file.
  public var parent: String?
  /// The keys, on the edge.
  public var keys: String

  /// A pane of these values.
  public init(
    changes: [RecipeChange], cursor: Int, faults: [String] = [], warnings: [RecipeWarning] = [],
    parent: String? = nil, keys: String = ""
  ) {
    self.warnings = warnings
    self.parent = parent
    self.changes = changes
    self.cursor = cursor
    self.faults = faults
    self.keys = keys
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let count = changes.isEmpty ? "" : " (\(changes.count))"
    let view = canvas.pane(
      "Changes" + (parent.map { " since run \($0)" } ?? "") + count, note: keys, focused: focused)
    let problems =
      faults.map { (view.glyphs.failed, Style.bad, $0) }
      + warnings.map { (view.glyphs.warning, Style.warning, "\($0.name) \($0.path): \($0.text)") }
    let problemLines = problems.flatMap { glyph, style, text in
      CellPane.wrap(text, width: view.width - 2).enumerated().map {
        ($0 == 0 ? glyph : .space, style, $1)
      }
    }
    let faultRows = min(problemLines.count, max(1, view.height - (changes.isEmpty ? 0 : 1)))
    if changes.isEmpty, problems.isEmpty {
      view.blank(
        parent == nil
          ? ["As in the file.", "Change a weight with + and -, a setting with enter."]
          : ["As in that run.", "p shows the changes since the file."])
      return
    }
    if changes.isEmpty, faults.isEmpty, view.height > faultRows {
      view.text(parent == nil ? "As in the file." : "As in that run.", x: 2, y: 0, style: .faint)
    }
    let pathWidth = min(max(12, changes.map(\.path.count).max() ?? 0), view.width / 2)
    let visible = max(0, view.height - faultRows)
    let first = Canvas.scroll(cursor: cursor, count: changes.count, height: visible)
    for (row, index) in changes.indices.dropFirst(first).prefix(visible).enumerated() {
      let change = changes[index]
      if index == cursor, focused { view.put(view.glyphs.cursor, x: 0, y: row, style: .accent) }
      view.text(change.path, x: 2, y: row, width: pathWidth)
      let appliesStart = view.width - 10
      view.runs(
        [(change.old, .faint), (" → ", .faint), (change.new, .strong)], x: pathWidth + 4, y: row)
      if pathWidth + 4 + change.old.count + change.new.count + 5 < appliesStart {
        view.text(change.applies.rawValue, x: appliesStart, y: row, style: .faint)
      }
    }
    let hidden = problemLines.count - faultRows
    let more = hidden > 0 ? "\(hidden) more lines" : ""
    for index in 0..<faultRows {
      let (glyph, style, text) = problemLines[index]
      let y = view.height - faultRows + index
      view.put(glyph, x: 0, y: y, style: style)
      let rest = index == faultRows - 1 && hidden > 0 ? more.count + 1 : 0
      view.text(text, x: 2, y: y, style: style, width: view.width - 2 - rest)
    }
    view.right(more, before: view.width, y: view.height - 1, style: .faint)
  }
}
