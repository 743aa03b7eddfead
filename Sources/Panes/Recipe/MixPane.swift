import Support
public import Terminal

/// The data mix: weights with bars, locks, and the tokens each source will give.
public struct MixPane {
  /// Weights and locks.
  public var weights: MixWeights
  /// Row of the cursor.
  public var cursor: Int
  /// What is being typed for the row of the cursor; nil when nothing.
  public var draft: String?
  /// Problem of the draft, in a few words.
  public var problem: String?
  /// Tokens the stage trains on; nil when open.
  public var tokens: Int?
  /// Name of the stage, when there are several.
  public var stage: String
  /// Kind and length hints of each source, by name.
  public var kinds: [String: String]
  /// The keys line.
  public var keys: String

  /// A pane of these values.
  public init(
    weights: MixWeights, cursor: Int, draft: String? = nil, problem: String? = nil,
    tokens: Int? = nil, stage: String = "", kinds: [String: String] = [:], keys: String = ""
  ) {
    self.weights = weights
    self.cursor = cursor
    self.draft = draft
    self.problem = problem
    self.tokens = tokens
    self.stage = stage
    self.kinds = kinds
    self.keys = keys
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let total = weights.weights.reduce(0, +)
    let mark = canvas.glyphs.level == .ascii ? "ok" : "✓"
    let view = canvas.pane(
      "Data mix" + (stage.isEmpty ? "" : " · \(stage)"),
      note: weights.names.isEmpty ? "" : "Σ \(Format.fixed(total, 3)) \(mark)", focused: focused)
    guard !weights.names.isEmpty else {
      view.blank(["This stage has no mix of sources.", "t shows the next stage"])
      return
    }
    let wide = view.width >= 46
    let roomy = view.height >= weights.names.count + 7
    let tokenWidth = tokens == nil ? 0 : 8
    let longest = weights.names.map(\.count).max() ?? 0
    let nameWidth = min(max(8, longest), max(8, view.width - 18 - tokenWidth))
    let barStart = nameWidth + 11
    let barWidth = max(0, min(34, view.width - barStart - tokenWidth - 1))
    var row = 0
    if roomy {
      view.text("source", x: 2, y: 0, style: .faint)
      view.text("weight", x: nameWidth + 4, y: 0, style: .faint)
      if tokenWidth > 0 { view.right("tokens", before: view.width, y: 0, style: .faint) }
      view.horizontalLine(x: 0, y: 1, width: view.width)
      row = 2
    }
    let footerRows = wide && view.height > weights.names.count + row + 4 ? 4 : 2
    let visible = max(1, view.height - row - footerRows)
    let first = Canvas.scroll(cursor: cursor, count: weights.names.count, height: visible)
    for index in weights.names.indices.dropFirst(first).prefix(visible) {
      drawRow(
        index, on: view, y: row, nameWidth: nameWidth, barStart: barStart, barWidth: barWidth,
        focused: focused)
      row += 1
    }
    guard row < view.height else { return }
    row += view.height - row > 3 ? 1 : 0
    view.text("total", x: 2, y: row, style: .faint)
    view.text(Format.fixed(total, 3), x: nameWidth + 4, y: row)
    if let tokens {
      view.right(Format.number(Double(tokens)), before: view.width, y: row)
    }
    drawEdit(on: view, y: row + 1)
    if wide, view.height - 1 > row + 1, !keys.isEmpty {
      view.text(keys, x: 2, y: view.height - 1, style: .faint)
    }
  }

  private func drawRow(
    _ index: Int, on view: Canvas, y: Int, nameWidth: Int, barStart: Int, barWidth: Int,
    focused: Bool
  ) {
    let name = weights.names[index]
    let weight = weights.weights[index]
    let here = index == cursor
    if here { view.put(view.glyphs.cursor, x: 0, y: y, style: focused ? .accent : .faint) }
    view.text(name, x: 2, y: y, style: here && focused ? .strong : .text, width: nameWidth)
    if weights.locked.contains(name) {
      view.text("L", x: nameWidth + 2, y: y, style: .warning)
    }
    view.text(
      Format.fixed(weight, 3), x: nameWidth + 4, y: y, style: here ? .strong : .text, width: 6)
    view.bar(
      weight, x: barStart, y: y, width: barWidth, caps: true, style: Style(.series(index)))
    if let tokens {
      view.right(
        Format.number(weight * Double(tokens)), before: view.width, y: y, style: .faint)
    }
  }

  private func drawEdit(on view: Canvas, y: Int) {
    guard y < view.height, weights.names.indices.contains(cursor) else { return }
    let name = weights.names[cursor]
    if let draft {
      let end = view.runs(
        [
          ("edit ", .faint), ("\(name) \(Format.fixed(weights.weights[cursor], 3)) → ", .text),
          ("[\(draft)_]", .selected),
        ], x: 2, y: y)
      view.text(
        problem ?? "others rescale", x: end + 2, y: y, style: problem == nil ? .faint : .bad)
    } else if weights.locked.contains(name) {
      view.text("\(name) is locked, x frees it", x: 2, y: y, style: .faint)
    } else if let kind = kinds[name] {
      let lines = CellPane.wrap(kind, width: view.width - 2)
      for (row, line) in lines.prefix(max(1, view.height - 2 - y)).enumerated() {
        view.text(line, x: 2, y: y + row, style: .faint)
      }
    }
  }
}
