import Corpora
import Evaluation
import Models
import Recipes
import Support

/// An item of a recipe's `evaluate:`, ready to run.
struct PlannedEvaluation {
  /// What is measured.
  enum Measure {
    case needle(NeedleRequest, finalTrials: Int)
    case loss(Loss)
  }

  /// Held-out rows of the last training stage's mix.
  struct Loss {
    let sequence: Int
    let tokens: Int
    /// At its beginning; each evaluation reads a copy.
    let stream: BatchStream
  }

  /// Steps between evaluations; 0 for the end only.
  let every: Int
  let measure: Measure
  /// Sequences of one needle evaluation with one trial a cell, by length.
  private let needleRows: [Int: Int]

  /// True when the evaluation's turn comes after this step of the run.
  func isDue(at step: Int) -> Bool { every > 0 && step % every == 0 }

  /// Reads a checked item and tries what it needs.
  ///
  /// - Throws: `UserError` when the kind is unknown, the numbers do not fit together, or the data
  ///   cannot be read.
  init(
    _ component: Component, recipe: Recipe, tokenizer: any Tokenizer,
    description: ModelDescription
  ) throws {
    let settings = component.settings
    every = settings.integer("every") ?? 0
    let seed = UInt64(settings.integer("seed") ?? 1)
    let place = "\(recipe.file):\(component.line): \(component.path)"
    switch component.kind {
    case NeedleRequest.kind.name:
      let trials = settings.integer("trials") ?? 4
      let task = settings.text("task").flatMap(NeedleRequest.Task.init) ?? .keyed
      let request = NeedleRequest(
        task: task, lengths: settings.integers("lengths") ?? [recipe.target],
        depths: settings.integer("depths") ?? 10, trials: trials, seed: seed)
      do {
        needleRows = try request.rowsOfTrial(tokenizer: tokenizer)
      } catch let error as UserError {
        throw UserError(place, error.finding, remedy: error.remedy)
      }
      measure = .needle(request, finalTrials: settings.integer("final_trials") ?? trials)
    case HeldOutLoss.kind.name:
      let mix = recipe.stages.last { $0.training != nil }?.training?.mix
      guard let mix else {
        throw UserError(
          place, "no stage trains, so there is no mix to measure a loss on",
          remedy: "Leave this evaluation out.")
      }
      let sequence = settings.integer("sequence") ?? description.shape.trainedContext
      let plan = BatchPlan(
        rows: max(1, 8192 / sequence), length: sequence, packer: RowPacker(), seed: seed)
      let sources = try SourceOpener(recipe: recipe, tokenizer: tokenizer).open(
        mix.map { ($0.source, $0.weight) }, split: .evaluation, seed: seed)
      measure = .loss(
        Loss(
          sequence: sequence, tokens: settings.integer("tokens") ?? 32_768,
          stream: try BatchStream(sources: sources, plan: plan, tokenizer: tokenizer)))
      needleRows = [:]
    default:
      throw UserError(
        "\(place).kind", "no evaluation \"\(component.kind)\"",
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
        sum + FlopCount.forward(shape, rows: (needleRows[length] ?? 1) * trials, length: length)
      }
    case .loss(let loss):
      let rows = (loss.tokens + loss.sequence - 1) / loss.sequence
      return FlopCount.forward(shape, rows: rows, length: loss.sequence)
    }
  }

  /// Floating point operations of all its turns in a run of so many steps, and of the last one.
  func flops(_ shape: LlamaShape, steps: Int, hasBase: Bool) -> Double {
    let during = every > 0 ? max(0, steps - 1) / every + (hasBase ? 1 : 0) : 0
    return Double(during) * flops(shape, final: false) + flops(shape, final: true)
  }

  /// Tokens of its largest forward pass.
  var passTokens: Int {
    switch measure {
    case .needle(let request, _): NeedleEvaluation.passTokens(request)
    case .loss(let loss): max(1, 8192 / loss.sequence) * loss.sequence
    }
  }
}
