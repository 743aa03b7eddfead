import Corpora
import Foundation
import Interchange
import Kernels
import Models
import RunStore
import Support
import Tensors

/// What a MODEL argument may name.
enum ModelPath {
  /// The checkpoint that a path means: the file itself, the newest valid one of a run folder, or what a
  /// model folder of Hugging Face would be as one.
  ///
  /// - Throws: `UserError` when nothing is there or it is no checkpoint; `StoreError`.
  static func read(
    _ path: String, notice: (String) -> Void
  ) throws -> (file: String, contents: CheckpointContents) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(
        path, "no such file or folder",
        remedy: "Name a checkpoint (.h5), a run folder or a Hugging Face folder.")
    }
    if isFolder.boolValue, !RunReader.isRun(path), HuggingFaceFolder.isOne(path) {
      return (path, try CheckpointContents(try HuggingFaceFolder.read(path, notice: notice)))
    }
    if isFolder.boolValue {
      let found = try RunReader(path).newestCheckpoint()
      for text in found.notices { notice(text) }
      return (found.path, found.contents)
    }
    guard path.hasSuffix(".h5") else {
      throw UserError(
        path, "not a checkpoint, whose name ends in .h5",
        remedy: "Name a checkpoint, a run folder or a Hugging Face folder.")
    }
    return (path, try Checkpoint.read(path, moments: false))
  }

  /// The weights of a MODEL, with adapters merged in.
  ///
  /// - Throws: as `read`, and when the weights are packed.
  static func plain(
    _ path: String, pool: ThreadPool, notice: (String) -> Void
  ) throws -> ParameterSet {
    let (file, contents) = try read(path, notice: notice)
    // Without adapters it is the caller's to compare the tensors with those it has.
    guard contents.adapters != nil else { return contents.parameters }
    let description = try ModelDescription(json: contents.modelShape, path: file)
    try contents.weights.check(description.shape, description.adapters, place: file)
    return try contents.plainWeights(description.adapters, file, pool: pool)
  }
}

extension CheckpointContents {
  /// A model of another program as a checkpoint at step 0.
  init(_ model: PlainModel) throws {
    self.init(
      step: 0, stage: 0,
      modelShape: try ModelDescription(
        shape: model.shape, rotary: model.rotary, ropeKind: model.ropeKind,
        companions: model.companions
      ).json, tokenizer: model.tokenizer.description, recipe: "", state: "{}",
      parameters: model.parameters)
  }
}
