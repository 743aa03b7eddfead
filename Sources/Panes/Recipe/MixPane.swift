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
  /// What each source is, by name.
  public var kinds: [String: String]
  /// What each source holds, by name; empty until it was looked at.
  public var facts: [String: SourceFacts]
  /// The keys line.
  public var keys: String
  /// What stands there when there are no sources.
  public var emptyLines = ["This stage has no mix of sources.", "t shows the next stage."]

  /// A pane of these values.
  public init(
    weights: MixWeights, cursor: Int, draft: String? = nil, problem: String? = nil,
    tokens: Int? = nil, stage: String = "", kinds: [String: String] = [:],
    facts: [String: SourceFacts] = [:], keys: String = ""
  ) {
    self.weights = weights
    self.cursor = cursor
    self.draft = draft
    self.problem = problem
    self.tokens = tokens
    self.stage = stage
    self.kinds = kinds
    self.facts = facts
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
      view.blank(emptyLines)
      return
    }
    let wide = view.width >= 46
    let roomy = view.height >= weights.names.count + 7
    let tokenWidth = tokens == nil ? 0 : 8
    // Sources without an end have no passes: no column for them alone.
    let passesWidth = facts.values.contains { $0.passTokens != nil } ? 7 : 0
    let factsWidth =
      tokens == nil || view.width < 50 ? 0 : passesWidth + 2 + SourceFacts.buckets.count
    let numbersWidth = tokenWidth + factsWidth
    let longest = weights.names.map(\.count).max() ?? 0
    let nameWidth = min(max(8, longest), max(8, view.width - 18 - numbersWidth))
    let barStart = nameWidth + 11
    let barWidth = max(0, min(34, view.width - barStart - numbersWidth - 1))
    let tokensEnd = view.width - factsWidth
    var row = 0
    if roomy {
      view.text("source", x: 2, y: 0, style: .faint)
      view.text("weight", x: nameWidth + 4, y: 0, style: .faint)
      if tokenWidth > 0 { view.right("tokens", before: tokensEnd, y: 0, style: .faint) }
      if factsWidth > 0 {
        if passesWidth > 0 { view.right("passes", before: tokensEnd + 7, y: 0, style: .faint) }
        view.right("length", before: view.width, y: 0, style: .faint)
      }
      view.horizontalLine(x: 0, y: 1, width: view.width)
      row = 2
    }
    let footerRows = wide && view.height > weights.names.count + row + 4 ? 4 : 2
    let visible = max(1, view.height - row - footerRows)
    let first = Canvas.scroll(cursor: cursor, count: weights.names.count, height: visible)
    for index in weights.names.indices.dropFirst(first).prefix(visible) {
      drawRow(
        index, on: view, y: row, nameWidth: nameWidth, barStart: barStart, barWidth: barWidth,
        tokensEnd: tokensEnd, focused: focused)
      row += 1
    }
    guard row < view.height else { return }
    row += view.height - row > 3 ? 1 : 0
    view.text("total", x: 2, y: row, style: .faint)
    view.text(Format.fixed(total, 3), x: nameWidth + 4, y: row)
    if let tokens {
      view.right(Format.number(Double(tokens)), before: tokensEnd, y: row)
    }
    drawEdit(on: view, y: row + 1)
    if wide, view.height - 1 > row + 1, !keys.isEmpty {
      view.text(keys, x: 2, y: view.height - 1, style: .faint)
    }
  }

  private func drawRow(
    _ index: Int, on view: Canvas, y: Int, nameWidth: Int, barStart: Int, barWidth: Int,
    tokensEnd: Int, focused: Bool
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
        Format.number(weight * Double(tokens)), before: tokensEnd, y: y, style: .faint)
    }
    guard tokensEnd < view.width, let facts = facts[name] else { return }
    if let passes = passes(facts, weight) {
      view.right(Format.fixed(passes, 1), before: tokensEnd + 7, y: y, style: .faint)
    }
    let buckets = SourceFacts.buckets.count
    view.sparkline(
      facts.lengthShares.map { $0 > 0 ? $0 : .nan }, range: 0...1, x: view.width - buckets, y: y,
      width: buckets, style: Style(.series(index)))
  }

  /// How often the stage reads a source of this weight; nil without an end.
  private func passes(_ facts: SourceFacts, _ weight: Double) -> Double? {
    let total = weights.weights.reduce(0, +)
    guard let tokens, total > 0 else { return nil }
    return facts.passes(of: Double(tokens) * weight / total)
  }

  /// Passes and lengths of a source in words.
  private func words(_ name: String) -> String? {
    guard let facts = facts[name], let shortest = facts.lengths.min(),
      let longest = facts.lengths.max(), let index = weights.names.firstIndex(of: name)
    else { return nil }
    let lengths =
      shortest == longest
      ? "documents of \(Format.count(longest)) tokens"
      : "documents of \(Format.count(shortest)) to \(Format.count(longest)) tokens"
    let reads = passes(facts, weights.weights[index]).map { "read \(Format.fixed($0, 2)) times" }
    return lengths + ", " + (reads ?? "without an end")
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
      let text = words(name).map { $0 + ". " + kind } ?? kind
      let lines = CellPane.wrap(text, width: view.width - 2)
      for (row, line) in Canvas.cut(lines, to: view.height - 2 - y).enumerated() {
        view.text(line, x: 2, y: y + row, style: .faint)
      }
    }
  }
}
