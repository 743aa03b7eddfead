import Corpora

/// The batches of a stage: which stream a step takes, and where both stand.
///
/// A value: a copy that is kept is a place to go back to.
struct StageFeed: Sendable {
  private let training: TrainingWork
  private(set) var stream: BatchStream
  private(set) var replay: BatchStream?

  /// The streams of a stage at their beginning.
  init(_ training: TrainingWork) {
    self.training = training
    stream = training.stream
    replay = training.replay?.stream
  }

  /// The streams of a stage, where a run left them.
  init(_ training: TrainingWork, progress: RunProgress) throws {
    self.init(training)
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

  /// The sources that may not be repeated and have been read beyond their end.
  var repeated: Set<String> {
    Set(stream.repeatedAgainstTheirWill + (replay?.repeatedAgainstTheirWill ?? []))
  }

  /// Changes the weight of a source from the next batch on.
  ///
  /// - Throws: `UserError` when the source is unknown or no weight would be left; nothing is changed.
  mutating func setWeight(_ source: String, _ weight: Double) throws {
    var changed = self
    try changed.stream.setWeight(source, weight)
    try changed.replay?.setWeight(source, weight)
    self = changed
  }
}
