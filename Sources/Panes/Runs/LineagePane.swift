import Support
public import Terminal

/// The tree of runs and checkpoints.
public struct LineagePane {
  /// The tree; nil while the folder is being read.
  public var lineage: Lineage?
  /// Row of the cursor.
  public var cursor: Int
  /// Checkpoints that are marked for merging, in the order in which they were.
  public var picked: [String]

  /// A pane of these values.
  public init(lineage: Lineage?, cursor: Int, picked: [String] = []) {
    self.lineage = lineage
    self.cursor = cursor
    self.picked = picked
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane(
      "lineage", note: picked.isEmpty ? "" : "\(picked.count) marked to merge", focused: focused)
    guard let rows = lineage?.rows else {
      view.blank(["Reading the runs …"])
      return
    }
    guard !rows.isEmpty else {
      view.blank(["No checkpoint yet.", "R starts the recipe as it stands."])
      return
    }
    let right = view.width
    view.right("step", before: right - 15, y: 0, style: .faint)
    view.right("loss", before: right - 8, y: 0, style: .faint)
    view.right("needle", before: right, y: 0, style: .faint)
    let legend = view.height >= 12 ? 1 : 0
    let visible = max(1, view.height - 1 - legend)
    let first = Canvas.scroll(cursor: cursor, count: rows.count, height: visible)
    for (row, index) in rows.indices.dropFirst(first).prefix(visible).enumerated() {
      draw(rows[index], on: view, y: row + 1, here: index == cursor && focused)
    }
    if legend > 0 {
      view.text(
        "● done  ► live  ○ checkpoint  ◆ merge  ✗ failed", y: view.height - 1, style: .faint)
    }
  }

  private func draw(_ row: Lineage.Row, on view: Canvas, y: Int, here: Bool) {
    if here { view.put(view.glyphs.cursor, x: 0, y: y, style: .accent) }
    if let model = row.model, let place = picked.firstIndex(of: model) {
      view.text("\(place + 1)", x: 1, y: y, style: .accent)
    }
    let room = view.width - 22
    var x = 2
    x += view.text(row.tree, x: x, y: y, style: .faint, width: room - x)
    let (glyph, style) = look(row.kind, view)
    view.put(glyph, x: x, y: y, style: style)
    x += 2
    let name: Style =
      if case .run = row.kind { here ? .strong : .text } else { here ? .strong : .faint }
    // Runs of one name are told apart by their tails: the name makes room.
    let least = row.tail.isEmpty ? 0 : row.tail.count + 1
    x += view.text(row.title, x: x, y: y, style: name, width: room - x - least) + 1
    if least > 0 { x += view.text(row.tail, x: x, y: y, style: name, width: room - x) + 1 }
    view.text(row.note, x: x, y: y, style: .faint, width: room - x)
    let right = view.width
    view.right(row.step.map(Format.count) ?? "", before: right - 15, y: y)
    view.right(row.loss.map(Format.number) ?? "", before: right - 8, y: y)
    view.right(row.needle.map { Format.percent($0.score) } ?? "", before: right, y: y)
  }

  private func look(_ kind: Lineage.Kind, _ view: Canvas) -> (Glyph, Style) {
    switch kind {
    case .run(let status): view.mark(ofRun: status)
    case .checkpoint: (view.glyphs.checkpoint, .text)
    case .merge: (view.glyphs.merge, .text)
    }
  }
}
