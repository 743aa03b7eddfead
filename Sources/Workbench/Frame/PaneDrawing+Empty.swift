import Recipes
import Records
import Support

// What panes say that have nothing to show: what would fill them, and the key that does.

extension PaneDrawing {
  /// What would fill the heatmap.
  static func needleLines(_ state: WorkbenchState) -> [String] {
    if state.run?.isOver ?? false {
      return ["The run ended before its first needle evaluation.", "R starts the recipe anew."]
    }
    if let recipe = state.recipe.recipe, state.isOwnRecipe,
      !recipe.evaluations.contains(where: \.fillsHeatmap)
    {
      return [
        "The recipe looks for no needle.",
        "{ kind: needle, every: 50 } under evaluate: in its file asks for it.",
      ]
    }
    return state.isRunning
      ? ["The first needle evaluation is to come.", "V evaluates after this step."]
      : ["No needle evaluation yet.", "R starts the recipe, which evaluates as it trains."]
  }

  /// What the panes of a recipe say when its file has never been read whole.
  static func unreadable(_ state: WorkbenchState) -> [String]? {
    state.recipe.recipe == nil
      ? ["The recipe has faults, see Changes.", "O and enter read its file again."] : nil
  }
}
