import Corpora
import Evaluation
import Models
import Recipes
import Support

/// An item of a recipe's `evaluate:`, ready to run.
struct PlannedEvaluation {
  /// Steps between evaluations; 0 for the end only.
  let every: Int
  /// What is measured while training.
  let task: any EvaluationTask
  /// What is measured at the end: the same, maybe with more trials.
  let finalTask: any EvaluationTask
  /// The model and its held-out data.
  let subject: EvaluationSubject

  /// Forward passes of its last turn.
  let finalPasses: [ForwardPasses]
  private let passes: [ForwardPasses]

  /// True when the evaluation's turn comes after this step of the run.
  func isDue(at step: Int) -> Bool { every > 0 && step % every == 0 }

  /// Reads a checked item and tries what it needs.
  ///
  /// - Throws: `UserError` when the kind is unknown, the numbers do not fit together, or the data
  ///   cannot be read.
  init(
    _ component: Component, recipe: Recipe, tokenizer: any Tokenizer, model: Transformer
  ) throws {
    let settings = component.settings
    every = settings.integer("every") ?? 0
    subject = EvaluationSubject(
      model: model, tokenizer: tokenizer, trainedContext: model.shape.trainedContext
    ) { length, seed in
      let mix = recipe.stages.last { $0.training != nil }?.training?.mix
      guard let mix else {
        throw UserError(
          "evaluation", "no stage trains, so there is no mix to measure a loss on",
          remedy: "Leave this evaluation out.")
      }
      let sources = try SourceOpener(recipe: recipe, tokenizer: tokenizer).open(
        mix.map { ($0.source, $0.weight) }, split: .evaluation, seed: seed)
      return try BatchStream(heldOut: sources, length: length, seed: seed, tokenizer: tokenizer)
    }
    do {
      task = try evaluationTasks.make(component.kind, settings.values)
      var final = settings.values
      final["trials"] = final["final_trials"] ?? final["trials"]
      finalTask = try evaluationTasks.make(component.kind, final)
      passes = try task.passes(of: subject)
      finalPasses = try finalTask.passes(of: subject)
    } catch let error as UserError {
      // A setting of the item is a place inside of it; a file is a place of its own.
      let first = error.place.split(separator: ".").first.map(String.init) ?? ""
      let isSetting = settings.values[first] != nil
      guard isSetting || ["needle", "evaluation"].contains(first) else { throw error }
      let path = isSetting ? "\(component.path).\(error.place)" : component.path
      throw UserError(
        recipe.place(path, line: component.line), error.finding, remedy: error.remedy)
    }
  }

  /// Floating point operations of all its turns in a run of so many steps, and of the last one.
  func flops(_ shape: LlamaShape, steps: Int, hasBase: Bool) -> Double {
    func flops(_ passes: [ForwardPasses]) -> Double {
      passes.reduce(0) { $0 + FlopCount.forward(shape, rows: $1.rows, length: $1.length) }
    }
    let during = every > 0 ? max(0, steps - 1) / every + (hasBase ? 1 : 0) : 0
    return Double(during) * flops(passes) + flops(finalPasses)
  }
}
