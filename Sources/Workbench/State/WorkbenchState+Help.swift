public import Panes
import Recipes
import Terminal

// What explains: warnings of the recipe, pages of help, the tour.

extension WorkbenchState {
  /// What is wrong with the recipe: what it says, or what it asks for, as last planned.
  public var faults: [String] {
    recipe.faults.isEmpty ? report?.plan.faults ?? [] : recipe.faults
  }

  /// What is odd about the recipe as last planned; empty while it is faulty.
  public var warnings: [RecipeWarning] { recipe.faults.isEmpty ? report?.warnings ?? [] : [] }

  /// The run that the recipe is held against: the first marked one, else the newest of its name.
  public var parent: RunSummary? {
    if let path = marked.first?.path, let run = runs?.first(where: { $0.path == path }) {
      return run
    }
    return runs?.first { $0.name == recipe.recipe?.name && !$0.fields.isEmpty }
  }

  /// The changes that the recipe screen lists: since the file, or against the parent run.
  public var shownChanges: [RecipeChange] {
    guard comparesParent, let parent else { return recipe.changes }
    return recipe.changes(against: parent.fields)
  }

  /// Does a command that explains.
  mutating func reduceHelp(_ command: Command) -> [Effect] {
    switch command {
    case .explain: explain()
    case .topic(let name):
      guard let topic = Topic.all(in: self).first(where: { $0.name == name }) else { return [] }
      overlay = .topic(topic)
    case .tour: showTour(0)
    case .compareParent:
      guard parent != nil else {
        message = "No run of this name to hold the recipe against; m on 5 Runs marks one."
        return []
      }
      comparesParent.toggle()
      rows[.changes] = 0
    default: break
    }
    return []
  }

  private mutating func explain() {
    let form = recipe.form(stage)
    if focused == .settings, form.indices.contains(row(.settings)) {
      let field = form[row(.settings)]
      overlay = .topic(Topic(field: field, kind: recipe.kind(of: field)))
    } else if focused == .mix, recipe.mix(stage).names.indices.contains(row(.mix)) {
      let name = recipe.mix(stage).names[row(.mix)]
      let kind = recipe.recipe?.sources.first { $0.name == name }?.component.kind ?? name
      guard let description = recipe.vocabulary.kind(.source, kind) else { return }
      overlay = .topic(Topic(kind: description, slot: .source))
    } else if let warning = warnings.first {
      overlay = .topic(Topic(warning))
    } else {
      message = "i explains a setting, a source or a warning; tab goes to them."
    }
  }

  /// Shows a page of the tour with its screen behind it; beyond the last one the tour ends.
  mutating func showTour(_ page: Int) {
    guard Tour.pages.indices.contains(page) else {
      overlay = nil
      screen = .recipe
      return
    }
    overlay = .tour(page)
    screen = Tour.pages[page].screen
    isZoomed = false
  }

  mutating func pressTour(_ key: Key, _ page: Int) -> [Effect] {
    switch key {
    case .enter, .right, .tab: showTour(page + 1)
    case .left, .backspace, .backTab: showTour(max(0, page - 1))
    case .escape: overlay = nil
    default:
      // Whoever knows a key already is not held up: the tour ends and the key does its work.
      overlay = nil
      return press(key)
    }
    return []
  }
}
