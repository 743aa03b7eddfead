import Corpora
import Foundation
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
  /// Commits a checkpoint of the state between two steps.
  ///
  /// A full disk does not end the training: the failure is told, the last committed checkpoint stays,
  /// and the next interval tries again. At the end of a run the caller hears of it.
  func commit() throws {
    guard lastCheckpointStep != progress.step || progress.stage == prepared.stages.count else {
      return
    }
    let trainer = trainer
    let contents = CheckpointContents(
      step: progress.step, stage: progress.stage, modelShape: try description.json,
      tokenizer: prepared.tokenizer.description, recipe: document, state: try progress.json,
      parameters: trainer.transformer.parameters,
      moments: (trainer.firstMoments.values, trainer.secondMoments.values))
    do {
      let keep = max(2, prepared.recipe.checkpoints.keep)
      let committed = try store.commit(contents, keep: keep)
      lastCheckpoint = committed.record.path
      lastCheckpointStep = progress.step
      mailbox.post(.checkpoint(committed.record))
      for text in committed.notices {
        post(.notice(NoticeRecord(level: .warning, text: text)))
      }
    } catch {
      let isLast = progress.stage == prepared.stages.count || mailbox.state == .stopping
      guard error.isTransient, !isLast else { throw error }
      post(.notice(NoticeRecord(level: .warning, text: "checkpoint not saved: \(error)")))
    }
  }

  /// Keeps the weights at the end of a stage in the run folder when a later merge names the stage:
  /// after a stop the memory is gone, and the numbered checkpoints have moved on.
  func keepForMerge(_ name: String) throws {
    let index = progress.stage
    let later = prepared.recipe.stages.dropFirst(index + 1)
    guard later.contains(where: { $0.merge?.with == name }) else { return }
    let contents = CheckpointContents(
      step: progress.step, stage: index, modelShape: try description.json,
      tokenizer: prepared.tokenizer.description, recipe: document, state: "{}",
      parameters: trainer.transformer.parameters, moments: nil)
    _ = try Checkpoint.write(contents, to: stageFile(index))
  }

  /// Where the weights at the end of a stage are kept.
  private func stageFile(_ index: Int) -> String { "\(folder)/stage-\(index).h5" }

  /// Averages the weights with those of the base, an earlier stage, or a checkpoint.
  ///
  /// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.3.
  func merge(_ merge: Stage.Merge, name: String) throws {
    let earlier = prepared.recipe.stages.prefix(progress.stage)
    let path =
      earlier.lastIndex { $0.name == merge.with }.map(stageFile)
      ?? (merge.with == "base" ? prepared.basePath ?? "" : prepared.recipe.resolve(merge.with))
    let other = try ModelPath.read(path) { self.warn($0) }.contents.parameters
    try trainer.transformer.parameters.mix(with: other, weight: merge.weight, name: merge.with)
    post(
      .stage(
        StageRecord(
          step: progress.step, stage: progress.stage, name: name, steps: 0,
          text: "stage \(progress.stage + 1)/\(prepared.stages.count) \(name): weights = "
            + "\(1 - merge.weight) * own + \(merge.weight) * \(merge.with)")))
  }

  func warn(_ text: String) {
    post(.notice(NoticeRecord(level: .warning, text: text)))
  }

  /// Opens a run folder to go on where its newest valid checkpoint stands.
  ///
  /// - Parameters:
  ///   - folder: the run folder.
  ///   - threads: threads of the engine; other counts than before change the last bits.
  /// - Returns: the run, ready to `begin`.
  /// - Throws: `UserError` or `StoreError`; nothing of the run is changed then.
  public static func resume(
    _ folder: String, threads: Int? = nil
  ) throws -> TrainingRun {
    let reader = try RunReader(folder)
    if let done = reader.done {
      throw UserError(
        folder, "the run is \(done.status), nothing is left to train",
        remedy: "Start a new run with `base: \(done.path)`.")
    }
    let document = try reader.recipe()
    let recipe = try RecipeDocument(
      text: document, file: "\(folder)/recipe.yaml", folder: folder
    ).recipe(.needlepoint, checksPaths: true)
    let manifest = try reader.manifest()
    let pool = ThreadPool(threads: threads ?? max(1, manifest.threads))
    let prepared = try PreparedRun(recipe, pool: pool)
    let store = try RunFolder.open(folder)
    let layout = prepared.transformer.parameters.layout
    guard !reader.checkpointPaths.isEmpty else {
      // It died before its first checkpoint: the same recipe and seed begin again.
      try store.restart()
      return try TrainingRun(
        prepared, document: document, store: store, progress: RunProgress())
    }
    let saved = try store.resume(expecting: layout)
    let progress = try RunProgress(json: saved.contents.state, path: saved.path)
    let run = try TrainingRun(prepared, document: document, store: store, progress: progress)
    try run.restore(saved.contents, path: saved.path)
    for text in store.notices + saved.notices + run.differences(from: manifest) { run.warn(text) }
    return run
  }

  /// Takes over weights, moments and angles of a checkpoint.
  private func restore(_ contents: CheckpointContents, path: String) throws {
    func set(_ values: AlignedFloats) -> ParameterSet {
      let set = ParameterSet(layout: contents.parameters.layout)
      set.values.copy(from: values)
      return set
    }
    try trainer.restore(
      parameters: contents.parameters, first: contents.moments.map { set($0.first) },
      second: contents.moments.map { set($0.second) }, updates: progress.updates)
    description = try ModelDescription(json: contents.modelShape, path: path)
    trainer.transformer.setRotary(description.rotary)
    lastCheckpoint = path
    lastCheckpointStep = progress.step
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
