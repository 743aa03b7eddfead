import Positions
public import Recipes
import Support

/// What the screens need to know of the model that a recipe starts from.
public struct ModelFacts: Sendable, Equatable {
  /// What it is, such as `base-256.h5, 5.0M parameters`.
  public var summary: String
  /// Context it was trained at, in tokens.
  public var trainedContext: Int
  /// Head width E, in scalars.
  public var headWidth: Int
  /// Rotary base, dimensionless.
  public var ropeBase: Double

  /// Facts of these values.
  public init(summary: String, trainedContext: Int, headWidth: Int, ropeBase: Double) {
    self.summary = summary
    self.trainedContext = trainedContext
    self.headWidth = headWidth
    self.ropeBase = ropeBase
  }
}

extension RotaryFace {
  /// The wavelengths before and after a stage's transform; nil when the transform refuses.
  public init?(rope: Component, model: ModelFacts, target: Int) {
    guard model.headWidth >= 2, model.ropeBase > 1,
      let transform = try? frequencyTransforms.make(rope.kind, rope.settings.values),
      let scaled = try? transform.frequencies(
        headWidth: model.headWidth, base: model.ropeBase, trainedContext: model.trainedContext,
        targetContext: target)
    else { return nil }
    let plain = RotaryFrequencies(headWidth: model.headWidth, base: model.ropeBase)
    self.init(
      original: Wavelengths(plain).tokens, scaled: Wavelengths(scaled).tokens, kind: rope.kind,
      trained: model.trainedContext, target: target, base: scaled.base,
      weakDistance: BaseBound.firstNegative(scaled, context: min(target, Self.lookedAt)))
  }

  /// Distances that the bound of the base is looked at: a screen is drawn without a pause.
  static let lookedAt = 16_384
}
