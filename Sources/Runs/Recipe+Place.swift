import Recipes
import Support

extension Recipe {
  /// Calls `body`; what it refuses is told with the place of the component in the recipe.
  func locate<Result>(_ component: Component, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as UserError {
      let line = component.line > 0 ? ":\(component.line)" : ""
      throw UserError(
        "\(file)\(line): \(component.path)", error.finding, remedy: error.remedy)
    }
  }
}
