import Recipes
import Support

extension Recipe {
  /// A key of the recipe as the place of an error; line 0 is left out.
  func place(_ path: String, line: Int) -> String {
    "\(file)\(line > 0 ? ":\(line)" : ""): \(path)"
  }

  /// Calls `body`; what it refuses is told with the place of the component in the recipe.
  func locate<Result>(_ component: Component, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as UserError {
      throw UserError(
        place(component.path, line: component.line), error.finding, remedy: error.remedy)
    }
  }
}
