import Foundation
import Positions
import Support

/// The rotary frequencies that a configuration describes.
///
/// Transformers 4 keeps `rope_theta` and `rope_scaling` at the top, transformers 5 one object
/// `rope_parameters`; both are read, in the order in which transformers 5 reads them.
struct RopeConfig {
  /// The frequencies.
  let frequencies: RotaryFrequencies
  /// Their base before any scaling.
  let base: Double
  /// The kind of our catalogue.
  let kind: String
  /// What a user should know.
  private(set) var notices: [String] = []

  /// - Throws: `UserError` when the type is unknown or a number is missing.
  init(_ keys: ConfigKeys, family: ModelFamily, headWidth: Int, context: Int) throws {
    let scaling = try keys.object("rope_scaling") ?? keys.object("rope_parameters")
    if scaling?.isNested == true {
      throw keys.fault("rope_parameters", "angles that differ by layer are not known")
    }
    base = try scaling?.real("rope_theta") ?? keys.real("rope_theta") ?? family.ropeBase
    guard base > 1, base.isFinite else {
      throw keys.fault("rope_theta", "\(base) is not above 1")
    }
    guard let scaling else {
      frequencies = RotaryFrequencies(headWidth: headWidth, base: base)
      kind = PlainFrequencies.kind.name
      return
    }
    let type =
      try scaling["rope_type"] == nil && scaling["type"] == nil
      ? "default" : scaling.text(scaling["rope_type"] == nil ? "type" : "rope_type")
    let original =
      try keys.integer("original_max_position_embeddings")
      ?? scaling.integer("original_max_position_embeddings") ?? context
    guard (1...1 << 24).contains(original) else {
      throw keys.fault("original_max_position_embeddings", "\(original) is not in 1...16777216")
    }
    let transform: (any FrequencyTransform)?
    switch type {
    case "default": transform = nil
    case "dynamic":
      transform = nil
      notices = [
        "rope type dynamic: angles change only beyond \(context) tokens; up to there they are plain, "
          + "and so they are read."
      ]
    case "linear":
      transform = try LinearInterpolation(
        Self.settings(LinearInterpolation.kind, scaling, needed: ["factor"]))
    case "llama3":
      transform = try Llama3Scaling(
        Self.settings(
          Llama3Scaling.kind, scaling, needed: ["factor", "low_freq_factor", "high_freq_factor"]))
    case "yarn":
      transform = try YaRN(Self.settings(YaRN.kind, scaling, needed: ["factor"]))
    case "longrope":
      transform = try Self.longRoPE(scaling, original: original, context: context)
      if scaling["short_factor"] != scaling["long_factor"] {
        notices = [
          "rope type longrope: transformers turns texts of up to \(original) tokens by another list; here "
            + "the one for \(context) tokens serves all lengths."
        ]
      }
    default:
      let known = ["default", "linear", "dynamic", "llama3", "yarn", "longrope"]
      throw keys.fault(
        "rope_scaling", "type \"\(type)\" is not known. Known: \(known.joined(separator: ", "))")
    }
    kind = transform.map { Swift.type(of: $0).kind.name } ?? PlainFrequencies.kind.name
    frequencies =
      try transform?.frequencies(
        headWidth: headWidth, base: base, trainedContext: original,
        targetContext: max(context, original))
      ?? RotaryFrequencies(headWidth: headWidth, base: base)
  }

  /// The settings of a kind, whose keys are the same in both programs.
  private static func settings(
    _ kind: KindDescription, _ scaling: ConfigKeys, needed: [String]
  ) throws -> SettingsValues {
    for key in needed where scaling[key] == nil { throw scaling.fault(key, "the key is missing") }
    var values: [String: SettingsValue] = [:]
    for setting in kind.settings {
      switch setting.form {
      case .real(let range):
        guard let value = try scaling.real(setting.key) else { continue }
        guard range.contains(value) else {
          throw scaling.fault(setting.key, "\(value) is not in \(range)")
        }
        values[setting.key] = .real(value)
      case .flag:
        if let value = try scaling.flag(setting.key) { values[setting.key] = .flag(value) }
      default: continue
      }
    }
    return SettingsValues(values, declared: kind.settings)
  }

  /// One table serves all lengths here: the list for the length that the model is made for.
  private static func longRoPE(
    _ scaling: ConfigKeys, original: Int, context: Int
  ) throws -> LongRoPE {
    let isLong = context > original
    let key = isLong ? "long_factor" : "short_factor"
    guard let list = try scaling.reals(key), list.allSatisfy((1e-3...1e30).contains) else {
      throw scaling.fault(key, "a list of numbers of at least 0.001 is needed")
    }
    let factor = try scaling.real("factor") ?? Double(context) / Double(original)
    let usual = factor > 1 ? (1 + log(factor) / log(Double(max(2, original)))).squareRoot() : 1
    let attention = try scaling.real("attention_factor") ?? usual
    guard attention > 0, attention < 1e3 else {
      throw scaling.fault("attention_factor", "\(attention) is not in 0...1000")
    }
    return try LongRoPE(
      SettingsValues(
        [isLong ? "factors" : "short_factors": .reals(list), "attention_factor": .real(attention)],
        declared: []))
  }
}
