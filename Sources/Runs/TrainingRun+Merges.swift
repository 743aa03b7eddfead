import Corpora
import Models
import Recipes
import Records
import RunStore
import Support
import Tensors
import Training

extension TrainingRun {
  /// Averages the weights with those of the base, an earlier stage, or a checkpoint.
  ///
  /// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.3.
  func merge(_ merge: Stage.Merge, name: String) throws {
    let other = try weights(of: merge.with)
    try trainer.transformer.parameters.mix(with: other, weight: merge.weight, name: merge.with)
    post(
      .stage(
        StageRecord(
          step: progress.step, stage: progress.stage, name: name, steps: 0,
          text: "stage \(progress.stage + 1)/\(prepared.stages.count) \(name): weights = "
            + "\(1 - merge.weight) * own + \(merge.weight) * \(merge.with)")))
  }

  /// Keeps the present weights in the run folder when a later stage asks for them, where a resumed run
  /// finds them too; checkpoints of steps are pruned.
  ///
  /// - Throws: `UserError` or `StoreError` when they cannot be written and a selection asks for them: it reads
  ///   them from their file, and would fail only after all the training in between.
  func keepIfAsked(_ name: String) throws {
    let recipe = prepared.recipe
    let asking = recipe.stages.dropFirst(progress.stage).filter {
      recipe.neededWeights(of: $0, .needlepoint).contains(name)
    }
    guard !asking.isEmpty else { return }
    if let selecting = asking.first(where: { $0.merge == nil }) {
      do {
        try write(to: keptFile(name))
      } catch {
        throw UserError(
          "stage \(selecting.name)",
          "the weights of \(name), by which its sentences are chosen, cannot be kept",
          remedy: "\(error)", kind: .work)
      }
    } else {
      keep(as: name)
    }
  }

  /// What the name of weights before they were packed ends with; no stage's name has a point.
  static let unpackedSuffix = ".unpacked"

  /// Begins to train adapters; weights that are packed are kept whole, to merge into.
  func attachAdapters(_ plan: AdapterPlan, stage name: String) {
    if plan.isPacked { keep(as: name + Self.unpackedSuffix) }
    trainer.attach(plan, seed: prepared.recipe.seed ^ StableHash.fnv1a("adapters/\(name)"))
    description.adapters = plan
  }

  /// Merges the adapters of a stage into its weights in full precision.
  func mergeAdapters(stage name: String) throws {
    guard let plan = description.adapters else { return }
    trainer.mergeAdapters(into: plan.isPacked ? try weights(of: name + Self.unpackedSuffix) : nil)
    description.adapters = nil
  }

  private func keep(as name: String) {
    do {
      try write(to: keptFile(name))
    } catch {
      let parameters = trainer.transformer.parameters
      warn("the weights of \(name) stay in memory only: \(error)")
      let copy = ParameterSet(layout: parameters.layout)
      copy.values.copy(from: parameters.values)
      keptWeights[name] = copy
    }
  }

  private func write(to path: String) throws {
    try Checkpoint.write(
      CheckpointContents(
        step: progress.step, stage: progress.stage, modelShape: try description.json,
        tokenizer: prepared.tokenizer.description, recipe: document, state: "{}",
        parameters: trainer.transformer.parameters), to: path)
  }

  /// Where the weights after a stage are kept.
  func keptFile(_ name: String) -> String { "\(folder)/kept-\(name).h5" }

  private func weights(of name: String) throws -> ParameterSet {
    if let kept = keptWeights[name] { return kept }
    let recipe = prepared.recipe
    let isKept =
      recipe.isOwnWeights(name) || recipe.stages.contains { $0.name + Self.unpackedSuffix == name }
    let path = isKept ? keptFile(name) : recipe.resolve(name)
    return try ModelPath.plain(path, pool: trainer.transformer.pool) { self.warn($0) }
  }
}
