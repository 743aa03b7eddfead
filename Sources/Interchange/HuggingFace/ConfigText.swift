import Corpora
import Models
import Positions
import Support

/// The `config.json` of a model, made from the one it came with where there is one.
enum ConfigText {
  /// The text of the file.
  ///
  /// - Parameters:
  ///   - model: to describe.
  ///   - element: type of the weights beside it.
  /// - Returns: JSON over several lines.
  /// - Throws: `UserError` when no family has all of the model's parts.
  static func make(_ model: PlainModel, element: TensorElement) throws -> String {
    let origin = model.companions["config.json"].flatMap { try? JSONValue(parsing: $0) }
    let read = origin.flatMap { try? HuggingFaceConfig($0, path: "config.json") }
    var pairs = origin?.objectValue ?? []
    func set(_ key: String, _ value: JSONValue) {
      if let place = pairs.firstIndex(where: { $0.key == key }) {
        pairs[place].value = value
      } else {
        pairs.append((key, value))
      }
    }
    let shape = model.shape
    // The family it came from knows keys that the plainest one does not; it stays while it fits.
    let isSameKind =
      read?.shape.qkvBias == shape.qkvBias && read?.shape.qkNorm == shape.qkNorm
      && read?.shape.nopeEvery == shape.nopeEvery
    if read == nil || !isSameKind {
      guard let family = ModelFamily.fitting(shape) else {
        throw UserError(
          "model", "no family of transformers has all of its parts together",
          remedy: "Export models with one of qkv_bias, qk_norm and nope_every at most.")
      }
      set("architectures", .list([.text(family.architecture)]))
      set("model_type", .text(family.name))
    }
    set("vocab_size", .integer(shape.vocabulary))
    set("hidden_size", .integer(shape.width))
    set("intermediate_size", .integer(shape.feedForward))
    set("num_hidden_layers", .integer(shape.layers))
    set("num_attention_heads", .integer(shape.heads))
    set("num_key_value_heads", .integer(shape.kvHeads))
    set("head_dim", .integer(shape.headWidth))
    set("hidden_act", .text("silu"))
    set("rms_norm_eps", .number(shape.normEpsilon))
    set("tie_word_embeddings", .bool(shape.tied))
    set("max_position_embeddings", .integer(shape.trainedContext))
    set("attention_dropout", .integer(0))
    // Absent it means 4,096 tokens to Mistral; here attention sees all.
    if origin?["model_type"]?.textValue == "mistral" { set("sliding_window", .null) }
    if let every = shape.nopeEvery {
      set(
        "no_rope_layers",
        .list((0..<shape.layers).map { .integer(shape.hasPositions($0) ? 1 : 0) }))
      set("no_rope_layer_interval", .integer(every))
    }
    // Angles keep the words in which they were given while these still mean them: with another context they
    // may not.
    let words = try? HuggingFaceConfig(.object(pairs), path: "config.json")
    if origin == nil || words?.rotary != model.rotary {
      pairs.removeAll { $0.key == "original_max_position_embeddings" }
      for (key, value) in RopeText(model.rotary, shape: shape, kind: model.ropeKind).keys {
        set(key, value)
      }
    }
    if origin == nil {
      set("attention_bias", .bool(false))
      set("initializer_range", .number(0.02))
      set("use_cache", .bool(true))
      set("bos_token_id", model.tokenizer.documentBegin.map { .integer(Int($0)) } ?? .null)
      set("eos_token_id", model.tokenizer.documentEnd.map { .integer(Int($0)) } ?? .null)
    }
    let type = element.torchName
    set("torch_dtype", .text(type))
    set("dtype", .text(type))
    return JSONValue.object(pairs).indented
  }
}

extension TensorElement {
  /// The name that PyTorch gives the type.
  var torchName: String {
    switch self {
    case .bfloat16: "bfloat16"
    case .float16: "float16"
    default: "float32"
    }
  }

  /// The type by its PyTorch name; only those that weights are written in.
  init?(torchName: String) {
    guard
      let element = [TensorElement.float32, .bfloat16, .float16].first(where: {
        $0.torchName == torchName
      })
    else { return nil }
    self = element
  }
}
