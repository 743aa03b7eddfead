import Records
import Support
public import Terminal

/// The evaluations of the run: recall over all cells and at the target.
public struct EvaluationsPane {
  /// The map.
  public var map: NeedleMap?

  /// A pane of these values.
  public init(map: NeedleMap?) {
    self.map = map
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane(
      canvas.width >= 50 ? "evaluations · recall of all cells" : "evaluations",
      note: map == nil ? "" : "[ ]  = against", focused: focused)
    guard let map, !map.evaluations.isEmpty else {
      view.blank(["Recall of each evaluation, oldest first."])
      return
    }
    let first = Canvas.scroll(
      cursor: map.shown, count: map.evaluations.count, height: view.height)
    let barWidth = max(0, min(30, view.width - 34))
    for (row, index) in map.evaluations.indices.dropFirst(first).prefix(view.height).enumerated() {
      let evaluation = map.evaluations[index]
      let share = Self.share(evaluation.total())
      let here = index == map.shown
      if here { view.put(view.glyphs.cursor, x: 0, y: row, style: focused ? .accent : .text) }
      if evaluation.key == map.reference?.key { view.put("=", x: 1, y: row, style: .accent) }
      let letter = evaluation.run.first.map { "\($0) " } ?? ""
      view.text(
        letter + (evaluation.step.map { "@" + Format.count($0) } ?? "—"), x: 2, y: row,
        style: here ? .strong : .text, width: 8)
      view.bar(share ?? 0, x: 10, y: row, width: barWidth, caps: false, style: Style(.series(1)))
      let x = 10 + barWidth + 1
      view.text(
        share.map(Format.percent(of:)) ?? "—", x: x, y: row, style: here ? .strong : .text,
        width: 5, align: .right)
      if index > 0, map.evaluations[index - 1].run == evaluation.run, let share,
        let before = Self.share(map.evaluations[index - 1].total())
      {
        let points = Int(((share - before) * 100).rounded())
        view.text(
          points > 0 ? "+\(points)" : "\(points)", x: x + 6, y: row, style: .faint, width: 4,
          align: .right)
      }
      if let target = map.target, x + 21 <= view.width,
        let aimed = Self.share(evaluation.total(where: { $0.length == target }))
      {
        view.text(
          "\(Format.tokens(target)) \(Format.percent(aimed))", x: x + 12, y: row, style: .faint)
      }
    }
  }

  private static func share(_ total: (correct: Int, trials: Int)) -> Double? {
    total.trials > 0 ? Double(total.correct) / Double(total.trials) : nil
  }
}

extension Format {
  /// Whole per cent, for use as a function value.
  fileprivate static func percent(of share: Double) -> String { percent(share) }
}

/// Recall by length and by depth of the shown evaluation.
public struct MarginsPane {
  /// The map.
  public var map: NeedleMap?

  /// A pane of these values.
  public init(map: NeedleMap?) {
    self.map = map
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas) {
    let view = canvas.pane("margins")
    guard let map, let evaluation = map.evaluation else {
      view.blank(["Recall by length and by depth."])
      return
    }
    let half = view.width / 2
    let lengths = map.axes.lengths.map { length in
      (Format.tokens(length), evaluation.total { $0.length == length })
    }
    let depths = map.axes.depths.map { depth in
      (Format.percent(depth), evaluation.total { abs($0.depth - depth) < 1e-9 })
    }
    draw("by length", lengths, on: view.view(Rect(width: half - 1, height: view.height)))
    draw(
      "by depth", depths,
      on: view.view(Rect(x: half + 1, width: view.width - half - 1, height: view.height)))
  }

  private func draw(
    _ title: String, _ rows: [(String, (correct: Int, trials: Int))], on view: Canvas
  ) {
    view.text(title, y: 0, style: .faint)
    let room = max(1, view.height - 1)
    let shown = rows.count > room ? rows.count - room : 0
    // The longest lengths and deepest depths matter most; what is cut is said.
    if shown > 0 {
      view.right("last \(room) of \(rows.count)", before: view.width, y: 0, style: .faint)
    }
    for (row, entry) in rows.dropFirst(shown).enumerated() {
      view.right(entry.0, before: 6, y: row + 1, style: .faint)
      guard entry.1.trials > 0 else {
        view.put(view.glyphs.absent, x: 7, y: row + 1, style: .faint)
        continue
      }
      let share = Double(entry.1.correct) / Double(entry.1.trials)
      view.bar(share, x: 7, y: row + 1, width: max(0, view.width - 12), style: Style(.series(1)))
      view.right("\(Int((share * 100).rounded()))", before: view.width, y: row + 1)
    }
  }
}
