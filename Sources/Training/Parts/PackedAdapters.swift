public import Models
public import Support

/// QLoRA: LoRA beside weights that are held in 4 bits.
public struct PackedAdapters: TrainedPart {
  /// `qlora`.
  public static let kind = KindDescription(
    "qlora",
    "LoRA beside weights held in 4-bit NormalFloat with double quantisation; merged into the "
      + "weights in full precision, not into the 4-bit ones.",
    source: "Dettmers et al. (arXiv:2305.14314), section 3", settings: LowRankAdapters.kind.settings
  )

  private let adapters: LowRankAdapters

  /// Takes the settings of `lora`.
  public init(_ values: SettingsValues) throws { adapters = try LowRankAdapters(values) }

  /// The adapters of `lora`, beside packed weights.
  public func adapters(for shape: LlamaShape) throws -> AdapterPlan? {
    var plan = try adapters.adapters(for: shape)
    plan?.isPacked = true
    return plan
  }

  /// True when adapters are merged into the weights at the end of the stage.
  public var mergesAtEnd: Bool { adapters.mergesAtEnd }
}
