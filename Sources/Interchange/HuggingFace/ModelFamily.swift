import Models

/// A decoder that Hugging Face names by `model_type`: what its configuration means when keys are absent.
///
/// - SeeAlso: the configuration classes of transformers 5.
struct ModelFamily: Sendable {
  /// `model_type`.
  let name: String
  /// The class that `architectures` names.
  let architecture: String
  /// `rope_theta` when absent.
  var ropeBase = 10_000.0
  /// `max_position_embeddings` when absent.
  var context = 32_768
  /// `num_key_value_heads` when absent; nil stands for the query heads.
  var kvHeads: Int?
  /// `head_dim` when absent; nil stands for width / heads.
  var headWidth: Int?
  /// `tie_word_embeddings` when absent.
  var tied = false
  /// `sliding_window` when absent; nil for none.
  var window: Int?
  /// Whether `sliding_window` counts only beside `use_sliding_window`.
  var hasWindowSwitch = false
  /// Query, key and value have biases.
  var qkvBias = false
  /// Queries and keys of each head are normalised.
  var qkNorm = false
  /// Every so many-th layer does without positions when `no_rope_layers` is absent; nil for none.
  var nopeEvery: Int?

  /// Every family that is read and written.
  static let all = [
    ModelFamily(name: "llama", architecture: "LlamaForCausalLM", context: 2048),
    ModelFamily(
      name: "mistral", architecture: "MistralForCausalLM", context: 131_072, kvHeads: 8,
      window: 4096),
    ModelFamily(
      name: "qwen2", architecture: "Qwen2ForCausalLM", kvHeads: 32, hasWindowSwitch: true,
      qkvBias: true),
    ModelFamily(
      name: "qwen3", architecture: "Qwen3ForCausalLM", kvHeads: 32, headWidth: 128,
      hasWindowSwitch: true, qkNorm: true),
    ModelFamily(
      name: "smollm3", architecture: "SmolLM3ForCausalLM", ropeBase: 2_000_000, kvHeads: 4,
      tied: true, hasWindowSwitch: true, nopeEvery: 4),
  ]

  /// The family that a shape can be written as: the plainest one that has all of its parts.
  static func fitting(_ shape: LlamaShape) -> ModelFamily? {
    let name =
      switch (shape.qkvBias == true, shape.qkNorm == true, shape.nopeEvery != nil) {
      case (false, false, false): "llama"
      case (true, false, false): "qwen2"
      case (false, true, false): "qwen3"
      case (false, false, true): "smollm3"
      default: ""
      }
    return all.first { $0.name == name }
  }
}
