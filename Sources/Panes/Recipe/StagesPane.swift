import Support
public import Terminal

/// The stages of a recipe and what they cost.
public struct StagesPane {
  /// The stages in order.
  public var stages: [RecipeStageFace]
  /// The stage that the screen shows.
  public var shown: Int
  /// The stage in work; nil when no run is on.
  public var running: Int?
  /// Row of the cursor.
  public var cursor: Int
  /// Cost, memory and faults; nil while unknown.
  public var plan: RecipePlanFace?
  /// Whether the plan is being made again.
  public var isStale: Bool
  /// What stands there when there are no stages.
  public var emptyLines = ["The recipe has no stages."]
  /// Runs of the recipe's sweep; 0 without one.
  public var sweep: Int

  /// A pane of these values.
  public init(
    stages: [RecipeStageFace], shown: Int, running: Int? = nil, cursor: Int = 0,
    plan: RecipePlanFace? = nil, isStale: Bool = false, sweep: Int = 0
  ) {
    self.stages = stages
    self.shown = shown
    self.running = running
    self.cursor = cursor
    self.plan = plan
    self.isStale = isStale
    self.sweep = sweep
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane("Stages and budget", note: isStale ? "…" : "", focused: focused)
    guard !stages.isEmpty else {
      view.blank(emptyLines)
      return
    }
    let wide = view.width >= 50
    let columns = wide ? [4, 16, 24, 39, 47, 55] : [4, 14, 0, 24, 30, 37]
    view.text("stage", x: columns[0], y: 0, style: .faint)
    if wide { view.text("rate", x: columns[1], y: 0, style: .faint) }
    view.right("row", before: columns[3], y: 0, style: .faint)
    view.right("steps", before: columns[4], y: 0, style: .faint)
    view.right("tokens", before: columns[5], y: 0, style: .faint)
    let faults = faultLines(width: view.width - 4, most: max(1, view.height - 3))
    let lines = plan == nil ? 1 : faults.isEmpty ? 3 : faults.count
    let visible = max(1, view.height - 1 - lines)
    let first = Canvas.scroll(cursor: cursor, count: stages.count, height: visible)
    var row = 1
    for index in stages.indices.dropFirst(first).prefix(visible) {
      let stage = stages[index]
      let here = index == cursor && focused
      if index == running {
        view.put(view.glyphs.running, x: 0, y: row, style: .accent)
      } else if index == shown {
        view.put(view.glyphs.cursor, x: 0, y: row, style: here ? .accent : .faint)
      }
      view.text("\(index)", x: 2, y: row, style: .faint)
      view.text(
        stage.name, x: columns[0], y: row, style: here ? .strong : .text,
        width: columns[1] - columns[0] - 1)
      if let kind = stage.kind {
        view.text(kind, x: columns[1], y: row, style: .faint)
      } else {
        if wide {
          view.text(stage.rate, x: columns[1], y: row, width: columns[3] - columns[1] - 6)
        }
        view.right(stage.sequence.map(Format.tokens) ?? "—", before: columns[3], y: row)
        view.right(stage.steps.map(Format.count) ?? "—", before: columns[4], y: row)
        view.right(
          stage.tokens.map { Format.number(Double($0)) } ?? "—", before: columns[5], y: row)
      }
      row += 1
    }
    drawPlan(faults, on: view, y: max(row, view.height - lines))
  }

  /// The faults of the plan, each from a line of its own on; what does not fit is counted.
  private func faultLines(width: Int, most: Int) -> [(mark: String, text: String)] {
    var lines: [(mark: String, text: String)] = []
    for (index, fault) in (plan?.faults ?? []).enumerated() {
      let parts = CellPane.wrap(fault, width: width)
      guard lines.count + parts.count <= most || lines.isEmpty else {
        let rest = (plan?.faults.count ?? 0) - index
        if lines.count == most { lines.removeLast() }
        return lines + [("✗", "and \(rest) more, which Changes lists")]
      }
      lines += parts.enumerated().map { ($0 == 0 ? "✗" : "", $1) }
    }
    return Array(lines.prefix(most))
  }

  private func drawPlan(_ faults: [(mark: String, text: String)], on view: Canvas, y: Int) {
    guard let plan else {
      view.text("the plan is being made …", x: 2, y: y, style: .faint)
      return
    }
    // A plan with faults has no cost: zeros would pass for one.
    guard faults.isEmpty else {
      for (row, line) in faults.enumerated() {
        view.text(line.mark, x: 2, y: y + row, style: .bad)
        view.text(line.text, x: 4, y: y + row, style: .bad)
      }
      return
    }
    view.runs(
      [
        ("compute ", .faint), ("\(Format.number(plan.flops)) FLOP", .text), ("   tokens ", .faint),
        (Format.number(Double(plan.tokens)), .text),
      ], x: 2, y: y)
    view.runs(
      [
        ("memory  ", .faint), (Format.bytes(plan.peakBytes), .text), ("   time ", .faint),
        (plan.seconds.map { "≈ " + Format.duration($0) } ?? "measured once it runs", .text),
      ], x: 2, y: y + 1)
    view.runs(
      [
        ("✓ ", .good),
        ("ready, R starts it" + (sweep > 0 ? ", S the \(sweep) runs of its sweep" : ""), .text),
      ], x: 2, y: y + 2)
  }
}
