import Corpora

/// The batches of a stage: which stream a step takes, and where both stand.
struct StageFeed {
  private let training: TrainingWork
  var stream: BatchStream
  var replay: BatchStream?

  /// The streams of a stage, where a run left them.
  init(_ training: TrainingWork, progress: RunProgress) throws {
    self.training = training
    stream = training.stream
    replay = training.replay?.stream
    if let cursor = progress.stream { try stream.restore(cursor) }
    if let cursor = progress.replay { try replay?.restore(cursor) }
  }

  /// The micro-batches of a step.
  mutating func next(step: Int) throws -> [Batch] {
    if training.replays(step: step), var short = replay, let plan = training.replay {
      let batches = try (0..<plan.microBatches).map { _ in try short.next() }
      replay = short
      return batches
    }
    return try (0..<training.microBatches).map { _ in try stream.next() }
  }
}
