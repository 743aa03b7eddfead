import Recipes
import Support

/// One line of the palette.
public struct PaletteEntry: Sendable, Equatable {
  /// What is typed to get it.
  public let line: String
  /// The keys that do the same; empty when there are none.
  public let keys: String
  /// What it does, or when it takes effect.
  public let note: String
  /// The command.
  public let command: Command
}

/// The command palette: every binding of the screen and every field of the recipe.
public enum PaletteModel {
  /// Entries that match, best first; all when the text is empty.
  public static func entries(matching text: String, in state: WorkbenchState) -> [PaletteEntry] {
    if let typed = assignment(text, state) { return [typed] }
    let all = commands(state.screen) + fields(state)
    let wanted = text.lowercased()
    guard !wanted.isEmpty else { return all }
    return all.enumerated()
      .compactMap { index, entry in score(entry, wanted).map { ($0, index, entry) } }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
      .map(\.2)
  }

  /// Number of entries without a filter.
  public static func count(in state: WorkbenchState) -> Int {
    commands(state.screen).count + fields(state).count
  }

  private static func commands(_ screen: ScreenName) -> [PaletteEntry] {
    BindingTable.bindings(on: screen).flatMap { binding in
      binding.strokes.map { stroke in
        PaletteEntry(
          line: stroke.name, keys: binding.label, note: binding.help, command: stroke.command)
      }
    } + [
      PaletteEntry(
        line: "quit!", keys: "", note: "leave at once, unsaved edits are lost", command: .quitNow)
    ]
  }

  private static func fields(_ state: WorkbenchState) -> [PaletteEntry] {
    state.recipe.fields.flatMap { field -> [PaletteEntry] in
      guard case .choice(let choices) = field.setting.form else {
        return [
          PaletteEntry(
            line: "set \(field.path) \(field.text)", keys: "",
            note: field.setting.applies.rawValue,
            command: .set(path: field.path, value: field.text))
        ]
      }
      return choices.map { choice in
        PaletteEntry(
          line: "set \(field.path) \(choice)", keys: choice == field.text ? "now" : "",
          note: field.setting.applies.rawValue, command: .set(path: field.path, value: choice))
      }
    }
  }

  /// `set path value` as typed, when the path is a field and the value is not the present one.
  private static func assignment(_ text: String, _ state: WorkbenchState) -> PaletteEntry? {
    let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
    guard parts.count == 3, parts[0] == "set",
      let field = state.recipe.fields.first(where: { $0.path == parts[1] })
    else { return nil }
    return PaletteEntry(
      line: text, keys: "", note: "now \(field.text), \(field.setting.applies.rawValue)",
      command: .set(path: parts[1], value: parts[2]))
  }

  /// 0 for a prefix, then a substring, then letters in order with their gaps; nil for no match.
  static func score(_ entry: PaletteEntry, _ wanted: String) -> Int? {
    let line = entry.line.lowercased()
    if line.hasPrefix(wanted) { return 0 }
    if line.contains(wanted) { return 1 }
    var gaps = 2
    var rest = line[...]
    for character in wanted where character != " " {
      guard let index = rest.firstIndex(of: character) else { return nil }
      gaps += rest.distance(from: rest.startIndex, to: index)
      rest = rest[rest.index(after: index)...]
    }
    return gaps
  }
}
