import Records
import Support
public import Terminal

/// The needle heatmap: a density glyph, the number, and the colour of the map behind it.
public struct HeatmapPane {
  /// What is shown; nil when no evaluation has run.
  public var map: NeedleMap?
  /// Column and row of the cursor.
  public var cursor: (column: Int, row: Int)
  /// Name of the run.
  public var run: String
  /// Whether the cursor is drawn and read out; else the recall of the whole map is.
  public var showsCursor: Bool
  /// What stands in place of a map that is not there: what would fill it, and the key that does.
  public var emptyLines = ["No needle evaluation yet."]
  /// Why the run failed; nil for one that did not.
  public var failure: String?

  /// A pane of these values.
  public init(
    map: NeedleMap?, cursor: (column: Int, row: Int), run: String, showsCursor: Bool = true
  ) {
    self.map = map
    self.cursor = cursor
    self.run = run
    self.showsCursor = showsCursor
  }

  private struct Grid {
    var left = 7
    var top = 2
    var cell = 5
    var rows = 1
    var merge = 1
    var bands = 0
    /// The row of a tall cell that has the number.
    var middle: Int { (rows - 1) / 2 }
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    guard let map, let evaluation = map.evaluation, !map.axes.lengths.isEmpty else {
      let view = canvas.pane("needle recall %", focused: focused)
      view.blank(emptyLines, failed: failure)
      return
    }
    let at = evaluation.step.map { " @ step \(Format.count($0))" } ?? ""
    let trials = evaluation.cells.map(\.trials).max() ?? 0
    let position = "\(map.shown + 1)/\(map.evaluations.count)"
    let wide = canvas.width >= 60
    let against = map.reference.map { " − \($0.title)" } ?? ""
    let name = evaluation.run.isEmpty ? run : evaluation.run
    let isNamed = canvas.width >= 100 || !evaluation.run.isEmpty
    let view = canvas.pane(
      (against.isEmpty ? "needle recall %" : "needle recall, points")
        + (isNamed ? "  ·  \(name)" : "") + at + against,
      note: !against.isEmpty
        ? ""
        : wide
          ? "\(evaluation.task)  \(trials) trials a cell  evaluation \(position)"
          : canvas.width >= 46 ? "\(trials) trials a cell" : "",
      focused: focused)
    guard let grid = grid(for: map, in: view) else {
      view.text(summary(map), y: 0)
      return
    }
    drawLabels(map, grid, on: view)
    for band in 0..<grid.bands {
      for column in map.axes.lengths.indices {
        drawCell(map, column, band, grid, on: view)
      }
    }
    drawLines(map, grid, on: view)
    if showsCursor { drawCursor(map, grid, on: view) }
    let bottom = grid.top + grid.bands * grid.rows
    view.text(showsCursor ? summary(map) : totals(map), y: max(bottom + 1, view.height - 2))
    if map.reference == nil {
      drawLegend(grid, on: view, y: view.height - 1)
    } else {
      drawDifferenceLegend(on: view, y: view.height - 1)
    }
  }

  /// The largest cells that fit; nil when not even the narrowest do.
  private func grid(for map: NeedleMap, in view: Canvas) -> Grid? {
    var grid = Grid()
    if view.width < 56 { grid.left = 5 }
    let columns = map.axes.lengths.count
    let depths = map.axes.depths.count
    grid.cell = min(16, (view.width - grid.left - 1) / columns)
    let room = view.height - grid.top - 1 - 3
    guard grid.cell >= 1, room >= 1 else { return nil }
    if depths > room {
      grid.merge = (depths + room - 1) / room
    } else {
      grid.rows = min(4, room / depths)
    }
    grid.bands = (depths + grid.merge - 1) / grid.merge
    return grid
  }

  /// Trials of a band of merged depths; nil when none has run, and whether all are of this step.
  private func total(_ map: NeedleMap, _ column: Int, _ band: Int, _ grid: Grid) -> (
    proportion: Proportion, isCurrent: Bool
  )? {
    var correct = 0
    var trials = 0
    var current = true
    for row in band * grid.merge..<min((band + 1) * grid.merge, map.axes.depths.count) {
      guard let cell = map.cell(column, row) else { continue }
      correct += cell.record.correct
      trials += cell.record.trials
      if cell.age != .current { current = false }
    }
    guard trials > 0, correct <= trials, correct >= 0 else { return nil }
    return (Proportion(correct, of: trials), current)
  }

  private func drawCell(_ map: NeedleMap, _ column: Int, _ band: Int, _ grid: Grid, on view: Canvas)
  {
    let x = grid.left + column * grid.cell
    let y = grid.top + band * grid.rows
    let width = grid.cell >= 4 ? grid.cell - 1 : grid.cell
    if map.reference != nil {
      let depths = band * grid.merge..<min((band + 1) * grid.merge, map.axes.depths.count)
      let difference = map.difference(depths.map { (column: column, row: $0) })
      drawDifference(
        difference, on: view.view(Rect(x: x, y: y, width: width, height: grid.rows)))
      return
    }
    guard let total = total(map, column, band, grid) else {
      view.put(view.glyphs.absent, x: x + width / 2, y: y + grid.middle, style: .faint)
      return
    }
    let step = Int((total.proportion.score * Double(Color.heatSteps - 1)).rounded())
    let glyph = view.glyphs.density[Self.density(total.proportion.score)]
    let percent = "\(Int((total.proportion.score * 100).rounded()))"
    guard total.isCurrent else {
      // An older value: no colour, so that it cannot pass for a new one.
      if width >= 3 {
        view.text(
          percent, x: x, y: y + grid.middle, style: Style(.faint, [.dim]), width: width,
          align: .right)
      } else {
        view.put(view.glyphs.absent, x: x, y: y, style: .faint)
      }
      return
    }
    let style = Style.heat(step)
    for row in 0..<grid.rows {
      for offset in 0..<width {
        let isTexture = row != grid.middle && !view.colors.canShowMaps
        view.put(isTexture ? glyph : .space, x: x + offset, y: y + row, style: style)
      }
    }
    // Where colours are few, the density of the glyph says what the colour would.
    let isPlain = !view.colors.canShowMaps
    guard width >= 3 else {
      guard isPlain else { return }
      for offset in 0..<width { view.put(glyph, x: x + offset, y: y, style: style) }
      return
    }
    if isPlain { view.put(glyph, x: x, y: y + grid.middle, style: style) }
    // 100 takes the place of the glyph where both do not fit.
    let start = isPlain && percent.count < width ? x + 1 : x
    view.text(
      percent, x: start, y: y + grid.middle, style: style, width: x + width - start, align: .right)
  }

  /// Density of a score: 99 % and more is full, then 90, 70 and 40 %.
  static func density(_ score: Double) -> Int {
    score >= 0.99 ? 4 : score >= 0.9 ? 3 : score >= 0.7 ? 2 : score >= 0.4 ? 1 : 0
  }

  private func drawLabels(_ map: NeedleMap, _ grid: Grid, on view: Canvas) {
    view.text("depth", y: 0, style: .faint)
    for band in 0..<grid.bands {
      let depth = map.axes.depths[band * grid.merge]
      let label = "\(Int((depth * 100).rounded()))" + (grid.left > 5 ? " %" : "")
      view.right(
        label, before: grid.left - 1, y: grid.top + band * grid.rows + grid.middle,
        style: showsCursor && cursor.row / grid.merge == band ? .text : .faint)
    }
    let y = grid.top + grid.bands * grid.rows
    var free = 0
    for (column, length) in map.axes.lengths.enumerated() {
      let label = Format.tokens(length)
      let x = grid.left + column * grid.cell
      let start = max(0, grid.cell >= 4 ? x + max(0, grid.cell - 1 - label.count) : x)
      guard start >= free, start + label.count <= view.width else { continue }
      let here = showsCursor && cursor.column == column
      view.text(label, x: start, y: y, style: here ? .text : .faint)
      free = start + label.count + 1
    }
    if grid.merge > 1 {
      view.right("\(grid.merge) depths/row", before: view.width, y: 0, style: .faint)
    }
  }

  /// Dashed lines before the first length beyond the trained and the target context.
  private func drawLines(_ map: NeedleMap, _ grid: Grid, on view: Canvas) {
    guard grid.cell >= 4 else { return }
    var free = 0
    func line(_ tokens: Int?, _ name: String, before limit: Int) {
      guard let x = lineColumn(tokens, map, grid), let tokens else { return }
      view.verticalLine(
        x: x, y: 1, height: grid.top - 1 + grid.bands * grid.rows,
        glyph: view.glyphs.dashedVertical, style: .accent)
      // Right of the line, else left of it; the number goes first when neither has room.
      for word in ["\(name) \(Format.tokens(tokens))", name] {
        let starts: [Int] = [x + 2, x + 1, x - 1 - word.count, x - word.count]
        let fits = starts.first { start in
          start >= free && start + word.count <= (start < x ? x : limit)
        }
        guard let start = fits else { continue }
        view.text(word, x: start, y: 1, style: .accent)
        free = max(start + word.count + 1, x + 1)
        return
      }
    }
    let next = map.target == map.trained ? nil : lineColumn(map.target, map, grid)
    line(map.trained, "trained", before: next.map { $0 - 6 } ?? view.width)
    if map.target != map.trained { line(map.target, "target", before: view.width) }
  }

  /// Column of the line before the first length beyond so many tokens; nil when there is none.
  private func lineColumn(_ tokens: Int?, _ map: NeedleMap, _ grid: Grid) -> Int? {
    guard let tokens, let column = map.axes.lengths.firstIndex(where: { $0 > tokens }) else {
      return nil
    }
    return grid.left + column * grid.cell - 1
  }

  private func drawCursor(_ map: NeedleMap, _ grid: Grid, on view: Canvas) {
    guard map.axes.lengths.indices.contains(cursor.column), grid.cell >= 4 else { return }
    let x = grid.left + cursor.column * grid.cell
    let y = grid.top + cursor.row / grid.merge * grid.rows + grid.middle
    view.put(view.glyphs.cellBrackets.open, x: x - 1, y: y, style: .accent)
    view.put(view.glyphs.cellBrackets.close, x: x + grid.cell - 1, y: y, style: .accent)
  }

  /// Recall of the map so far: as far as the target, and at each length beyond the trained one.
  private func totals(_ map: NeedleMap) -> String {
    guard let evaluation = map.evaluation else { return "" }
    if map.reference != nil {
      let cells = map.axes.lengths.indices.flatMap { column in
        map.axes.depths.indices.map { (column: column, row: $0) }
      }
      return map.difference(cells).map { "all cells   " + Self.words($0) } ?? ""
    }
    func share(_ include: (NeedleRecord) -> Bool) -> String? {
      let total = evaluation.total(where: include)
      guard total.trials > 0 else { return nil }
      return Format.percent(Double(total.correct) / Double(total.trials))
    }
    var parts: [String] = []
    let target = map.target ?? Int.max
    if let all = share({ $0.length <= target }) {
      parts.append(map.target.map { "up to \(Format.tokens($0)): \(all)" } ?? "all: \(all)")
    }
    if let target = map.target, let aimed = share({ $0.length == target }) {
      parts.append("at \(Format.tokens(target)): \(aimed)")
    }
    let cells = map.axes.lengths.count * map.axes.depths.count
    if evaluation.cells.count < cells, map.shown == map.evaluations.count - 1 {
      parts.append("\(evaluation.cells.count)/\(cells) cells")
    }
    return parts.joined(separator: "   ")
  }

  /// The cell under the cursor in words, with its interval.
  private func summary(_ map: NeedleMap) -> String {
    guard map.axes.lengths.indices.contains(cursor.column),
      map.axes.depths.indices.contains(cursor.row)
    else { return "" }
    let length = Format.tokens(map.axes.lengths[cursor.column])
    let depth = Format.percent(map.axes.depths[cursor.row])
    let place = "\(length) × \(depth)"
    if map.reference != nil {
      guard let change = map.difference([cursor]) else { return "\(place)   not run in both" }
      return place + "   " + Self.words(change)
    }
    guard let cell = map.cell(cursor.column, cursor.row) else { return "\(place)   not run" }
    let interval = "\(Self.points(cell.record.low))-\(Self.points(cell.record.high))"
    var text =
      "\(place)   \(cell.record.correct)/\(cell.record.trials)   "
      + "\(Format.percent(cell.record.score))   95 % CI \(interval)"
    if case .older(let step) = cell.age {
      text += "   from " + (step.map { "@\(Format.count($0))" } ?? "before")
    }
    return text
  }

  static func points(_ share: Double) -> String {
    share.isFinite ? "\(Int((share * 100).rounded()))" : "?"
  }

  private func drawLegend(_ grid: Grid, on view: Canvas, y: Int) {
    guard !view.colors.canShowMaps else {
      var x = view.text("0 ", y: y, style: .faint)
      for step in 0..<Color.heatSteps {
        view.put(.space, x: x, y: y, style: .heat(step))
        x += 1
      }
      x += view.text(" 100 %", x: x, y: y, style: .faint)
      drawRest(on: view, x: x, y: y)
      return
    }
    let names = ["blank <40", "≥40", "≥70", "≥90", "≥99"]
    var x = 0
    for step in [4, 3, 2, 1, 0] {
      if step > 0 {
        view.put(view.glyphs.density[step], x: x, y: y, style: .text)
        x += 1
      }
      x += view.text(names[step], x: x, y: y, style: .faint) + 1
    }
    drawRest(on: view, x: x, y: y)
  }

  private func drawRest(on view: Canvas, x: Int, y: Int) {
    let absent = "\(text(view.glyphs.absent)) not run"
    for rest in ["no colour: earlier evaluation   " + absent, "no colour: earlier", absent]
    where x + 3 + rest.count <= view.width {
      view.text(rest, x: x + 3, y: y, style: .faint)
      return
    }
  }

  private func text(_ glyph: Glyph) -> String {
    var out = ""
    glyph.write(to: &out)
    return out
  }
}
