public import Support

extension LlamaShape {
  /// What a recipe's `model:` may say.
  public static let kind = KindDescription(
    "llama", "Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, SwiGLU.",
    source: "Touvron et al., arXiv:2302.13971, section 2.2",
    settings: [
      Setting(required: "width", .integer(2...65_536), help: "Width D of the residual stream."),
      Setting(required: "layers", .integer(1...1_000), help: "Number of blocks L."),
      Setting(required: "heads", .integer(1...1_024), help: "Query heads H."),
      Setting(
        "kv_heads", .integer(1...1_024), default: nil,
        help: "Key-value heads K; a divisor of `heads`, which is the default.",
        source: "Ainslie et al., arXiv:2305.13245"),
      Setting(
        "head_width", .integer(16...256), default: nil,
        help: "Width E of a head, a multiple of 8; width / heads by default."),
      Setting(
        required: "feed_forward", .integer(1...262_144),
        help: "Hidden width F of the feed-forward part.", source: "Shazeer, arXiv:2002.05202"),
      Setting(
        "rope_base", .real(1.000001...1e12), default: .real(10_000),
        help: "Base of the rotary frequencies.", source: "Su et al., arXiv:2104.09864, section 3.2"),
      Setting(
        "nope_every", .integer(1...1_000), default: nil,
        help: "Every so many-th block does without positions (NoPE); none when absent.",
        source: "Yang et al., arXiv:2501.18795; Kazemnejad et al., arXiv:2305.19466"),
      Setting(
        "qkv_bias", .flag, default: nil,
        help: "Whether the projections to queries, keys and values have biases; not when absent.",
        source: "Qwen2, arXiv:2407.10671, section 2.2.1"),
      Setting(
        "qk_norm", .flag, default: nil,
        help: "Whether query and key heads have norms before they are turned; not when absent.",
        source: "Qwen3, arXiv:2505.09388, section 2"),
      Setting(
        "tied", .flag, default: .flag(true),
        help: "Whether the output matrix is the embedding."),
      Setting(
        "norm_epsilon", .real(1e-12...0.1), default: .real(1e-5),
        help: "Added to the mean square inside the norms."),
      Setting(
        "trained_context", .size(1...16_777_216), default: nil,
        help: "Context the model is first trained on, in tokens; the longest stage by default."),
      Setting(
        "init_std", .real(1e-6...1), default: .real(0.04),
        help: "Standard deviation of the initial weights; output projections get it / sqrt(2L)."),
    ])

  /// The shape that a recipe's `model:` describes.
  ///
  /// - Parameters:
  ///   - values: settings of `LlamaShape.kind`.
  ///   - vocabulary: V, from the tokenizer.
  ///   - trainedContext: context in tokens when `trained_context` is absent.
  /// - Throws: `UserError` with the key when a size is missing or sizes do not fit together.
  public init(_ values: SettingsValues, vocabulary: Int, trainedContext: Int) throws {
    func need(_ key: String) throws -> Int {
      guard let value = values.integer(key) else {
        throw UserError("model.\(key)", "a whole number is missing", remedy: "Add it.")
      }
      return value
    }
    self.init(
      vocabulary: vocabulary, width: try need("width"), layers: try need("layers"),
      heads: try need("heads"), kvHeads: values.integer("kv_heads"),
      headWidth: values.integer("head_width"), feedForward: try need("feed_forward"),
      tied: values.flag("tied") ?? true, normEpsilon: values.real("norm_epsilon") ?? 1e-5,
      ropeBase: values.real("rope_base") ?? 10_000,
      trainedContext: values.integer("trained_context") ?? trainedContext,
      nopeEvery: values.integer("nope_every"), qkvBias: values.flag("qkv_bias") ?? false,
      qkNorm: values.flag("qk_norm") ?? false)
    if values.integer("head_width") == nil, width % heads != 0 {
      throw UserError(
        "model.width", "\(width) is not a multiple of heads, \(heads)",
        remedy: "Use \(max(1, width / heads) * heads) or give head_width.")
    }
    try validate()
  }

  /// Checks that the sizes fit together.
  ///
  /// - Throws: `UserError` naming the first recipe key at fault.
  public func validate() throws {
    let sizes = [
      ("vocabulary", vocabulary), ("width", width), ("layers", layers), ("heads", heads),
      ("kv_heads", kvHeads), ("feed_forward", feedForward), ("trained_context", trainedContext),
    ]
    for (key, value) in sizes where value < 1 {
      throw UserError("model.\(key)", "\(value) is below 1", remedy: "Use at least 1.")
    }
    guard heads % kvHeads == 0 else {
      throw UserError(
        "model.kv_heads", "\(kvHeads) does not divide heads, \(heads)",
        remedy: "Use a divisor of \(heads).")
    }
    guard (16...256).contains(headWidth), headWidth % 8 == 0 else {
      throw UserError(
        "model.head_width", "\(headWidth) is not a multiple of 8 in 16...256",
        remedy: "Change width or heads, or give such a head_width.")
    }
    if let nopeEvery, nopeEvery < 1 {
      throw UserError(
        "model.nope_every", "\(nopeEvery) is below 1", remedy: "Use 4, or leave it out.")
    }
    guard normEpsilon > 0, normEpsilon.isFinite else {
      throw UserError("model.norm_epsilon", "\(normEpsilon) is not positive", remedy: "Use 1e-5.")
    }
    guard ropeBase > 1, ropeBase.isFinite else {
      throw UserError("model.rope_base", "\(ropeBase) is not above 1", remedy: "Use 10000.")
    }
  }
}
