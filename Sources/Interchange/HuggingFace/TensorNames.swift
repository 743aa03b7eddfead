import Models

/// Names of parameters here and in Hugging Face folders; matrices are [out, in] in both.
enum TensorNames {
  private static let whole = [
    "embedding": "model.embed_tokens.weight", "final_norm": "model.norm.weight",
    "head": "lm_head.weight",
  ]

  private static let ofLayer = [
    "attention_norm": "input_layernorm.weight",
    "attention/query": "self_attn.q_proj.weight",
    "attention/key": "self_attn.k_proj.weight",
    "attention/value": "self_attn.v_proj.weight",
    "attention/output": "self_attn.o_proj.weight",
    "attention/query_bias": "self_attn.q_proj.bias",
    "attention/key_bias": "self_attn.k_proj.bias",
    "attention/value_bias": "self_attn.v_proj.bias",
    "attention/query_norm": "self_attn.q_norm.weight",
    "attention/key_norm": "self_attn.k_norm.weight",
    "feed_forward_norm": "post_attention_layernorm.weight",
    "feed_forward/gate": "mlp.gate_proj.weight",
    "feed_forward/up": "mlp.up_proj.weight",
    "feed_forward/down": "mlp.down_proj.weight",
  ]

  /// The foreign name of a parameter such as `layers/03/attention/query`.
  static func huggingFace(_ name: String) -> String {
    translate(name, whole: whole, ofLayer: ofLayer, prefix: "model.layers.")
  }

  /// A parameter's name by the tables of a format.
  static func translate(
    _ name: String, whole: [String: String], ofLayer: [String: String], prefix: String
  ) -> String {
    if let whole = whole[name] { return whole }
    let parts = name.split(separator: "/", maxSplits: 2)
    guard parts.count == 3, parts[0] == "layers", let layer = Int(parts[1]),
      let rest = ofLayer[String(parts[2])]
    else { preconditionFailure("\(name) has no name in this format") }
    return "\(prefix)\(layer).\(rest)"
  }

  /// True for tensors of old files that hold nothing to load.
  static func isIgnored(_ name: String) -> Bool {
    name.hasSuffix(".rotary_emb.inv_freq") || name.hasSuffix(".attention.masked_bias")
  }
}
