public import Panes
import Recipes
import Support

// The tree of checkpoints: branching from one, merging two.

extension WorkbenchState {
  /// The row of the tree under the cursor.
  var lineageRow: Lineage.Row? {
    let rows = lineage?.rows ?? []
    return rows.indices.contains(row(.lineage)) ? rows[row(.lineage)] : nil
  }

  /// Does a command about the tree.
  mutating func reduceLineage(_ command: Command) -> [Effect] {
    switch command {
    case .branch: return branch()
    case .merge:
      guard picked.count == 2 else {
        message =
          "m in the lineage marks two checkpoints to merge; the first gives the rotary angles."
        return []
      }
      draft = Draft(.merge, text: "0.5")
      draft?.isFresh = true
    case .pick: pick()
    default: break
    }
    return []
  }

  /// Makes the checkpoint under the cursor the base of the recipe.
  private mutating func branch() -> [Effect] {
    let run = folderInFocus.flatMap { path in runs?.first { $0.path == path } }
    let (model, name) =
      focused == .lineage
      ? (lineageRow?.model, lineageRow?.name) : (run?.checkpoint, run?.name)
    guard let model, let name else {
      message = "There is no checkpoint here to start from: tab goes to the runs and their lineage."
      return []
    }
    if let problem = recipe.branch(from: model) {
      message = "base: \(problem)."
      return []
    }
    screen = .recipe
    message = "The recipe starts from \(name) now: R trains it, u takes that back."
    return edited()
  }

  private mutating func pick() {
    guard let model = lineageRow?.model else {
      message = "There is no checkpoint here."
      return
    }
    if let index = picked.firstIndex(of: model) {
      picked.remove(at: index)
    } else if picked.count == 2 {
      message = "Two checkpoints are marked; m on one of them frees it, M merges them."
    } else {
      picked.append(model)
      if picked.count == 2 { message = "M merges the two; b starts the recipe from one." }
    }
  }

  /// The checkpoints that are marked for merging, as they are called.
  var pickedNames: String {
    let rows = lineage?.rows ?? []
    return picked.enumerated().map { index, path in
      "\(index + 1) \(rows.first { $0.model == path }?.name ?? path)"
    }.joined(separator: ", ")
  }

  /// The checkpoints beside the run folders came.
  public mutating func received(models list: [ModelFile]) {
    models = list
    growLineage()
  }

  /// Makes the tree of what was read; it is drawn far more often.
  mutating func growLineage() {
    lineage = runs.map { Lineage(runs: $0, files: models) }
  }

  /// Two checkpoints were merged, or could not be.
  public mutating func merged(_ result: Result<String, any Error>) -> [Effect] {
    switch result {
    case .success(let path):
      picked = []
      message = "Wrote \(path): b in the lineage starts the recipe from it."
      return [.listRuns]
    case .failure(let error):
      message = "\(error)"
      return []
    }
  }
}
