public import Support

/// A change of the rotary frequencies that lets a model reach beyond its trained context.
///
/// Order of composition: the base is chosen first (`base` of the kind, else the model's), then the
/// transform, then its attention factor; position ids index the resulting table.
public protocol FrequencyTransform: CatalogKind {
  /// The frequencies for a model and a target.
  ///
  /// - Parameters:
  ///   - headWidth: head width E, in scalars; even and at least 2.
  ///   - base: rotary base of the model, greater than 1.
  ///   - trainedContext: context length used in pretraining, in tokens.
  ///   - targetContext: context length to reach, in tokens.
  /// - Returns: inverse frequencies [E/2], attention factor, and the base they come from.
  /// - Throws: `UserError` when a number is out of range or the settings do not fit them.
  func frequencies(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws -> RotaryFrequencies
}

/// Settings that several kinds share.
enum SharedRopeSettings {
  static let base = Setting(
    "base", .real(1.000_001...1e15), default: nil,
    help: "Rotary base before the transform; the model's own when absent.", applies: .nextStage)

  static let factor = Setting(
    "factor", .real(1...1e6), default: nil,
    help: "How many times longer the context becomes; target / trained context when absent.",
    applies: .nextStage)
}

/// Every frequency transform that a recipe's `rope` may name.
public let frequencyTransforms = Catalog<any FrequencyTransform>(
  "rope",
  [
    PlainFrequencies.self,
    AdjustedBase.self,
    LinearInterpolation.self,
    NTKAware.self,
    DynamicNTK.self,
    YaRN.self,
    Llama3Scaling.self,
    LongRoPE.self,
    ProportionalRotary.self,
    PartialRotary.self,
  ])
