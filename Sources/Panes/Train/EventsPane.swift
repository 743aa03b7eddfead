import Support
public import Terminal

/// What happened in the run, newest first.
public struct EventsPane {
  /// Events, oldest first.
  public var events: [RunEvent]
  /// Row of the cursor, 0 is the newest.
  public var cursor: Int

  /// A pane of these values.
  public init(events: [RunEvent], cursor: Int) {
    self.events = events
    self.cursor = cursor
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane(
      "events", note: events.isEmpty ? "" : "\(events.count)", focused: focused)
    guard !events.isEmpty else {
      view.blank(["Checkpoints, evaluations, edits", "and warnings appear here."])
      return
    }
    let first = Canvas.scroll(cursor: cursor, count: events.count, height: view.height)
    let stepWidth = max(4, Format.count(events.map(\.step).max() ?? 0).count)
    for (row, index) in events.indices.dropFirst(first).prefix(view.height).enumerated() {
      let event = events[events.count - 1 - index]
      view.right(Format.count(event.step), before: stepWidth, y: row, style: .faint)
      view.text(event.mark.glyph(view.glyphs), x: stepWidth + 1, y: row, style: event.mark.style)
      view.text(
        event.text, x: stepWidth + 3, y: row, style: index == cursor && focused ? .strong : .text)
    }
  }
}
