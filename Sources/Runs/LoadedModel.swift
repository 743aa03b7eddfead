public import Corpora
import Foundation
public import Kernels
public import Models
public import RunStore
import Support
import Tensors

/// A model that was saved, ready to score text: the MODEL of the command line.
public struct LoadedModel {
  /// The model, its rotary angles set as it was trained to use them.
  public let transformer: Transformer
  /// Its tokenizer.
  public let tokenizer: any Tokenizer
  /// Sizes and rotary frequencies.
  public let description: ModelDescription
  /// Everything else that the checkpoint keeps; moments are left on the disk.
  public let contents: CheckpointContents
  /// The checkpoint's file.
  public let path: String

  /// Loads a checkpoint file, or the newest valid checkpoint of a run folder.
  ///
  /// - Parameters:
  ///   - path: as the user named it.
  ///   - pool: threads for the work.
  ///   - notice: receives a sentence for each checkpoint that was passed over.
  /// - Throws: `UserError` or `StoreError` when there is no such file, or it is not whole, or it is of
  ///   another model.
  public init(
    _ path: String, pool: ThreadPool, notice: (String) -> Void = { _ in }
  ) throws {
    let (file, contents) = try ModelPath.read(path, notice: notice)
    self.contents = contents
    description = try ModelDescription(json: contents.modelShape, path: file)
    guard description.shape.parameterLayout == contents.parameters.layout else {
      throw UserError(
        file, "the tensors are not those of the model it describes",
        remedy: "Use another checkpoint.")
    }
    tokenizer = try Tokenizers.make(description: contents.tokenizer)
    guard tokenizer.vocabularySize == description.shape.vocabulary else {
      throw UserError(
        file,
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the model "
          + "\(description.shape.vocabulary)", remedy: "Use another checkpoint.")
    }
    transformer = Transformer(shape: description.shape, pool: pool)
    transformer.parameters.values.copy(from: contents.parameters.values)
    transformer.setRotary(description.rotary)
    self.path = file
  }
}

extension LoadedModel {
  /// Writes (1 - weight) * these weights + weight * the other's as a sealed checkpoint.
  ///
  /// Rotary frequencies, tokenizer and recipe stay this model's.
  ///
  /// - Parameters:
  ///   - other: a model of the same shape.
  ///   - weight: share of the other weights, 0 to 1.
  ///   - path: the checkpoint to write.
  /// - Throws: `UserError` when the shapes differ, `StoreError` when the file cannot be written.
  public func write(mixedWith other: LoadedModel, weight: Double, to path: String) throws {
    var mixed = contents
    mixed.parameters = ParameterSet(layout: contents.parameters.layout)
    mixed.parameters.values.copy(from: contents.parameters.values)
    try mixed.parameters.mix(with: other.contents.parameters, weight: weight, name: other.path)
    mixed.moments = nil
    mixed.state = "{}"
    _ = try Checkpoint.write(mixed, to: path)
  }
}

/// What a MODEL argument may name.
enum ModelPath {
  /// The checkpoint that a path means: the file itself, or the newest valid one of a run folder.
  ///
  /// - Throws: `UserError` when nothing is there or it is no checkpoint; `StoreError`.
  static func read(
    _ path: String, notice: (String) -> Void
  ) throws -> (file: String, contents: CheckpointContents) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(
        path, "no such file or folder", remedy: "Name a checkpoint (.h5) or a run folder.")
    }
    if isFolder.boolValue {
      let found = try RunReader(path).newestCheckpoint()
      for text in found.notices { notice(text) }
      return (found.path, found.contents)
    }
    guard path.hasSuffix(".h5") else {
      throw UserError(
        path, "not a checkpoint, whose name ends in .h5",
        remedy: "Name a checkpoint or a run folder.")
    }
    return (path, try Checkpoint.read(path, moments: false))
  }
}
