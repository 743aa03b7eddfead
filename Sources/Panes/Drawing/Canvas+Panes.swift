import Support
public import Terminal

extension Canvas {
  /// Draws the border of a pane and gives a view of its inside with one blank column on each side.
  public func pane(
    _ title: String, in part: Rect? = nil, note: String = "", focused: Bool = false
  ) -> Canvas {
    let inside = box(part, title: title, trailing: note, focused: focused)
    return inside.view(inside.bounds.inset(1, 0))
  }

  /// Lines of an empty pane in its middle, broken where they are long: what would fill it, and the key
  /// that does.
  ///
  /// - Parameters:
  ///   - lines: in the order in which they are read.
  ///   - problem: what failed, which stands before them; nil when nothing did.
  public func blank(_ lines: [String], failed problem: String? = nil) {
    let rest = lines.flatMap { CellPane.wrap($0, width: width) }
    // Where room is short the end of the problem goes, not what can be done about it.
    let reason = (problem ?? "").split(separator: "\n").flatMap {
      CellPane.wrap("\(glyphs.failed.scalar) \($0)", width: width)
    }
    let shown = Self.cut(reason, to: height - rest.count)
    let isRoomy = !shown.isEmpty && shown.count + rest.count < height
    let all =
      shown.map { ($0, Style.bad) } + (isRoomy ? [("", Style.faint)] : [])
      + rest.map { ($0, Style.faint) }
    let top = max(0, (height - all.count) / 2)
    for (index, line) in all.enumerated() {
      text(line.0, y: top + index, style: line.1, width: width, align: .center)
    }
  }

  /// The first lines, at least one; the last has the rest behind it, so that it ends in an ellipsis.
  static func cut(_ lines: [String], to most: Int) -> [String] {
    let whole = max(1, most) - 1
    guard lines.count > whole + 1 else { return lines }
    return lines.prefix(whole) + [lines.dropFirst(whole).joined(separator: " ")]
  }

  /// Writes a text that ends before a column.
  func right(_ text: String, before column: Int, y: Int, style: Style = .text) {
    self.text(text, x: 0, y: y, style: style, width: max(0, column), align: .right)
  }

  /// The glyph before a run of this status; each differs without colour.
  func mark(ofRun status: String) -> (Glyph, Style) {
    switch status {
    case "running": (glyphs.running, .accent)
    case "failed": (glyphs.failed, .bad)
    case "done": (glyphs.finished, .good)
    default: (glyphs.checkpoint, .text)
    }
  }

  /// Rows of a list that fit `height` with the cursor in sight: the index of the first one.
  static func scroll(cursor: Int, count: Int, height: Int) -> Int {
    guard count > height, height > 0 else { return 0 }
    return min(max(0, cursor - height / 2), count - height)
  }
}

extension EventMark {
  /// The glyph before the event; each differs without colour.
  func glyph(_ glyphs: GlyphSet) -> String {
    var text = ""
    let glyph =
      switch self {
      case .stage: glyphs.running
      case .checkpoint: glyphs.checkpoint
      case .evaluation: glyphs.evaluation
      case .notice: glyphs.absent
      case .edit: glyphs.edited
      case .warning: glyphs.warning
      case .failure: glyphs.failed
      case .finished: glyphs.finished
      }
    glyph.write(to: &text)
    return text
  }

  /// How it looks.
  var style: Style {
    switch self {
    case .checkpoint, .finished: .good
    case .warning, .edit: .warning
    case .failure: .bad
    default: .text
    }
  }
}
