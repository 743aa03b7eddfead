import Corpora
import Kernels
import Models
import Positions
import Recipes
import Records
import RunStore
import Support
import Tensors
import Training

extension TrainingRun {
  /// What a commit does when the disk has no room.
  enum CommitNeed {
    /// Tells it and lets the training go on; the third time in a row the run waits.
    case whenThereIsRoom
    /// Waits, since nothing more is to be done than to save.
    case beforeAllElse
    /// Throws.
    case orFail
  }

  /// Failed saves in a row after which the run waits for room.
  private static let mostFailures = 3
  /// Seconds between attempts while the run waits for room.
  private static let retrySeconds = 10.0

  /// Commits a checkpoint of the state between two steps, unless the last one holds that state.
  func commit(_ need: CommitNeed) throws {
    guard !isSaved else { return }
    // A checkpoint is laid out in memory; it takes the place of what no step is using now.
    trainer.transformer.releaseActivations()
    let weights = trainer.transformer.weights
    let contents = CheckpointContents(
      step: progress.step, stage: progress.stage, modelShape: try description.json,
      tokenizer: prepared.tokenizer.description, recipe: document, state: try progress.json,
      parameters: weights.parameters, packed: weights.packed, adapters: weights.adapters,
      moments: trainer.moments)
    let store = try store
    while !isSaved {
      var failure: StoreError?
      do throws(StoreError) {
        let committed = try store.commit(contents, keep: prepared.recipe.checkpoints.keep)
        (saved, savedDocument) = (progress, document)
        failedCommits = 0
        lastCheckpoint = committed.record.path
        mailbox.post(.checkpoint(committed.record))
        for text in committed.notices { warn(text) }
      } catch {
        failedCommits += 1
        guard error.isTransient, need != .orFail else { throw error }
        warn("checkpoint of step \(progress.step) not saved: \(error)")
        guard need == .beforeAllElse || failedCommits >= Self.mostFailures else { return }
        failure = error
      }
      if let failure { try waitForRoom(failure) }
    }
  }

  /// Whether the last committed checkpoint holds the state between these two steps.
  private var isSaved: Bool { progress == saved && document == savedDocument }

  /// Holds the run until somebody may have made room; it would lose too much to go on unsaved.
  private func waitForRoom(_ error: StoreError) throws {
    let before = mailbox.state
    mailbox.state = .paused
    defer { mailbox.state = before }
    mailbox.waitForCommand(seconds: Self.retrySeconds)
    switch mailbox.nextCommand() {
    case .stop: throw error
    case .abandon: throw Interruption.abandon
    case .setLearningRate, .scaleLearningRate, .setWeight, .set, .evaluate, .step:
      warn("refused: the run waits until its checkpoint can be saved")
    case .pause, .resume, .checkpoint, nil: break
    }
  }

  func warn(_ text: String) {
    post(.notice(NoticeRecord(level: .warning, text: text)))
  }

  /// Opens a run folder to go on where its newest valid checkpoint stands.
  ///
  /// Nothing but the folder and the data of its sources is needed.
  ///
  /// - Parameters:
  ///   - folder: the run folder.
  ///   - threads: threads of the engine; other counts than before change the last bits.
  /// - Returns: the run, not yet begun.
  /// - Throws: `UserError` or `StoreError`; nothing of the run is changed then.
  public static func resume(
    _ folder: String, threads: Int? = nil
  ) throws -> TrainingRun {
    let reader = try RunReader(folder)
    try checkIsNotDone(reader)
    let manifest = try reader.manifest()
    let pool = ThreadPool(threads: threads ?? max(1, manifest.threads))
    let store = try RunFolder.open(folder)
    // Again under the lock: the trainer that held it may just have ended.
    try checkIsNotDone(reader)
    var notices: [String] = []
    guard !reader.checkpointPaths.isEmpty else {
      // It died before its first checkpoint: the same recipe and seed begin again.
      let document = try reader.recipe()
      let prepared = try PreparedRun(recipe(document, folder), pool: pool) { notices.append($0) }
      try store.restart()
      let run = try TrainingRun(prepared, document: document, store: store)
      for text in notices { run.warn(text) }
      return run
    }
    let found = try reader.newestCheckpoint()
    let start = try StartModel(resuming: found.contents, path: found.path, pool: pool)
    // That of the checkpoint: it has what was changed while the run trained.
    let document = found.contents.recipe
    let prepared = try PreparedRun(recipe(document, folder), start: start) { notices.append($0) }
    let saved = try store.resume(expecting: found.contents.parameters.layout)
    let run = try TrainingRun(prepared, document: document, store: store)
    try run.restore(saved.contents, path: saved.path)
    let step = saved.contents.step
    run.post(
      .notice(NoticeRecord(level: .info, text: "goes on from step \(step)", resumedStep: step)))
    notices += store.notices + saved.notices + run.differences(from: manifest)
    for text in notices { run.warn(text) }
    return run
  }

  private static func recipe(_ document: String, _ folder: String) throws -> Recipe {
    try RecipeDocument(text: document, file: "\(folder)/recipe.yaml", folder: folder)
      .recipe(.needlepoint)
  }

  private static func checkIsNotDone(_ reader: RunReader) throws {
    guard let done = reader.done else { return }
    throw UserError(
      reader.path, "the run is \(done.status), nothing is left to train",
      remedy: "Start a new run with `base: \(done.path)`.")
  }

  /// Takes over progress, weights, moments and angles of a checkpoint.
  private func restore(_ contents: CheckpointContents, path: String) throws {
    progress = try RunProgress(json: contents.state, path: path)
    description = try ModelDescription(json: contents.modelShape, path: path)
    try trainer.restore(
      contents.weights, description.adapters, moments: contents.moments, updates: progress.updates)
    trainer.transformer.setRotary(description.rotary)
    lastCheckpoint = path
    (saved, savedDocument) = (progress, document)
  }

  /// What differs from the machine that began the run, as sentences; then the bits may differ too.
  private func differences(from manifest: RunManifest) -> [String] {
    let now = RunManifest.current(
      prepared, document: document, threads: trainer.transformer.pool.threads)
    var sentences: [String] = []
    func compare(_ what: String, _ before: String, _ after: String) {
      guard before != after else { return }
      sentences.append(
        "resumed with another \(what), \(after) instead of \(before): the last bits may differ.")
    }
    compare("thread count", "\(manifest.threads)", "\(now.threads)")
    compare("instruction set", manifest.instructionSet, now.instructionSet)
    compare("processor", manifest.processor, now.processor)
    compare(
      "library", "\(manifest.libraries.map { "\($0.name) \($0.version)" })",
      "\(now.libraries.map { "\($0.name) \($0.version)" })")
    return sentences
  }
}
