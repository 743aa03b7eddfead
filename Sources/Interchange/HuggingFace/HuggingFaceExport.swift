import Corpora
import Foundation
import Models
import RunStore
public import Support
import Tensors

/// Writes a model folder that transformers, vLLM and the trainers on GPUs load.
public struct HuggingFaceExport: ExportFormat {
  /// `huggingface`.
  public static let kind = KindDescription(
    "huggingface",
    "A model folder for transformers: config.json, safetensors, tokenizer.json; what it cannot tell "
      + "stands in LOSSES.md.",
    settings: [ExportSettings.element])

  /// Most bytes of one file of weights.
  static let mostShardBytes = 5_000_000_000

  private let element: TensorElement?
  private let shardBytes: Int

  /// Takes the element type.
  public init(_ values: SettingsValues) throws {
    element = values.text("element").flatMap(TensorElement.init(torchName:))
    shardBytes = Self.mostShardBytes
  }

  /// Writes with shards of a size; tests use small ones.
  package init(element: TensorElement?, shardBytes: Int) {
    self.element = element
    self.shardBytes = shardBytes
  }

  /// Writes the folder beside its name, then gives it the name.
  public func write(
    _ model: PlainModel, to path: String, progress: (_ weights: Int) throws -> Void
  ) throws -> [String] {
    try NewFolder.write(path) { folder in
      let element = element ?? Self.element(of: model)
      var texts = try TokenizerTexts.make(model)
      texts["config.json"] = try ConfigText.make(model, element: element)
      // A folder that came without one has its marks in config.json, maybe several.
      if model.companions.isEmpty { texts["generation_config.json"] = Self.generation(model) }
      let losses = Losses.sentences(model, element: element)
      texts["LOSSES.md"] = Losses.text(losses)
      try weights(model, as: element, into: folder, progress)
      for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
        try AtomicFile.write(text, to: "\(folder)/\(name)")
      }
      return losses
    }
  }

  /// The type that the model came in, else float32.
  private static func element(of model: PlainModel) -> TensorElement {
    let config = model.companions["config.json"].flatMap { try? JSONValue(parsing: $0) }
    let name = (config?["dtype"] ?? config?["torch_dtype"])?.textValue
    return name.flatMap(TensorElement.init(torchName:)) ?? .float32
  }

  private static func generation(_ model: PlainModel) -> String {
    var pairs: [(key: String, value: JSONValue)] = [("_from_model_config", .bool(true))]
    for (key, token) in [
      ("bos_token_id", model.tokenizer.documentBegin),
      ("eos_token_id", model.tokenizer.documentEnd),
    ] {
      if let token { pairs.append((key, .integer(Int(token)))) }
    }
    return JSONValue.object(pairs).indented
  }

  private func weights(
    _ model: PlainModel, as element: TensorElement, into folder: String,
    _ progress: (_ weights: Int) throws -> Void
  ) throws {
    var shards: [[SafeTensorsWriter.Tensor]] = [[]]
    var room = shardBytes
    for entry in model.parameters.layout.entries {
      let bytes = entry.count * element.bytes
      if bytes > room, shards.last?.isEmpty == false {
        shards.append([])
        room = shardBytes
      }
      room -= bytes
      shards[shards.count - 1].append(
        SafeTensorsWriter.Tensor(
          name: TensorNames.huggingFace(entry.name), shape: entry.shape,
          values: UnsafeBufferPointer(model.parameters.view(entry))))
    }
    guard shards.count > 1 else {
      return try SafeTensorsWriter.write(
        shards[0], as: element, to: "\(folder)/\(WeightFiles.single)", progress: progress)
    }
    func padded(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
    }
    var map: [(key: String, value: JSONValue)] = []
    for (index, shard) in shards.enumerated() {
      let name = "model-\(padded(index + 1))-of-\(padded(shards.count)).safetensors"
      try SafeTensorsWriter.write(shard, as: element, to: "\(folder)/\(name)", progress: progress)
      map += shard.map { ($0.name, .text(name)) }
    }
    let count = model.shape.parameterCount
    let index = JSONValue.object([
      (
        "metadata",
        .object([
          ("total_parameters", .integer(count)), ("total_size", .integer(count * element.bytes)),
        ])
      ),
      ("weight_map", .object(map.sorted { $0.key < $1.key })),
    ])
    try AtomicFile.write(index.indented, to: "\(folder)/\(WeightFiles.index)")
  }
}
