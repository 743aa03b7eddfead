import Corpora
import Foundation
import Models
import Positions
public import Support
import Tensors

/// Writes a model as one GGUF file for llama.cpp and the programs around it.
public struct GGUFExport: ExportFormat {
  /// `gguf`.
  public static let kind = KindDescription(
    "gguf", "One file for llama.cpp, of the architectures llama, qwen2 and qwen3.",
    settings: [ExportSettings.element])

  private let element: TensorElement

  /// Takes the element type.
  public init(_ values: SettingsValues) throws {
    element = values.text("element").flatMap(TensorElement.init(torchName:)) ?? .float32
  }

  /// Writes the file beside its name first.
  public func write(
    _ model: PlainModel, to path: String, progress: (_ weights: Int) throws -> Void
  ) throws -> [String] {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw UserError(path, "something of that name exists", remedy: "Choose a new name.")
    }
    let shape = model.shape
    guard shape.nopeEvery == nil, let family = ModelFamily.fitting(shape) else {
      throw UserError(
        "gguf", "the model has layers without positions, or biases and norms together",
        remedy: "Export it to huggingface.")
    }
    // Mistral is a llama to llama.cpp, as to us.
    let architecture = family.name
    var file = GGUFFile()
    func add(_ key: String, _ value: GGUFValue) { file.keys.append((key, value)) }
    add("general.architecture", .text(architecture))
    add("general.name", .text((path as NSString).lastPathComponent))
    add("general.file_type", .count(element == .float32 ? 0 : element == .float16 ? 1 : 32))
    add("general.alignment", .count(GGUFFile.alignment))
    for (key, value) in sizes(shape) { add("\(architecture).\(key)", value) }
    let angles = try GGUFAngles(model, canDivide: architecture == "llama")
    for (key, value) in angles.keys { add("\(architecture).rope.\(key)", value) }
    for (key, value) in try GGUFTokenizer.keys(model) { add("tokenizer.ggml.\(key)", value) }

    for entry in model.parameters.layout.entries {
      let isTurned =
        architecture == "llama"
        && (entry.name.hasSuffix("attention/query") || entry.name.hasSuffix("attention/key"))
      file.tensors.append(
        GGUFFile.Tensor(
          name: Self.name(entry.name), shape: entry.shape,
          element: entry.shape.count == 1 ? .float32 : element,
          values: UnsafeBufferPointer(model.parameters.view(entry)),
          turnedHeadWidth: isTurned ? shape.headWidth : nil))
    }
    try angles.divisors.withUnsafeBufferPointer { divisors in
      if !divisors.isEmpty {
        file.tensors.append(
          GGUFFile.Tensor(
            name: "rope_freqs.weight", shape: [divisors.count], element: .float32,
            values: divisors))
      }
      try file.write(to: path, progress: progress)
    }
    return Losses.sentences(model, element: element)
  }

  private func sizes(_ shape: LlamaShape) -> [(key: String, value: GGUFValue)] {
    [
      ("vocab_size", .count(shape.vocabulary)),
      ("context_length", .count(shape.trainedContext)),
      ("embedding_length", .count(shape.width)),
      ("block_count", .count(shape.layers)),
      ("feed_forward_length", .count(shape.feedForward)),
      ("attention.head_count", .count(shape.heads)),
      ("attention.head_count_kv", .count(shape.kvHeads)),
      ("attention.key_length", .count(shape.headWidth)),
      ("attention.value_length", .count(shape.headWidth)),
      ("attention.layer_norm_rms_epsilon", .real(shape.normEpsilon)),
    ]
  }

  private static let whole = [
    "embedding": "token_embd.weight", "final_norm": "output_norm.weight", "head": "output.weight",
  ]
  private static let ofLayer = [
    "attention_norm": "attn_norm.weight", "attention/query": "attn_q.weight",
    "attention/key": "attn_k.weight", "attention/value": "attn_v.weight",
    "attention/output": "attn_output.weight", "attention/query_bias": "attn_q.bias",
    "attention/key_bias": "attn_k.bias", "attention/value_bias": "attn_v.bias",
    "attention/query_norm": "attn_q_norm.weight", "attention/key_norm": "attn_k_norm.weight",
    "feed_forward_norm": "ffn_norm.weight", "feed_forward/gate": "ffn_gate.weight",
    "feed_forward/up": "ffn_up.weight", "feed_forward/down": "ffn_down.weight",
  ]

  private static func name(_ name: String) -> String {
    TensorNames.translate(name, whole: whole, ofLayer: ofLayer, prefix: "blk.")
  }
}

/// How a GGUF file tells of rotary angles: a base, and for llama a divisor of each pair.
struct GGUFAngles {
  let keys: [(key: String, value: GGUFValue)]
  /// Of each pair; empty for none.
  let divisors: [Float]

  /// - Throws: `UserError` when the architecture has no words for the angles.
  init(_ model: PlainModel, canDivide: Bool) throws {
    let text = RopeText(model.rotary, shape: model.shape, kind: model.ropeKind)
    var keys: [(key: String, value: GGUFValue)] = [
      ("dimension_count", .count(model.shape.headWidth)), ("freq_base", .real(text.base)),
    ]
    var divisors: [Float] = []
    let scaling = JSONValue.object(text.scaling ?? [])
    switch scaling["rope_type"]?.textValue {
    case nil: break
    case "linear":
      keys.append(("scaling.type", .text("linear")))
      keys.append(("scaling.factor", .real(scaling["factor"]?.numberValue ?? 1)))
    case "yarn" where !canDivide && Self.isUsual(scaling):
      // llama.cpp computes the attention factor from the factor.
      keys.append(("scaling.type", .text("yarn")))
      keys.append(("scaling.factor", .real(scaling["factor"]?.numberValue ?? 1)))
      let original = scaling["original_max_position_embeddings"]?.integerValue ?? 1
      keys.append(("scaling.original_context_length", .count(original)))
    case _ where canDivide:
      let plain = RotaryFrequencies(headWidth: model.shape.headWidth, base: text.base).inverse
      divisors = zip(plain, model.rotary.inverse).map { Float(min($0 / $1, 1e30)) }
      keys.append(("scaling.attn_factor", .real(model.rotary.attentionFactor)))
    case let type:
      throw UserError(
        "gguf", "angles of type \(type ?? "") have no words in this architecture",
        remedy: "Export it to huggingface.")
    }
    self.keys = keys
    self.divisors = divisors
  }

  /// True when YaRN's attention factor is that of its paper (arXiv:2309.00071, section 3.4).
  private static func isUsual(_ scaling: JSONValue) -> Bool {
    guard let factor = scaling["factor"]?.numberValue,
      let attention = scaling["attention_factor"]?.numberValue
    else { return false }
    return abs(attention - (0.1 * log(factor) + 1)) < 1e-6
  }
}
