import Support
public import Terminal

/// Marked runs side by side: the fields that differ, the results at equal budget, and the
/// difference of their losses.
public struct ComparisonPane {
  /// The comparison; nil with fewer than two runs.
  public var comparison: RunComparison?
  /// Marks of the runs, as many as the comparison has.
  public var marks: [RunMark]
  /// First line shown.
  public var scroll: Int

  /// A pane of these values.
  public init(comparison: RunComparison?, marks: [RunMark], scroll: Int) {
    self.comparison = comparison
    self.marks = marks
    self.scroll = scroll
  }

  /// Lines of the list of fields and results.
  public static func lineCount(_ comparison: RunComparison?) -> Int {
    comparison.map { $0.fields.count + $0.results.count + 2 } ?? 0
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    guard let comparison else {
      canvas.pane("compare", focused: focused).blank(
        marks.count == 1
          ? ["One run is marked.", "m marks another one to compare with."]
          : ["m marks runs to compare", "and to lay over the chart."])
      return
    }
    let note =
      comparison.common.map { common in
        let size =
          comparison.budget == .time ? Format.duration(common) : Format.number(common)
        return "at equal \(comparison.budget.rawValue) \(size)"
      } ?? "each at its end"
    let view = canvas.pane(
      marks.map(\.letter).joined(separator: " vs "), note: note + "  X", focused: focused)
    let free = view.height - Self.lineCount(comparison)
    let curveRows = view.height >= 16 ? max(6, min(free, view.height / 2)) : 0
    let list = view.view(Rect(width: view.width, height: view.height - curveRows))
    drawList(comparison, on: list)
    if curveRows > 0 {
      drawCurve(
        comparison,
        on: view.view(
          Rect(x: 0, y: view.height - curveRows, width: view.width, height: curveRows)))
    }
  }

  private func drawList(_ comparison: RunComparison, on view: Canvas) {
    let runs = comparison.names.count
    // The names of fields and figures need as much room as they take, up to half of it.
    let labels =
      comparison.fields.map { Self.label($0.path) }
      + comparison.results.map { $0.name }
    let labelWidth = min(view.width / 2, (labels.map(\.count).max() ?? 0) + 1)
    let cell = max(6, (view.width - labelWidth) / runs)
    func x(_ index: Int) -> Int { labelWidth + index * cell }
    for index in 0..<runs {
      view.text(
        "\(marks[index].letter) \(comparison.names[index])", x: x(index), y: 0,
        style: marks[index].style, width: cell - 1)
    }
    var lines: [(Int) -> Void] = comparison.fields.map { row in
      { y in
        view.text(Self.label(row.path), y: y, style: .faint, width: labelWidth - 1)
        for index in 0..<runs {
          let text = row.texts[index].isEmpty ? "—" : row.texts[index]
          view.text(
            text, x: x(index), y: y, style: row.texts[index] == row.texts[0] ? .text : .strong,
            width: cell - 1)
        }
      }
    }
    lines.append { y in
      view.text("\(comparison.equalFields) equal fields are hidden", y: y, style: .faint)
    }
    lines += comparison.results.map { row in
      { y in
        view.text(row.name, y: y, style: .faint, width: labelWidth - 1)
        for index in 0..<runs {
          let end = x(index) + view.text(row.text(index), x: x(index), y: y, width: cell - 1)
          let change = row.change(index)
          guard !change.isEmpty, end + 1 + change.count < x(index) + cell else { continue }
          // A difference is strong only when the intervals do not overlap.
          view.text(change, x: end + 1, y: y, style: row.isClear(index) ? .strong : .faint)
        }
      }
    }
    // Where lines are hidden, how many takes a row of its own.
    let visible = max(0, view.height - (lines.count >= view.height ? 2 : 1))
    let first = max(0, min(scroll, lines.count - visible))
    for (row, line) in lines.dropFirst(first).prefix(visible).enumerated() { line(row + 1) }
    if first + visible < lines.count {
      view.right(
        "\(lines.count - first - visible) more", before: view.width, y: view.height - 1,
        style: .faint)
    }
  }

  private func drawCurve(_ comparison: RunComparison, on view: Canvas) {
    view.text("Δ loss to \(marks[0].letter), nats; below 0 is better", y: 0, style: .faint)
    let left = 7
    let height = view.height - 1
    let width = view.width - left
    guard width >= 8 else { return }
    var raster = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
    let curves = comparison.names.indices.dropFirst().map { index in
      (index, comparison.lossDifference(index, columns: raster.dotWidth))
    }
    // The start, where every run falls from far, would flatten all that follows.
    let late = curves.flatMap { $0.1.dropFirst($0.1.count / 10).compactMap(\.self) }
    guard let axis = Axis(fitting: late + [0]) else {
      view.text("no step in common", y: 1, style: .faint)
      return
    }
    view.leftAxis(axis.ticks(limit: 3), axis: axis, x: left - 1, y: 1, height: height)
    let zero = axis.row(0, count: height)
    view.horizontalLine(
      x: left, y: 1 + Int(zero.rounded()), width: width, glyph: view.glyphs.dashedHorizontal)
    for (index, values) in curves {
      raster.polyline(
        values.enumerated().map { column, value in
          let row = value.map { axis.row($0, count: raster.dotHeight) }
          let isInside = row.map { $0 >= 0 && $0 <= Double(raster.dotHeight - 1) } ?? false
          return (x: Double(column), y: isInside ? row ?? .nan : .nan)
        },
        pen: BrailleRaster.Pen(
          marks[index].style, rank: index,
          mark: Glyph(marks[index].letter.unicodeScalars.first ?? "*")))
    }
    raster.draw(on: view, x: left, y: 1)
  }

  /// `stages.0.rope.kind` is `0 rope`: the number of the stage, then the field.
  static func label(_ path: String) -> String {
    var parts = path.split(separator: ".").map(String.init)
    if parts.first == "stages", parts.count > 2 { parts.removeFirst() }
    if parts.last == "kind", parts.count > 1 { parts.removeLast() }
    return parts.joined(separator: " ").replacing("_", with: " ")
  }
}
