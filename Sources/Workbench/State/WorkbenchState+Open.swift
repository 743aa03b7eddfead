import Panes
public import Recipes

// Going from one recipe to another.

extension WorkbenchState {
  /// Does a command about the list of recipes.
  mutating func reduceOpen(_ command: Command) -> [Effect] {
    switch command {
    case .recipes:
      overlay = .palette(text: PaletteModel.recipePrefix, row: 0)
      return [.listRecipes]
    case .openRecipe(let path):
      guard recipe.isEdited else {
        return [.openRecipe(path)]
      }
      message = "This recipe has unsaved edits: s saves them, u takes them back."
    default: break
    }
    return []
  }

  /// The list of recipes came.
  public mutating func received(recipes list: [RecipeListing]) { recipes = list }

  /// Another recipe was read: the screens of the recipe begin anew, those of the run stay.
  ///
  /// - Returns: what has to be done next.
  public mutating func opened(_ document: RecipeDocument) -> [Effect] {
    // The run in work goes on with the recipe that it has.
    if isRunning { runContexts = contexts }
    isOwnRecipe = false
    recipe = RecipeState(document, vocabulary: recipe.vocabulary)
    (report, isPlanStale, comparesParent) = (nil, true, false)
    (feed, feedText, feedProblem, fedRow) = (nil, nil, nil, 0)
    (liveWeights, liveFields) = ([:], [:])
    for pane in [PaneName.changes, .ledger, .samples, .fed] { rows[pane] = 0 }
    selectStage(0)
    screen = .recipe
    isZoomed = false
    message = "Opened \(recipe.recipe?.name ?? document.file)."
    return [.plan] + needFeed()
  }
}
