public import Terminal

/// One row of tokens with the position id under each: what the model is fed, and where ids are skipped.
public struct FedPane {
  /// The rows; nil while they are being made.
  public var rows: [FedRow]?
  /// Which of them is shown.
  public var shown: Int
  /// Whether the ids of every kind of positions are shown, not those of the stage alone.
  public var comparesKinds: Bool
  /// First line shown.
  public var scroll: Int
  /// Why no rows could be made; nil when they could.
  public var problem: String?

  /// A pane of these values.
  public init(
    rows: [FedRow]?, shown: Int, comparesKinds: Bool, scroll: Int, problem: String? = nil
  ) {
    self.problem = problem
    self.rows = rows
    self.shown = shown
    self.comparesKinds = comparesKinds
    self.scroll = scroll
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    guard problem == nil else {
      canvas.pane("fed rows", focused: focused).blank(
        ["No row can be made.", "1 goes to the recipe, 2 tries again."], failed: problem)
      return
    }
    guard let rows else {
      canvas.pane("fed rows", focused: focused).blank(["Making the first rows …"])
      return
    }
    guard rows.indices.contains(shown) else {
      canvas.pane("fed rows", focused: focused).blank([
        "This stage feeds no rows.", "t shows the next stage.",
      ])
      return
    }
    let row = rows[shown]
    let view = canvas.pane(
      "fed row \(shown + 1) of \(rows.count)  \(row.source)",
      note: "\(Format.tokens(row.own.ids.count)) tokens to id "
        + "\(Format.tokens(Int(row.own.ids.max() ?? 0)))  skips \(row.skips)",
      focused: focused)
    let shownIds = comparesKinds ? row.kinds : [row.own]
    let margin = comparesKinds ? (shownIds.map(\.kind.count).max() ?? 0) + 2 : 0
    let lines = Self.lines(row, shownIds, width: view.width - margin)
    let tall = shownIds.count + 2
    let visible = max(1, view.height / tall)
    let start = max(0, min(scroll, lines.count - visible))
    for (index, line) in lines.dropFirst(start).prefix(visible).enumerated() {
      draw(line, row, shownIds, on: view, margin: margin, y: index * tall)
    }
  }

  /// Number of lines of tokens at a width.
  public static func lineCount(_ row: FedRow, width: Int) -> Int {
    lines(row, [row.own], width: width).count
  }

  private func draw(
    _ line: Range<Int>, _ row: FedRow, _ shownIds: [FedRow.Ids], on view: Canvas, margin: Int,
    y: Int
  ) {
    for (number, kind) in shownIds.enumerated() where margin > 0 {
      view.text(kind.kind, x: 0, y: y + 1 + number, style: .faint, width: margin - 1)
    }
    var x = margin
    for token in line {
      if Self.isBorder(row, token) {
        for part in 0...shownIds.count {
          view.put(view.glyphs.heavy.vertical, x: x, y: y + part, style: .accent)
        }
        x += 2
      }
      view.text(
        row.words[token], x: x, y: y, style: row.isLearnt[token] ? .text : .faint)
      for (number, kind) in shownIds.enumerated() {
        let skip = Self.skip(kind, token)
        view.text(
          Self.label(kind, token), x: x, y: y + 1 + number, style: skip > 0 ? .accent : .faint)
      }
      x += Self.width(row, shownIds, token) + 1
    }
  }

  /// Tokens of each line at a width.
  private static func lines(
    _ row: FedRow, _ shownIds: [FedRow.Ids], width: Int
  ) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    var x = 0
    for token in row.words.indices {
      let need = Self.width(row, shownIds, token) + (isBorder(row, token) ? 2 : 0)
      if x + need > width, token > start {
        lines.append(start..<token)
        (start, x) = (token, 0)
      }
      x += need + 1
    }
    if start < row.words.count { lines.append(start..<row.words.count) }
    return lines
  }

  private static func width(_ row: FedRow, _ shownIds: [FedRow.Ids], _ token: Int) -> Int {
    shownIds.reduce(row.words[token].count) { max($0, label($1, token).count) }
  }

  /// The id; after a skip with how many are left out before it, as in `+313 1517`.
  private static func label(_ kind: FedRow.Ids, _ token: Int) -> String {
    let skip = skip(kind, token)
    return skip > 0 ? "+\(skip) \(kind.ids[token])" : "\(kind.ids[token])"
  }

  private static func skip(_ kind: FedRow.Ids, _ token: Int) -> Int {
    token == 0 ? 0 : Int(kind.ids[token] - kind.ids[token - 1]) - 1
  }

  /// True when another document begins at this token and does not see those before it.
  private static func isBorder(_ row: FedRow, _ token: Int) -> Bool {
    token > 0 && Int(row.documentStarts[token]) == token
  }
}
