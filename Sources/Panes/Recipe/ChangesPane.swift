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
  /// A line below the list, such as the keys.
  public var keys: String

  /// A pane of these values.
  public init(changes: [RecipeChange], cursor: Int, faults: [String] = [], keys: String = "") {
    self.changes = changes
    self.cursor = cursor
    self.faults = faults
    self.keys = keys
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane(
      changes.isEmpty ? "Changes" : "Changes (\(changes.count))", note: keys, focused: focused)
    let faultRows = min(faults.count, max(0, view.height - 1))
    if changes.isEmpty, faults.isEmpty {
      view.blank(["As in the file.", "Change a weight with + and -, a setting with enter."])
      return
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
    for index in 0..<faultRows {
      view.runs([("✗ ", .bad), (faults[index], .bad)], x: 0, y: view.height - faultRows + index)
    }
  }
}
