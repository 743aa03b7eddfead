public import Recipes
public import Support
public import Terminal

/// A form of a recipe's settings: kinds as choices, numbers with their ranges.
public struct SettingsPane {
  /// The fields in order.
  public var fields: [RecipeField]
  /// Row of the cursor.
  public var cursor: Int
  /// What is being typed for the field of the cursor; nil when nothing.
  public var draft: String?
  /// Problem of the draft, in a few words.
  public var problem: String?
  /// What the kind under the cursor does; nil when the field chooses no kind.
  public var summary: String?
  /// Paper and section that the field under the cursor comes from; empty for our own.
  public var source = ""
  /// What stands there when there are no settings.
  public var emptyLines = ["This stage has no settings.", "t shows the next stage."]

  /// A form of these values.
  public init(
    fields: [RecipeField], cursor: Int, draft: String? = nil, problem: String? = nil
  ) {
    self.fields = fields
    self.cursor = cursor
    self.draft = draft
    self.problem = problem
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let current = fields.indices.contains(cursor) ? fields[cursor] : nil
    let view = canvas.pane(
      "Settings", note: current.map { "applies ▸ \($0.setting.applies.rawValue)" } ?? "",
      focused: focused)
    guard !fields.isEmpty else {
      view.blank(emptyLines)
      return
    }
    let labelWidth = min(
      max(12, fields.map { Self.label($0).count }.max() ?? 0), max(8, view.width / 2 - 4))
    let hint = view.height > 12 ? 4 : view.height > 8 ? 3 : view.height > 4 ? 2 : 0
    let visible = max(1, view.height - hint)
    let first = Canvas.scroll(cursor: cursor, count: fields.count, height: visible)
    for (row, index) in fields.indices.dropFirst(first).prefix(visible).enumerated() {
      let here = index == cursor
      if here { view.put(view.glyphs.cursor, x: 0, y: row, style: focused ? .accent : .faint) }
      drawField(
        fields[index], on: view, y: row, x: labelWidth + 3, here: here, focused: focused,
        labelWidth: labelWidth)
    }
    if first + visible < fields.count {
      let y = hint > 0 ? visible : visible - 1
      view.right(
        "\(fields.count - first - visible) more", before: view.width, y: y, style: .faint)
    }
    guard hint > 0, let current else { return }
    let from = source.isEmpty ? "" : " (\(source))"
    let lines = CellPane.wrap(
      problem ?? (summary ?? current.setting.help) + from, width: view.width)
    for (row, line) in Canvas.cut(lines, to: hint - 1).enumerated() {
      view.text(
        line, y: view.height - hint + 1 + row, style: problem == nil ? .faint : .bad)
    }
  }

  private func drawField(
    _ field: RecipeField, on view: Canvas, y: Int, x: Int, here: Bool, focused: Bool,
    labelWidth: Int
  ) {
    view.text(
      Self.label(field), x: 2, y: y, style: here && focused ? .strong : .faint, width: labelWidth)
    if here, let draft {
      view.text("[\(draft)_]", x: x, y: y, style: .selected)
      return
    }
    let style: Style = here && focused ? .strong : !field.isGiven ? .faint : .text
    if case .choice(let choices) = field.setting.form {
      let end = x + view.text("‹ \(field.text) ›", x: x, y: y, style: style)
      let others = choices.filter { $0 != field.text }.joined(separator: " ")
      if here, view.width - end > 8 { view.text(others, x: end + 2, y: y, style: .faint) }
      return
    }
    let end = x + view.text(Self.shown(field), x: x, y: y, style: style)
    let range = here ? Self.range(field.setting.form) : field.isGiven ? "" : "default"
    let start = max(end + 2, x + 16)
    if view.width - start > 4 { view.text(range, x: start, y: y, style: .faint) }
  }

  /// The value with separators where it is a large whole number.
  static func shown(_ field: RecipeField) -> String {
    guard !field.text.isEmpty else { return "—" }
    guard field.path != "seed", let whole = Int(field.text), whole >= 1000 else {
      return field.text
    }
    return Format.count(whole)
  }

  /// `stages.0.rope.kind` is `rope` in the form, `stages.0.optimizer.rate` is `optimizer rate`.
  static func label(_ field: RecipeField) -> String {
    var parts = field.path.split(separator: ".").map(String.init)
    if parts.first == "stages", parts.count > 2 { parts.removeFirst(2) }
    if parts.last == "kind", parts.count > 1 { parts.removeLast() }
    return parts.joined(separator: " ").replacing("_", with: " ")
  }

  /// The range of a form in words; empty where there is none.
  public static func range(_ form: Setting.Form) -> String {
    switch form {
    case .integer(let range):
      "\(Format.count(range.lowerBound)) to \(Format.number(Double(range.upperBound)))"
    case .size(let range):
      "\(Format.tokens(range.lowerBound)) to \(Format.tokens(range.upperBound)) tokens"
    case .real(let range):
      "\(Format.number(range.lowerBound)) to \(Format.number(range.upperBound))"
    case .flag: "true or false"
    case .sizes: "sizes, with commas"
    case .reals: "numbers, with commas"
    case .words(let words): "some of " + words.joined(separator: ", ")
    case .text, .choice, .path: ""
    }
  }
}
