public import Models
public import Support

/// LoRA: the weights stay, and a product of two narrow matrices is trained beside each target.
public struct LowRankAdapters: TrainedPart {
  /// `lora`.
  public static let kind = KindDescription(
    "lora",
    "Low-rank adapters beside frozen weights; merged in full precision at the end of the stage.",
    source: "Hu et al. (arXiv:2106.09685), section 4.1",
    settings: [
      Setting(
        "rank", .integer(1...4096), default: .integer(32), help: "Width of the narrow middle.",
        applies: .nextStage),
      Setting(
        "alpha", .real(1e-3...1e6), default: .real(16),
        help: "The adapters' product counts alpha / rank.", applies: .nextStage),
      Setting(
        "targets", .words(AdapterTarget.allCases.map(\.rawValue)),
        default: .texts(["query", "key", "value", "output"]),
        help: "Matrices of every block that get an adapter.", applies: .nextStage),
      Setting(
        "embeddings", .flag, default: .flag(false),
        help: "Train the embedding in full, and with it a tied output matrix.",
        source: "Chen et al., LongLoRA (arXiv:2309.12307), section 3.3", applies: .nextStage),
      Setting(
        "norms", .flag, default: .flag(false), help: "Train the norms in full.",
        source: "Chen et al., LongLoRA (arXiv:2309.12307), section 3.3", applies: .nextStage),
      Setting(
        "merge", .flag, default: .flag(true),
        help: "Merge the adapters into the weights at the end of the stage; only the last one may "
          + "leave them apart.", applies: .nextStage),
    ])

  /// What is trained, before it is known for which model.
  let plan: AdapterPlan
  /// True when adapters are merged into the weights at the end of the stage.
  public let mergesAtEnd: Bool

  /// Takes rank, alpha, targets and what else is trained.
  public init(_ values: SettingsValues) throws {
    plan = AdapterPlan(
      rank: values.integer("rank") ?? 32, alpha: values.real("alpha") ?? 16,
      targets: (values.texts("targets") ?? []).compactMap(AdapterTarget.init(rawValue:)),
      embeddings: values.flag("embeddings") ?? false, norms: values.flag("norms") ?? false)
    mergesAtEnd = values.flag("merge") ?? true
  }

  /// The adapters, when their middle is narrower than every target.
  public func adapters(for shape: LlamaShape) throws -> AdapterPlan? {
    guard let narrowest = shape.narrowestTarget(plan), plan.rank > narrowest else { return plan }
    throw UserError(
      "train.rank",
      "at most \(narrowest), the narrowest side of a target, is needed, \(plan.rank) found",
      remedy: "Lower rank; 8 to 64 is usual.")
  }
}
