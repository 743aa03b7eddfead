import Foundation
import Kernels
import Recipes
import Runs
import TestSupport
import Testing

/// The experiments that ship with the program can be run as they are.
struct ExperimentRecipeTests {
  private static let experiments =
    (try? FileManager.default.contentsOfDirectory(atPath: PackageFolder.file("experiments")))?
    .filter { $0 != "README.md" }.sorted() ?? []

  /// Each of them, with every arm that it compares.
  @Test(arguments: experiments) func everyOneIsReadyToRun(_ name: String) throws {
    let document = try RecipeLocation.document(PackageFolder.file("experiments/\(name)"))
    let pool = ThreadPool(threads: 1)
    let prepared = try PreparedRun(document, pool: pool, isForecast: true)
    #expect(!prepared.recipe.summary.isEmpty)
    guard prepared.recipe.sweep != nil else { return }
    for arm in try document.sweepRuns(.needlepoint, seeds: [1]) {
      _ = try PreparedRun(arm.document, pool: pool, isForecast: true)
    }
  }

  @Test(arguments: ["longrecipe", "longskywork", "llama3-80k", "prolong", "curriculum"])
  func theFiveRecipesStartFromAShippedBase(_ name: String) throws {
    let folder = try #require(Self.experiments.first { $0.hasSuffix("-" + name) })
    let recipe = try RecipeLocation.document(PackageFolder.file("experiments/\(folder)"))
      .recipe(.needlepoint)
    let base = try #require(recipe.base.map(recipe.resolve))
    #expect(base.hasSuffix("/checkpoints/tasks-256.h5"))
    #expect(FileManager.default.fileExists(atPath: base))
  }
}
