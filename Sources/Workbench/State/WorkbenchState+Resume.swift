import Panes
import Queues
public import Recipes

// Going on with a run that was stopped: it waits for its turn as any other.

extension WorkbenchState {
  /// Lets the run under the cursor go on.
  mutating func resume() -> [Effect] {
    guard let path = folderInFocus else {
      message = "There is no run here to go on with: tab goes to the runs."
      return []
    }
    if let entry = queue.entries.last(where: { $0.folder == path }) {
      guard entry.state.isOver, entry.state != .done else {
        message = "\(entry.name) \(entry.state == .done ? "is whole" : "is in the queue already")."
        return []
      }
      queue.requeue(entry.id)
      return begin(entry.id)
    }
    guard let run = runs?.first(where: { $0.path == path }),
      !["done", "running"].contains(run.status)
    else {
      message = "Only runs that were stopped or failed can go on."
      return []
    }
    return [.resume(path)]
  }

  /// The recipe of a stopped run came.
  public mutating func resume(_ document: RecipeDocument, at path: String) -> [Effect] {
    do {
      let typed = try document.recipe(recipe.vocabulary)
      return begin(queue.add(document, typed, folder: path, isFirst: !isRunning))
    } catch {
      message = "\(error)"
      return []
    }
  }

  /// Begins a run that waits when nothing is in work; else says that it waits.
  mutating func begin(_ id: Int) -> [Effect] {
    guard isRunning else {
      showsNext = true
      return [.begin(id)]
    }
    message = "\(queue.entry(id)?.name ?? "The run") is queued, \(waitingWords): 5 shows the queue."
    return []
  }
}
