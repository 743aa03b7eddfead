import Foundation
import Recipes
import Runs
import Support
import Workbench

/// Recipes that ship with the program: those of `experiments` and `examples` in the current folder, or in
/// the checkout that the program was built in.
enum Shipped {
  /// The first experiment that starts from a base, `experiments/001-...`.
  static func firstExtension() throws -> String {
    guard let first = paths("experiments").first(where: { name($0).hasPrefix("001-") }) else {
      throw UserError(
        "experiments", "no folder experiments/001-... was found here",
        remedy: "Name a recipe or an experiment's folder.")
    }
    return first
  }

  /// All of them, experiments first; one that cannot be read is left out.
  static func recipes() -> [RecipeListing] {
    (paths("experiments") + paths("examples")).compactMap { path in
      guard let document = try? RecipeLocation.document(path),
        let recipe = try? document.recipe(.needlepoint)
      else { return nil }
      return RecipeListing(name: name(path), summary: recipe.summary, path: path)
    }
  }

  private static func name(_ path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }

  /// What the nearest folder of this name holds, sorted; files only when they are recipes.
  private static func paths(_ folder: String) -> [String] {
    var place = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
    var places = [folder]
    while place.path != "/" {
      place.deleteLastPathComponent()
      places.append(place.appendingPathComponent(folder).path)
    }
    for place in places {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
        continue
      }
      return names.sorted().map { place + "/" + $0 }.filter {
        $0.hasSuffix(".yaml") || FileManager.default.fileExists(atPath: $0 + "/recipe.yaml")
      }
    }
    return []
  }
}
