public import Queues
import Records
import Support
public import Terminal

/// The runs that wait for their turn, the one in work and those that are over.
public struct QueuePane {
  /// The queue.
  public var queue: RunQueue
  /// Row of the cursor.
  public var cursor: Int

  /// A pane of these values.
  public init(queue: RunQueue, cursor: Int) {
    self.queue = queue
    self.cursor = cursor
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane("queue", note: note, focused: focused)
    let entries = queue.entries
    guard !entries.isEmpty else {
      view.blank(["Nothing is queued.", "R while a run trains puts the recipe here."])
      return
    }
    let columns = Columns(width: view.width)
    view.text("run", x: 4, y: 0, style: .faint)
    view.right("seed", before: columns.seed, y: 0, style: .faint)
    view.text("state", x: columns.seed + 2, y: 0, style: .faint)
    view.right("steps", before: columns.steps, y: 0, style: .faint)
    view.right("loss", before: columns.loss, y: 0, style: .faint)
    view.right("right", before: view.width, y: 0, style: .faint)
    // The reason of a failure under the cursor takes the last line.
    let reason = entries.indices.contains(cursor) ? Self.reason(entries[cursor]) : nil
    let visible = max(1, view.height - 1 - (reason == nil || !focused ? 0 : 1))
    // Out of focus the run in work stays in sight, else the one that begins next.
    let centre =
      focused
      ? cursor
      : entries.firstIndex { $0.state == .running } ?? entries.firstIndex { $0.state == .waiting }
        ?? entries.count - 1
    let first = Canvas.scroll(cursor: centre, count: entries.count, height: visible)
    var place = entries.prefix(first).count { $0.state == .waiting }
    for (row, index) in entries.indices.dropFirst(first).prefix(visible).enumerated() {
      if entries[index].state == .waiting { place += 1 }
      draw(
        entries[index], columns, on: view, y: row + 1, here: index == cursor && focused,
        place: place)
    }
    if let reason, focused { view.text(reason, x: 4, y: view.height - 1, style: .bad) }
  }

  private var note: String {
    let waiting = queue.waiting
    guard waiting > 0 else { return queue.entries.isEmpty ? "" : "none wait" }
    return (waiting == 1 ? "1 waits" : "\(waiting) wait")
      + (queue.isHeld ? ", held: space goes on" : "")
  }

  /// Where columns end.
  private struct Columns {
    let seed: Int
    let steps: Int
    let loss: Int

    init(width: Int) {
      loss = width - 7
      steps = loss - 7
      seed = steps - 24
    }
  }

  private func draw(
    _ entry: RunQueue.Entry, _ columns: Columns, on view: Canvas, y: Int, here: Bool, place: Int
  ) {
    if here { view.put(view.glyphs.cursor, x: 0, y: y, style: .accent) }
    let (glyph, style, word) = Self.look(entry.state, view.glyphs, place)
    view.put(glyph, x: 2, y: y, style: style)
    let seed = "\(entry.seed)"
    let tail = tail(of: entry)
    let name: Style = here ? .strong : .text
    let room = columns.seed - 4 - max(5, seed.count + 1)
    let end = view.text(
      Self.name(entry), x: 4, y: y, style: name, width: room - (tail.isEmpty ? 0 : tail.count + 1))
    if !tail.isEmpty { view.text(tail, x: 5 + end, y: y, style: name, width: room - end - 1) }
    view.right(seed, before: columns.seed, y: y, style: .faint)
    view.text(word, x: columns.seed + 2, y: y, style: style == .text ? .faint : style, width: 10)
    let done = entry.last.map { Format.count($0.step) + "/" } ?? ""
    view.right(done + Format.count(entry.steps), before: columns.steps, y: y)
    view.right(entry.last.map { Format.number($0.loss) } ?? "—", before: columns.loss, y: y)
    view.right(entry.rightAnswers.map { Format.percent($0) } ?? "—", before: view.width, y: y)
  }

  private static func name(_ entry: RunQueue.Entry) -> String { entry.arm ?? entry.name }

  /// When the run began, where another one has its name and seed; the place of one that waits does that.
  private func tail(of entry: RunQueue.Entry) -> String {
    guard let folder = entry.folder,
      queue.entries.contains(where: {
        $0.id != entry.id && Self.name($0) == Self.name(entry) && $0.seed == entry.seed
      })
    else { return "" }
    return RunNames.tail(ofFolder: folder)
  }

  private static func look(
    _ state: RunQueue.State, _ glyphs: GlyphSet, _ place: Int
  ) -> (Glyph, Style, String) {
    switch state {
    case .waiting: (glyphs.absent, .text, "queued \(place)")
    case .running: (glyphs.running, .accent, "training")
    case .done: (glyphs.finished, .good, "done")
    case .abandoned: (glyphs.checkpoint, .warning, "given up")
    case .stopped: (glyphs.checkpoint, .text, "stopped")
    case .outOfTime: (glyphs.checkpoint, .text, "no time")
    case .failed: (glyphs.failed, .bad, "failed")
    }
  }

  private static func reason(_ entry: RunQueue.Entry) -> String? {
    if case .failed(let reason) = entry.state { reason } else { nil }
  }
}
