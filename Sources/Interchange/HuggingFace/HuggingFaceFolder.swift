import Corpora
import Foundation
public import Models
public import Positions
import Support
import Tensors

/// A model folder as Hugging Face's transformers keep it: `config.json`, safetensors, `tokenizer.json`.
public enum HuggingFaceFolder {
  /// Texts that are kept and written back as they were, whatever they say.
  static let companionNames = [
    "config.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json",
    "chat_template.jinja",
  ]

  /// True for a folder that has a `config.json`.
  public static func isOne(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/config.json")
  }

  /// The sizes that a folder's `config.json` tells; nothing else is looked at.
  ///
  /// - Throws: `UserError` as `read`.
  public static func shape(_ folder: String) throws -> LlamaShape {
    try config(folder).shape
  }

  /// What a folder holds, as its configuration and the headers of its weights tell.
  public struct Contents {
    /// `model_type`.
    public let family: String
    /// The sizes.
    public let shape: LlamaShape
    /// The rotary frequencies.
    public let rotary: RotaryFrequencies
    /// The kind of frequency transform that made them.
    public let ropeKind: String
  }

  /// Checks a folder without reading its weights.
  ///
  /// - Throws: `UserError` as `read`.
  public static func contents(_ folder: String) throws -> Contents {
    let config = try config(folder)
    _ = try tokenizer(folder, config)
    try check(config.shape, try WeightFiles(folder: folder), folder)
    return Contents(
      family: config.family, shape: config.shape, rotary: config.rotary, ropeKind: config.ropeKind)
  }

  private static func config(_ folder: String) throws -> HuggingFaceConfig {
    let path = "\(folder)/config.json"
    return try HuggingFaceConfig(try FolderText.json(path), path: path)
  }

  /// Reads a model folder; weights of any floating-point type become float32.
  ///
  /// - Parameters:
  ///   - folder: its path.
  ///   - notice: receives a sentence for each thing that a user should know.
  /// - Returns: the model.
  /// - Throws: `UserError` that names file and key or tensor when the folder is not whole, is of an unknown
  ///   family, or would compute something that this program does not.
  public static func read(_ folder: String, notice: (String) -> Void = { _ in }) throws
    -> PlainModel
  {
    let config = try config(folder)
    config.notices.forEach(notice)
    var companions: [String: String] = [:]
    for name in companionNames {
      companions[name] = try FolderText.read("\(folder)/\(name)")
    }
    let tokenizer = try tokenizer(folder, config)
    let files = try WeightFiles(folder: folder)
    files.notices.forEach(notice)
    try check(config.shape, files, folder)
    return PlainModel(
      shape: config.shape, rotary: config.rotary, ropeKind: config.ropeKind,
      parameters: try parameters(config.shape, files, folder), tokenizer: tokenizer,
      companions: companions)
  }

  private static func tokenizer(
    _ folder: String, _ config: HuggingFaceConfig
  ) throws -> any Tokenizer {
    let path = "\(folder)/\(FileTokenizer.fileName)"
    guard FileManager.default.fileExists(atPath: path) else {
      throw UserError(
        path, "no such file",
        remedy: "Save it with AutoTokenizer.from_pretrained(...).save_pretrained(\"\(folder)\").")
    }
    return try FileTokenizer.read(
      path: path, vocabularySize: config.shape.vocabulary, documentEnd: config.documentEnd)
  }

  /// Compares the tensors that are there with those of the shape.
  private static func check(_ shape: LlamaShape, _ files: WeightFiles, _ folder: String) throws {
    var left = files.tensors
    for entry in shape.parameterLayout.entries {
      let name = TensorNames.huggingFace(entry.name)
      guard let (file, tensor) = left.removeValue(forKey: name) else {
        throw UserError(
          folder, "tensor \(name) is missing",
          remedy: "Weights and config.json do not belong together.")
      }
      guard tensor.shape == entry.shape else {
        throw UserError(
          file.path, "tensor \(name) has shape \(tensor.shape), config.json means \(entry.shape)",
          remedy: "Weights and config.json do not belong together.")
      }
    }
    if shape.tied { left.removeValue(forKey: TensorNames.huggingFace("head")) }
    if let odd = left.keys.filter({ !TensorNames.isIgnored($0) }).min() {
      throw UserError(
        folder, "tensor \(odd) is no part of the model that config.json describes",
        remedy: "This model is not supported.")
    }
  }

  private static func parameters(
    _ shape: LlamaShape, _ files: WeightFiles, _ folder: String
  ) throws -> ParameterSet {
    let layout = shape.parameterLayout
    let bytes = layout.count * MemoryLayout<Float>.stride
    let most = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    guard bytes < most else {
      throw UserError(
        folder, "its weights take \(bytes >> 30) GiB as float32, this machine has \(most >> 30)",
        remedy: "Use a smaller model of the family here, and this one where there is more memory.",
        kind: .work)
    }
    let parameters = ParameterSet(layout: layout)
    for entry in layout.entries {
      guard let (file, tensor) = files.tensors[TensorNames.huggingFace(entry.name)] else {
        continue
      }
      try file.read(tensor, into: parameters.view(entry))
    }
    if shape.tied, let (file, tensor) = files.tensors[TensorNames.huggingFace("head")] {
      try refuseOtherHead(file, tensor, parameters)
    }
    return parameters
  }

  /// A tied model may repeat its embedding as the head, but not have another one.
  private static func refuseOtherHead(
    _ file: SafeTensorsFile, _ tensor: SafeTensorsHeader.Tensor, _ parameters: ParameterSet
  ) throws {
    guard let embedding = parameters["embedding"] else { return }
    let head = AlignedFloats(count: tensor.count)
    try file.read(tensor, into: head.buffer)
    guard head.buffer.elementsEqual(embedding, by: { $0.bitPattern == $1.bitPattern }) else {
      throw UserError(
        file.path, "\(tensor.name) differs from the embedding, which config.json says it is",
        remedy: "Set tie_word_embeddings to false in config.json.")
    }
  }
}
