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
      scaling["rope_type"]?.textValue ?? scaling["type"]?.textValue ?? "default"
    let original =
      try keys.integer("original_max_position_embeddings")
      ?? scaling.integer("original_max_position_embeddings") ?? context
    // A factor of its own decides more than how long the model is said to be.
    let transform: (any FrequencyTransform)?
    switch type {
    case "default": transform = nil
    case "dynamic":
      transform = nil
      notices = [
        "rope type dynamic: angles change only beyond \(context) tokens; up to there they are plain, "
          + "and so they are read."
      ]
    case "linear": transform = try LinearInterpolation(Self.values(scaling, ["factor"]))
    case "llama3":
      transform = try Llama3Scaling(
        Self.values(scaling, ["factor", "low_freq_factor", "high_freq_factor"]))
    case "yarn":
      transform = try YaRN(
        Self.values(
          scaling,
          ["factor", "beta_fast", "beta_slow", "attention_factor", "mscale", "mscale_all_dim"],
          flags: ["truncate"]))
    case "longrope":
      transform = try Self.longRoPE(scaling, isLong: context > original)
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

  /// The numbers under keys that are the same in both programs.
  private static func values(
    _ scaling: ConfigKeys, _ names: [String], flags: [String] = []
  ) throws -> SettingsValues {
    var values: [String: SettingsValue] = [:]
    for name in names {
      if let value = try scaling.real(name) { values[name] = .real(value) }
    }
    for name in flags {
      if let value = try scaling.flag(name) { values[name] = .flag(value) }
    }
    return SettingsValues(values, declared: [])
  }

  private static func longRoPE(_ scaling: ConfigKeys, isLong: Bool) throws -> LongRoPE {
    var values: [String: SettingsValue] = [:]
    // One table serves all lengths here: the list for the length that the model is made for.
    if let list = try scaling.reals(isLong ? "long_factor" : "short_factor") {
      values[isLong ? "factors" : "short_factors"] = .reals(list)
    }
    if let factor = try scaling.real("attention_factor") {
      values["attention_factor"] = .real(factor)
    }
    return try LongRoPE(SettingsValues(values, declared: []))
  }
}
