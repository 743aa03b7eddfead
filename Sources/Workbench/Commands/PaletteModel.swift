import Panes
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

/// The command palette: every command, every field of the recipe, every recipe and run, every page of
/// help.
public enum PaletteModel {
  /// Entries that match, best first; all when the text is empty.
  public static func entries(matching text: String, in state: WorkbenchState) -> [PaletteEntry] {
    if let typed = assignment(text, state) { return [typed] }
    let all = all(in: state)
    let wanted = text.lowercased()
    guard !wanted.isEmpty else { return all }
    return all.enumerated()
      .compactMap { index, entry in score(entry, wanted).map { ($0, index, entry) } }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
      .map(\.2)
  }

  /// Every entry: commands of the screen, fields, recipes, runs, topics, then commands of other screens.
  public static func all(in state: WorkbenchState) -> [PaletteEntry] {
    commands(state.screen) + fields(state) + recipes(state) + runs(state) + topics(state)
      + otherCommands(state.screen)
  }

  private static func commands(_ screen: ScreenName) -> [PaletteEntry] {
    BindingTable.bindings(on: screen).flatMap { binding in
      binding.strokes.map { stroke in
        PaletteEntry(
          line: stroke.name, keys: binding.label, note: binding.help, command: stroke.command)
      }
    }
      + panes.map { pane, line in
        PaletteEntry(line: line, keys: "", note: "on 5 Runs", command: .reveal(pane))
      } + [
        PaletteEntry(line: "tour", keys: "", note: "six pages about the screens", command: .tour),
        PaletteEntry(
          line: "quit!", keys: "", note: "leave at once, unsaved edits are lost", command: .quitNow),
      ]
  }

  /// Panes that are far by tab.
  private static let panes: [(PaneName, String)] = [
    (.queue, "show queue"), (.sweep, "show sweep table"), (.lineage, "show lineage"),
  ]

  /// Commands that belong to other screens: they bring their screen with them.
  private static func otherCommands(_ screen: ScreenName) -> [PaletteEntry] {
    BindingTable.all.filter { !$0.scope.holds(on: screen) }.flatMap { binding in
      let home = ScreenName.allCases.first { binding.scope.holds(on: $0) } ?? screen
      return binding.strokes.map { stroke in
        PaletteEntry(
          line: stroke.name, keys: binding.label, note: "on \(home.rawValue) \(home.title)",
          command: .on(home, stroke.command))
      }
    }
  }

  /// What is typed before a recipe's name, and what `Command.recipes` types.
  static let recipePrefix = "open recipe "

  private static func recipes(_ state: WorkbenchState) -> [PaletteEntry] {
    let file = state.recipe.document.file
    let own = PaletteEntry(
      line: recipePrefix + file, keys: "", note: "read this file again",
      command: .openRecipe(file))
    let others = state.recipes.map { recipe in
      PaletteEntry(
        line: recipePrefix + recipe.name, keys: "", note: recipe.summary,
        command: .openRecipe(recipe.path))
    }
    // Whoever has a faulty recipe mends its file and reads it again.
    return state.recipe.recipe == nil ? [own] + others : others + [own]
  }

  private static func runs(_ state: WorkbenchState) -> [PaletteEntry] {
    (state.runs ?? []).map { run in
      PaletteEntry(
        line: "open run \(run.name)", keys: "", note: "\(run.status), \(run.when)",
        command: .openRun(run.path))
    }
  }

  private static func topics(_ state: WorkbenchState) -> [PaletteEntry] {
    Topic.all(in: state).map { topic in
      PaletteEntry(
        line: "help \(topic.name)", keys: "", note: topic.paragraphs.first ?? "",
        command: .topic(topic.name))
    }
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
