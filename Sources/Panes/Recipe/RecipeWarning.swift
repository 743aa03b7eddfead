import Positions
public import Recipes
import Support
import Terminal

/// Something about a recipe that is allowed but seldom meant, told before it happens.
public struct RecipeWarning: Sendable, Equatable {
  /// Its name, such as `W1`.
  public let name: String
  /// Key path of the field that it is about.
  public let path: String
  /// What is odd, in a few words.
  public let text: String
  /// Why it matters and what to do, in sentences.
  public let reason: String
  /// Paper and section; empty for our own.
  public let source: String

  /// The warnings of a recipe, in the order of its stages.
  ///
  /// - Complexity: O(target * pairs) cosines for each stage: not for every frame.
  /// - Parameters:
  ///   - recipe: without faults.
  ///   - model: what it starts from; nil leaves out what depends on it.
  /// - Returns: nothing for a recipe that is as such recipes usually are.
  public static func all(_ recipe: Recipe, model: ModelFacts?) -> [RecipeWarning] {
    var found: [RecipeWarning] = []
    func warn(_ path: String, _ text: String, _ reason: String, _ source: String) {
      found.append(
        RecipeWarning(
          name: "W\(found.count + 1)", path: path, text: text, reason: reason, source: source))
    }
    for (index, stage) in recipe.stages.enumerated() {
      guard let training = stage.training, training.steps > 0 else { continue }
      let path = "stages.\(index)"
      if let model {
        positions(training, recipe, model, path, warn)
        base(training, recipe, model, path, warn)
      }
      let warmup = training.optimizer.settings.integer("warmup") ?? 0
      if warmup > 0, warmup >= training.steps {
        warn(
          path + ".optimizer.warmup",
          "warmup of \(Format.count(warmup)) never ends in \(Format.count(training.steps)) steps",
          "The rate is still rising when the stage is over, so its peak is never used. "
            + "Shorten the warmup or lengthen the stage.", "")
      }
      if let window = training.window {
        let last = Double(window.start) + window.growth * Double(max(0, training.steps - 1))
        if last < Double(window.end) {
          warn(
            path + ".window.growth",
            "window reaches \(Format.tokens(Int(last))) of \(Format.tokens(window.end)) tokens",
            "No step of the stage sees whole rows, so distances beyond the window are not learnt. "
              + "Raise growth or add steps.",
            "SkyLadder, arXiv:2503.15450, section 4")
        }
      }
    }
    if !recipe.evaluations.contains(where: \.fillsHeatmap) {
      warn(
        "evaluate", "no needle evaluation: the heatmap stays empty",
        "Whether the longer context is used shows only when something is looked for in it. "
          + "Add { kind: needle, every: 50 } under evaluate.", "")
    }
    return found
  }

  private typealias Warn = (String, String, String, String) -> Void

  /// Ids beyond what the model has seen, with frequencies that were not made for them.
  private static func positions(
    _ training: TrainingStage, _ recipe: Recipe, _ model: ModelFacts, _ path: String, _ warn: Warn
  ) {
    guard recipe.target > model.trainedContext, training.rope.kind == "none",
      let face = RotaryFace(rope: training.rope, model: model, target: recipe.target)
    else { return }
    let unfinished = face.scaled.count { $0 > Double(model.trainedContext) }
    guard unfinished > 0 else { return }
    warn(
      path + ".rope.kind",
      "\(unfinished) of \(face.scaled.count) pairs have never turned once, and rope is none",
      "Inside the trained \(Format.tokens(model.trainedContext)) tokens these pairs met only a part "
        + "of their angles; longer texts bring angles the model has never seen. "
        + "Choose abf, yarn or another transform, or train long enough at full length.",
      "Peng et al., YaRN, arXiv:2309.00071, section 3.1")
  }

  /// A rotary base that cannot tell near from far over the whole target.
  private static func base(
    _ training: TrainingStage, _ recipe: Recipe, _ model: ModelFacts, _ path: String, _ warn: Warn
  ) {
    guard
      let transform = try? frequencyTransforms.make(
        training.rope.kind, training.rope.settings.values),
      let scaled = try? transform.frequencies(
        headWidth: model.headWidth, base: model.ropeBase, trainedContext: model.trainedContext,
        targetContext: recipe.target),
      let distance = BaseBound.firstNegative(scaled, context: recipe.target)
    else { return }
    warn(
      path + ".rope.kind",
      "base below its bound: likeness is lost from \(Format.count(distance)) tokens on",
      "From this distance on a key like the query no longer outscores a random one on average, so "
        + "recall beyond it is by luck. Raise the base (abf) or choose a transform that stretches "
        + "more.",
      "Men et al., arXiv:2405.14591, section 4")
  }
}
