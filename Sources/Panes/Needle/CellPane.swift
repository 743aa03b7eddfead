import Glibc
import Records
import Support
public import Terminal

/// One cell of the heatmap: its trials with what was expected and answered, and its course over
/// the training.
public struct CellPane {
  /// The map.
  public var map: NeedleMap?
  /// Column and row of the cell.
  public var cell: (column: Int, row: Int)
  /// Trial under the cursor.
  public var trial: Int

  /// A pane of these values.
  public init(map: NeedleMap?, cell: (column: Int, row: Int), trial: Int) {
    self.map = map
    self.cell = cell
    self.trial = trial
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    guard let map, let found = map.cell(cell.column, cell.row) else {
      canvas.pane("cell", focused: focused).blank(
        map == nil
          ? ["Trials of the map's cells:", "what was asked and answered."]
          : ["This cell has not run.", "hjkl picks another."])
      return
    }
    let record = found.record
    let place = "\(Format.tokens(record.length)) × \(Format.percent(record.depth))"
    let view = canvas.pane(
      "cell \(place)", note: "\(record.correct) of \(record.trials)", focused: focused)
    let course = map.course(cell.column, cell.row)
    // Whoever drills in wants the prompt: where both do not fit, the course makes room for it.
    let courseRows = course.count > 1 && view.height >= (focused ? 13 : 8) ? 3 : 0
    let layers = record.answers.indices.contains(trial) ? record.answers[trial].attention : []
    let attentionRows = layers.isEmpty ? 0 : layers.count + 2
    let room = view.height - courseRows - 2
    // The list scrolls: it makes room for the attention, down to four trials.
    let listed = min(record.answers.count, max(4, room - 9 - attentionRows))
    let spare = room - (layers.isEmpty ? record.answers.count : listed)
    let detailRows =
      view.height - courseRows >= 10 ? max(5, min(9 + attentionRows, spare)) : 0
    let listRows = max(1, view.height - courseRows - detailRows)
    drawTrials(record, on: view, rows: listRows, focused: focused)
    if detailRows > 0, record.answers.indices.contains(trial) {
      drawDetail(record.answers[trial], on: view, y: listRows, rows: detailRows)
    }
    if courseRows > 0 { drawCourse(course, on: view, y: view.height - courseRows) }
  }

  private func drawTrials(_ record: NeedleRecord, on view: Canvas, rows: Int, focused: Bool) {
    guard !record.answers.isEmpty else {
      let lines = [
        "The answers of this cell were not kept.", "\(record.correct) of \(record.trials) right.",
      ]
      for (row, line) in lines.enumerated() { view.text(line, y: row, style: .faint) }
      return
    }
    let wide = view.width >= 34
    let wordWidth = max(6, (view.width - (wide ? 15 : 9)) / 2)
    view.text("want", x: 6, y: 0, style: .faint)
    view.text("got", x: 7 + wordWidth, y: 0, style: .faint)
    if wide { view.right("p(want)", before: view.width, y: 0, style: .faint) }
    let visible = max(0, rows - 1)
    let first = Canvas.scroll(cursor: trial, count: record.answers.count, height: visible)
    for (row, index) in record.answers.indices.dropFirst(first).prefix(visible).enumerated() {
      let answer = record.answers[index]
      let y = row + 1
      if index == trial, focused { view.put(view.glyphs.cursor, x: 0, y: y, style: .accent) }
      view.right("\(index + 1)", before: 3, y: y, style: .faint)
      let mark = answer.isCorrect ? view.glyphs.passed : view.glyphs.failed
      view.put(mark, x: 4, y: y, style: answer.isCorrect ? .good : .bad)
      view.text(answer.expected, x: 6, y: y, width: wordWidth)
      view.text(
        answer.answered.isEmpty ? "(nothing)" : answer.answered, x: 7 + wordWidth, y: y,
        style: answer.isCorrect ? .text : .bad, width: wordWidth)
      if wide, answer.logProbability.isFinite {
        view.right(
          Self.probability(answer.logProbability), before: view.width, y: y, style: .faint)
      }
    }
  }

  private func drawDetail(_ answer: NeedleAnswer, on view: Canvas, y: Int, rows: Int) {
    let odds =
      answer.logProbability.isFinite ? ", given \(Self.probability(answer.logProbability))" : ""
    view.runs(
      [
        ("asked for ", .faint), (answer.key, .strong), (", want ", .faint),
        (answer.expected, .strong), (odds, .faint),
      ], y: y + 1)
    // The prompt first; what is left of the room is for who looks at the needle in it.
    let most = min(answer.attention.isEmpty ? 7 : 5, rows - 2)
    let lines = Self.wrap(answer.excerpt, width: view.width).prefix(most)
    for (row, line) in lines.enumerated() {
      Self.excerpt(line, of: answer, on: view, y: y + 2 + row)
    }
    let used = lines.count + 3
    AttentionTable(layers: answer.attention)
      .draw(on: view, y: y + used, rows: rows - used)
  }

  /// A line of the prompt, with key and needle in bold.
  private static func excerpt(_ line: String, of answer: NeedleAnswer, on view: Canvas, y: Int) {
    let marked: [(String, Style)] = line.split(separator: " ", omittingEmptySubsequences: false)
      .enumerated().map { index, word in
        let bare = word.filter { $0.isLetter || $0.isNumber }
        let hit = !bare.isEmpty && (bare == answer.expected || bare == answer.key)
        return ((index == 0 ? "" : " ") + word, hit ? .strong : .faint)
      }
    view.runs(marked, y: y)
  }

  /// A probability from its logarithm: `94 %`, `0.3 %`.
  static func probability(_ logarithm: Double) -> String {
    let share = exp(logarithm)
    if share >= 0.0995 { return Format.percent(share) }
    return share >= 0.001 ? Format.percent(share, decimals: 1) : "<0.1 %"
  }

  private func drawCourse(_ course: [NeedleRecord], on view: Canvas, y: Int) {
    let width = min(view.width, course.count * 2)
    view.text("over the training", y: y, style: .faint)
    let shares = course.suffix(view.width).map(\.score)
    view.sparkline(
      shares, range: 0...1, x: 0, y: y + 1, width: min(shares.count, width),
      style: Style(.series(1)))
    let figures = course.suffix(3).map { record in
      (record.step.map { "@\(Format.count($0)) " } ?? "") + Format.percent(record.score)
    }
    view.text(figures.joined(separator: "  "), y: y + 2)
  }

  /// Breaks a text at blanks, and words that are longer than a line where the line ends.
  public static func wrap(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, line.count + 1 + word.count > width,
        word.count <= width || line.count + 2 > width
      {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
      while line.count > width {
        lines.append(String(line.prefix(width)))
        line.removeFirst(width)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
