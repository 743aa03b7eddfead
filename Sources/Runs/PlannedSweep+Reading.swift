import Foundation
public import Queues
public import Recipes
import Records
import RunStore
import Support

extension PlannedSweep {
  /// Reads the sweep of a recipe and looks which of its runs are there already.
  ///
  /// - Parameters:
  ///   - document: the recipe with its `sweep`.
  ///   - parent: folder of the run folders.
  ///   - seeds: instead of the sweep's own.
  /// - Throws: `RecipeFaults`, `UserError`; nothing was begun.
  public init(_ document: RecipeDocument, parent: String, seeds: [Int]? = nil) throws {
    let runs = try document.sweepRuns(.needlepoint, seeds: seeds)
    let recipe = try document.recipe(.needlepoint)
    guard let sweep = recipe.sweep else { preconditionFailure("runs of a sweep without one") }
    let known = Self.runs(in: parent)
    self.init(
      sweep, name: recipe.name,
      runs: try runs.map { run in
        let recipe = try run.document.recipe(.needlepoint)
        let text = try RecipeLocation.anchored(run.document, recipe).resolved(.needlepoint).text
        let reader = known[text]
        return Run(
          run, name: recipe.name, steps: recipe.plannedSteps, folder: reader?.path,
          isDone: reader?.done?.status == "done", records: (try? reader?.records()) ?? [])
      })
  }

  /// The runs of a folder by their recipes.
  private static func runs(in parent: String) -> [String: RunReader] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    var runs: [String: RunReader] = [:]
    for name in names.sorted() {
      guard let reader = try? RunReader(parent + "/" + name), let recipe = try? reader.recipe()
      else { continue }
      if runs[recipe]?.done?.status != "done" { runs[recipe] = reader }
    }
    return runs
  }
}

extension SweepTable {
  /// The table of whole runs, read from their folders; those that cannot be read are left out.
  ///
  /// - Parameters:
  ///   - arms: names of the arms in order.
  ///   - runs: arm and folder of each whole run.
  public init(arms: [String], runs: [(arm: String, folder: String)]) {
    self.init(
      arms: arms,
      results: runs.compactMap { run in
        (try? RunReader(run.folder).records()).map { (run.arm, $0) }
      })
  }
}
