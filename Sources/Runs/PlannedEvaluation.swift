import Evaluation
import Models
import Recipes
import Support

/// An item of a recipe's `evaluate:`, ready to run.
struct PlannedEvaluation {
  /// What is measured.
  enum Measure {
    case needle(NeedleRequest, finalTrials: Int)
    case loss(sequence: Int, tokens: Int, seed: UInt64)
  }

  /// Steps between evaluations; 0 for the end only.
  let every: Int
  let measure: Measure

  /// Reads a checked item.
  ///
  /// - Throws: `UserError` when the kind is unknown or the numbers do not fit together.
  init(_ component: Component, recipe: Recipe, description: ModelDescription) throws {
    let settings = component.settings
    every = settings.integer("every") ?? 0
    let seed = UInt64(settings.integer("seed") ?? 1)
    switch component.kind {
    case NeedleRequest.kind.name:
      let trials = settings.integer("trials") ?? 4
      let task = settings.text("task").flatMap(NeedleRequest.Task.init) ?? .keyed
      let request = NeedleRequest(
        task: task, lengths: settings.integers("lengths") ?? [recipe.target],
        depths: settings.integer("depths") ?? 10, trials: trials, seed: seed)
      measure = .needle(request, finalTrials: settings.integer("final_trials") ?? trials)
    case HeldOutLoss.kind.name:
      measure = .loss(
        sequence: settings.integer("sequence") ?? description.shape.trainedContext,
        tokens: settings.integer("tokens") ?? 32_768, seed: seed)
    default:
      throw UserError(
        "\(recipe.file):\(component.line): \(component.path).kind",
        "no evaluation \"\(component.kind)\"",
        remedy: Suggestion.sentence(
          for: component.kind, among: [NeedleRequest.kind.name, HeldOutLoss.kind.name]))
    }
  }

  /// Floating point operations of one evaluation, about.
  func flops(_ shape: LlamaShape, final: Bool) -> Double {
    switch measure {
    case .needle(let request, let finalTrials):
      let trials = final ? finalTrials : request.trials
      return request.lengths.reduce(0) { sum, length in
        // Up to 512 tokens a column takes two sequences, above one (NeedleBuilder).
        let rows = request.task == .single ? request.depths : (length <= 512 ? 2 : 1)
        return sum + FlopCount.forward(shape, rows: rows * trials, length: length)
      }
    case .loss(let sequence, let tokens, _):
      return FlopCount.forward(shape, rows: max(1, tokens / sequence), length: sequence)
    }
  }
}
