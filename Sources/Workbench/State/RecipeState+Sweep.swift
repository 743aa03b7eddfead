import Recipes
import Support

// Edits of more than one field: the sweep, and where the recipe starts from.

extension RecipeState {
  /// Runs of the recipe's sweep; 0 without one.
  public var sweepCount: Int {
    recipe?.sweep.map { $0.arms.count * $0.seeds.count } ?? 0
  }

  /// Takes a line such as `stages.0.steps=100,200` or `seeds=1,2` into the recipe's sweep.
  ///
  /// - Returns: what is wrong with it, when it was refused.
  mutating func vary(_ line: String) -> String? {
    do {
      let next = try document.sweeping(line)
      if try next.recipe(vocabulary).sweep != nil {
        // The arms alone: seeds change nothing that is checked.
        _ = try next.sweepRuns(vocabulary, seeds: [], checksPaths: false)
      }
      edit(next)
      return nil
    } catch let faults as RecipeFaults {
      return faults.faults.first.map { "\($0.path): \($0.finding)" }
    } catch let error as UserError {
      return error.finding
    } catch {
      return "\(error)"
    }
  }

  /// Makes a checkpoint the base of the recipe, in place of its base or its new model.
  ///
  /// - Returns: what is wrong with it, when it was refused.
  mutating func branch(from checkpoint: String) -> String? {
    do {
      let next = try document.setting("model", to: "").setting("base", to: checkpoint)
      if let fault = next.faults(vocabulary).first { return fault.finding }
      edit(next)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
