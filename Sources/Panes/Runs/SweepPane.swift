public import Queues
import Support
public import Terminal

/// What the arms of a sweep reached: mean over the seeds, standard error, and a star where it is clear.
public struct SweepPane {
  /// The table of the whole runs; nil while there is none.
  public var table: SweepTable?
  /// The runs of the sweep; empty without one.
  public var entries: [RunQueue.Entry]
  /// Marks of the arms by name.
  public var marks: [String: RunMark]
  /// First row shown.
  public var scroll: Int
  /// The first arm that is shown beside arm 0.
  public var firstArm: Int

  /// A pane of these values.
  public init(
    table: SweepTable?, entries: [RunQueue.Entry], marks: [String: RunMark] = [:], scroll: Int = 0,
    firstArm: Int = 1
  ) {
    self.table = table
    self.entries = entries
    self.marks = marks
    self.scroll = scroll
    self.firstArm = firstArm
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane("sweep", note: note, focused: focused)
    guard !entries.isEmpty else {
      view.blank([
        "No sweep yet.", "On 1 Recipe v varies a field", "and S starts the sweep.",
      ])
      return
    }
    guard let table, !table.rows.isEmpty else {
      view.blank(["No run of the sweep is whole yet.", "The queue shows how far they are."])
      return
    }
    draw(table, on: view)
  }

  private var note: String {
    guard !entries.isEmpty else { return "" }
    let done = entries.count { $0.state == .done }
    let failed = entries.count { if case .failed = $0.state { true } else { false } }
    let lost = entries.count { if case .abandoned = $0.state { true } else { false } }
    return "\(done) of \(entries.count) whole" + (lost > 0 ? ", \(lost) given up" : "")
      + (failed > 0 ? ", \(failed) failed" : "")
  }

  private func draw(_ table: SweepTable, on view: Canvas) {
    let names = table.rows.map { $0.name + ($0.isShare ? ", %" : "") }
    let labels = min(view.width * 2 / 5, (names.map(\.count).max() ?? 0) + 2)
    let heads = table.arms.indices.map { arm in
      (marks[table.arms[arm]].map { $0.letter + " " } ?? "")
        + "\(table.arms[arm]) (\(table.runs[arm]))"
    }
    let widths = table.arms.indices.map { arm in
      max(min(14, heads[arm].count), table.rows.map { table.text($0, arm).count }.max() ?? 0) + 2
    }
    // What the stars refer to stays in sight; the other arms move past it.
    var shown = [0]
    var room = view.width - labels - widths[0]
    for arm in table.arms.indices.dropFirst(max(1, firstArm)) {
      guard room >= widths[arm] else { break }
      shown.append(arm)
      room -= widths[arm]
    }
    let visible = max(1, view.height - 3)
    let first = max(0, min(scroll, table.rows.count - visible))
    var x = labels
    for arm in shown {
      let width = widths[arm] - 1
      let style = marks[table.arms[arm]]?.style ?? .text
      view.text(heads[arm], x: x, y: 0, style: style, width: width, align: .right)
      for (row, index) in table.rows.indices.dropFirst(first).prefix(visible).enumerated() {
        view.text(
          table.text(table.rows[index], arm), x: x, y: row + 1,
          style: table.isClear(table.rows[index], arm) ? .strong : .text, width: width,
          align: .right)
      }
      x += widths[arm]
    }
    for (row, name) in names.dropFirst(first).prefix(visible).enumerated() {
      view.text(name, y: row + 1, style: .faint, width: labels - 1)
    }
    view.text(
      "± standard error, * clearly other than the first", y: view.height - 1, style: .faint)
    let hidden = table.arms.count - shown.count
    guard hidden > 0 else { return }
    view.right("h l: \(hidden) more", before: view.width, y: view.height - 2, style: .faint)
  }
}
