import Corpora
import Recipes

/// The engine's side of a stage's data: batches that a thread made ahead, and the place behind the
/// last one taken, which a checkpoint keeps and an edit goes back to.
///
/// - Note: one caller at a time.
final class StageData {
  /// Where the streams stand behind the batches that the engine took.
  private(set) var consumed: StageFeed
  private var step: Int
  private var end: Int
  private var queue: BatchQueue

  /// Begins to make batches where a run left off.
  init(_ training: TrainingWork, progress: RunProgress) throws {
    consumed = try StageFeed(training, progress: progress)
    step = progress.stageStep
    end = max(step, training.settings.steps)
    queue = BatchQueue(consumed, steps: step..<end)
  }

  deinit { queue.cancel() }

  /// The micro-batches of the next step; waits until they are made.
  func next() throws -> [Batch] {
    let made = try queue.next()
    consumed = made.after
    step += 1
    return made.batches
  }

  /// Changes the weight of a source from the next step on: batches made ahead are thrown away and made
  /// anew, so that the step at which an edit works does not depend on how far ahead the thread was.
  ///
  /// - Throws: `UserError` when the weight is refused; nothing is changed then.
  func setWeight(_ source: String, _ weight: Double) throws {
    try consumed.setWeight(source, weight)
    makeAnew()
  }

  /// Moves the end of the stage to so many steps from its beginning.
  func setEnd(_ steps: Int) {
    guard max(step, steps) != end else { return }
    end = max(step, steps)
    makeAnew()
  }

  private func makeAnew() {
    queue.cancel()
    queue = BatchQueue(consumed, steps: step..<end)
  }
}
