import Models
import Positions
import Support

/// What a `config.json` says of a model that this program can run.
struct HuggingFaceConfig {
  /// `model_type`.
  let family: String
  /// The sizes.
  let shape: LlamaShape
  /// The rotary frequencies.
  let rotary: RotaryFrequencies
  /// The kind of frequency transform that made them.
  let ropeKind: String
  /// The mark after a document; nil when not named.
  ///
  /// The mark before it is the tokenizer's to say: several families name one here that they never use.
  let documentEnd: Int32?
  /// What a user should know of the reading.
  let notices: [String]

  /// Reads a configuration; what would change numbers and is not understood is refused.
  ///
  /// - Parameters:
  ///   - json: the object.
  ///   - path: the file, for errors.
  /// - Throws: `UserError` that names the key, what was found and what is known.
  init(_ json: JSONValue, path: String) throws {
    let keys = ConfigKeys(json, path: path)
    let type = try keys.text("model_type")
    guard let family = ModelFamily.all.first(where: { $0.name == type }) else {
      throw UserError(
        "\(path): model_type", "\"\(type)\" is not known",
        remedy: Suggestion.sentence(for: type, among: ModelFamily.all.map(\.name)))
    }
    let layers = try keys.size("num_hidden_layers", most: 1_000)
    try Self.refuseWhatDiffers(keys, family, layers: layers)
    let heads = try keys.size("num_attention_heads", most: 1_024)
    let width = try keys.size("hidden_size", most: 65_536)
    let context = try keys.integer("max_position_embeddings") ?? family.context
    guard (1...1 << 24).contains(context) else {
      throw keys.fault("max_position_embeddings", "\(context) is not in 1...16777216")
    }
    // Null stands for the query heads, an absent key for the family's own number.
    let kvHeads =
      keys.has("num_key_value_heads")
      ? try keys.integer("num_key_value_heads") : family.kvHeads
    let ownWidth = try keys.integer("head_dim") ?? family.headWidth
    guard ownWidth != nil || width % heads == 0 else {
      throw keys.fault("hidden_size", "\(width) is not a multiple of the \(heads) heads")
    }
    let headWidth = ownWidth ?? width / heads
    guard (2...1 << 16).contains(headWidth) else {
      throw keys.fault("head_dim", "heads of width \(headWidth) are not known")
    }
    let rope = try RopeConfig(
      keys, family: family, headWidth: headWidth, context: context)
    var shape = LlamaShape(
      vocabulary: try keys.size("vocab_size"), width: width, layers: layers, heads: heads,
      kvHeads: kvHeads, headWidth: headWidth,
      feedForward: try keys.size("intermediate_size", most: 262_144),
      tied: try keys.flag("tie_word_embeddings") ?? family.tied,
      normEpsilon: try keys.real("rms_norm_eps") ?? 1e-6, ropeBase: rope.base,
      trainedContext: context, nopeEvery: try Self.nopeEvery(keys, family, layers: layers))
    if family.qkvBias { shape.qkvBias = true }
    if family.qkNorm { shape.qkNorm = true }
    do {
      try shape.validate()
    } catch let error as UserError {
      throw UserError(
        path, "its sizes do not fit: \(error.finding)", remedy: "This model is not supported.")
    }
    self.family = family.name
    self.shape = shape
    rotary = rope.frequencies
    ropeKind = rope.kind
    notices = rope.notices
    documentEnd = try keys.firstToken("eos_token_id")
  }

  /// Refuses what the engine would compute otherwise.
  private static func refuseWhatDiffers(
    _ keys: ConfigKeys, _ family: ModelFamily, layers: Int
  ) throws {
    if let act = keys["hidden_act"], act != .text("silu") {
      throw keys.fault("hidden_act", "\(act.line) found, only \"silu\" is known")
    }
    for key in ["attention_bias", "mlp_bias"] where try keys.flag(key) == true {
      throw keys.fault(key, "true found; of biases only Qwen2's are known")
    }
    for (key, plain) in [
      ("pretraining_tp", 1.0), ("partial_rotary_factor", 1), ("attention_dropout", 0),
    ] {
      if let value = try keys.real(key), value != plain {
        throw keys.fault(key, "\(value) found, only \(Int(plain)) is known")
      }
    }
    if keys["quantization_config"] != nil {
      throw keys.fault("quantization_config", "the weights are quantised, full ones are needed")
    }
    if let kinds = keys["layer_types"]?.listValue {
      guard kinds.count == layers, kinds.allSatisfy({ $0 == .text("full_attention") }) else {
        throw keys.fault("layer_types", "not every layer has full attention")
      }
      // Families without the switch look at the window alone.
      if family.hasWindowSwitch { return }
    }
    let isOn = try !family.hasWindowSwitch || keys.flag("use_sliding_window") == true
    let window = keys.has("sliding_window") ? try keys.integer("sliding_window") : family.window
    let context = try keys.integer("max_position_embeddings") ?? family.context
    // Qwen's windows begin at a layer; one that never comes is no window.
    let first = family.hasWindowSwitch ? try keys.integer("max_window_layers") ?? 0 : 0
    if isOn, let window, window < context, first < layers {
      throw keys.fault("sliding_window", "attention of \(window) tokens found, only full is known")
    }
  }

  /// The distance of layers without positions, which must be even.
  private static func nopeEvery(
    _ keys: ConfigKeys, _ family: ModelFamily, layers: Int
  ) throws -> Int? {
    guard let usual = family.nopeEvery else { return nil }
    guard let list = keys["no_rope_layers"]?.listValue else {
      return try keys.integer("no_rope_layer_interval") ?? usual
    }
    let without = list.indices.filter { list[$0].integerValue == 0 }
    guard let first = without.first else { return nil }
    let expected = (0..<layers).filter { ($0 + 1) % (first + 1) == 0 }
    guard list.count == layers, without == expected else {
      throw keys.fault("no_rope_layers", "layers without positions are not evenly spaced")
    }
    return first + 1
  }
}

/// Values of a configuration by type, with errors that name the key; null counts as absent.
struct ConfigKeys {
  private let json: JSONValue
  private let path: String

  init(_ json: JSONValue, path: String) {
    self.json = json
    self.path = path
  }

  subscript(key: String) -> JSONValue? {
    guard let value = json[key], value != .null else { return nil }
    return value
  }

  /// True when the key is there, be it null.
  func has(_ key: String) -> Bool { json[key] != nil }

  func fault(_ key: String, _ finding: String) -> UserError {
    UserError("\(path): \(key)", finding, remedy: "This model is not supported.")
  }

  private func value<Value>(
    _ key: String, _ what: String, _ read: (JSONValue) -> Value?
  ) throws -> Value? {
    guard let found = self[key] else { return nil }
    guard let value = read(found) else {
      throw fault(key, "\(what) is needed, \(found.line.prefix(80)) found")
    }
    return value
  }

  func integer(_ key: String) throws -> Int? { try value(key, "a whole number", \.integerValue) }

  func real(_ key: String) throws -> Double? { try value(key, "a number", Self.number) }

  /// A number; texts such as "nan" are none here.
  private static func number(_ value: JSONValue) -> Double? {
    value.textValue == nil ? value.numberValue : nil
  }

  func flag(_ key: String) throws -> Bool? {
    try value(key, "true or false") { if case .bool(let flag) = $0 { flag } else { nil } }
  }

  func reals(_ key: String) throws -> [Double]? {
    try value(key, "a list of numbers") { found in
      let numbers = found.listValue?.compactMap(Self.number)
      return numbers?.count == found.listValue?.count ? numbers : nil
    }
  }

  func text(_ key: String) throws -> String {
    guard let text = try value(key, "a text", \.textValue) else {
      throw fault(key, "the key is missing")
    }
    return text
  }

  /// A size that must be given, at least 1 and small enough to multiply.
  func size(_ key: String, most: Int = 1 << 24) throws -> Int {
    guard let size = try integer(key) else { throw fault(key, "the key is missing") }
    guard (1...most).contains(size) else { throw fault(key, "\(size) is not in 1...\(most)") }
    return size
  }

  /// A token number, or the first of a list of them.
  func firstToken(_ key: String) throws -> Int32? {
    try value(key, "a token number") { found in
      (found.listValue?.first ?? found).integerValue.flatMap(Int32.init(exactly:))
    }
  }

  /// The keys of an object inside, or of none.
  func object(_ key: String) throws -> ConfigKeys? {
    guard let inner = self[key] else { return nil }
    guard inner.objectValue != nil else { throw fault(key, "an object is needed") }
    return ConfigKeys(inner, path: "\(path): \(key)")
  }

  /// True when some value is itself an object.
  var isNested: Bool { json.objectValue?.contains { $0.value.objectValue != nil } ?? false }
}
