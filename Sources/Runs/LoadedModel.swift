public import Corpora
import Foundation
public import Interchange
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

  /// Loads a checkpoint file, the newest valid checkpoint of a run folder, or a model folder of Hugging
  /// Face.
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
    tokenizer = try Tokenizers.make(description: contents.tokenizer)
    guard tokenizer.vocabularySize == description.shape.vocabulary else {
      throw UserError(
        file,
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the model "
          + "\(description.shape.vocabulary)", remedy: "Use another checkpoint.")
    }
    transformer = try Transformer(
      shape: description.shape, weights: contents.weights, plan: description.adapters, place: file,
      pool: pool)
    transformer.setRotary(description.rotary)
    self.path = file
  }
}

extension LoadedModel {
  /// Writes (1 - weight) * these weights + weight * the other's as a sealed checkpoint.
  ///
  /// Rotary frequencies, tokenizer and recipe stay this model's; adapters are merged in.
  ///
  /// - Parameters:
  ///   - other: a model of the same shape.
  ///   - weight: share of the other weights, 0 to 1.
  ///   - state: what the checkpoint keeps about its making, JSON.
  ///   - path: the checkpoint to write.
  /// - Throws: `UserError` when the shapes differ, `StoreError` when the file cannot be written.
  func write(
    mixedWith other: LoadedModel, weight: Double, state: String, to path: String
  ) throws {
    let weights = ParameterSet(layout: description.shape.parameterLayout)
    weights.values.copy(from: try plainWeights().values)
    try weights.mix(with: try other.plainWeights(), weight: weight, name: other.path)
    try write(plain: weights, state: state, to: path)
  }

  /// Writes these weights with their adapters merged in as a sealed checkpoint.
  ///
  /// - Parameters:
  ///   - original: the model whose weights were packed to 4 bits; nil takes those that the run kept
  ///     beside the checkpoint. Not looked at when nothing is packed.
  ///   - path: the checkpoint to write.
  /// - Throws: `UserError` when there are no adapters or the original is missing or another model,
  ///   `StoreError` when the file cannot be written.
  public func writeMerged(into original: LoadedModel?, to path: String) throws {
    guard let plan = description.adapters else {
      throw UserError(
        self.path, "has no adapters to merge",
        remedy: "Name a second model to average with.")
    }
    guard plan.isPacked else { return try write(plain: try plainWeights(), to: path) }
    let whole = try original.map { try $0.plainWeights() } ?? keptOriginal()
    guard whole.layout == description.shape.parameterLayout else {
      throw ParameterSet.otherShape(original?.path ?? self.path)
    }
    let merged = ParameterSet(layout: whole.layout)
    merged.values.copy(from: whole.values)
    if let adapters = contents.adapters {
      plan.merge(adapters, into: merged, pool: transformer.pool)
    }
    try write(plain: merged, to: path)
  }

  /// The model as other programs take it, adapters merged in.
  ///
  /// - Throws: `UserError` when the weights are packed, since adapters are merged in full precision.
  public func plainModel() throws -> PlainModel {
    PlainModel(
      shape: description.shape, rotary: description.rotary, ropeKind: description.ropeKind,
      parameters: try plainWeights(), tokenizer: tokenizer, companions: description.companions)
  }

  /// Writes the weights as a sealed checkpoint without optimizer, such as one that was read from a model
  /// folder of another program.
  ///
  /// - Throws: `StoreError` when the file cannot be written.
  public func write(to path: String) throws {
    _ = try Checkpoint.write(contents, to: path)
  }

  /// The weights with the adapters merged in, when that can be done without loss.
  func plainWeights() throws -> ParameterSet {
    try contents.plainWeights(description.adapters, path, pool: transformer.pool)
  }

  /// The weights before they were packed, from the run folder that the checkpoint lies in.
  private func keptOriginal() throws -> ParameterSet {
    let folder = (path as NSString).deletingLastPathComponent
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // Of several stages that packed their weights the last one up to this checkpoint's.
    let kept = try names.filter { $0.hasSuffix(TrainingRun.unpackedSuffix + ".h5") }.map {
      try Checkpoint.read("\(folder)/\($0)", moments: false)
    }
    let found = kept.filter { $0.stage <= contents.stage }.max { $0.stage < $1.stage }
    if let found { return found.parameters }
    throw UserError(
      path, "its weights are in 4 bits, and those from before are not beside it",
      remedy: "Name the model that it was trained from with --onto.")
  }

  private func write(
    plain weights: ParameterSet, state: String = "{}", to path: String
  ) throws {
    var plain = contents
    plain.parameters = weights
    plain.packed = []
    plain.adapters = nil
    plain.moments = nil
    plain.state = state
    var description = description
    description.adapters = nil
    plain.modelShape = try description.json
    _ = try Checkpoint.write(plain, to: path)
  }
}

extension CheckpointContents {
  /// Everything that a model's passes read.
  var weights: ModelWeights {
    ModelWeights(parameters: parameters, packed: packed, adapters: adapters)
  }

  /// The weights with the adapters merged in; the adapters stay as they are.
  ///
  /// - Throws: `UserError` when the weights are packed, since adapters are merged in full precision.
  func plainWeights(_ plan: AdapterPlan?, _ path: String, pool: ThreadPool) throws -> ParameterSet {
    guard let plan, let adapters else { return parameters }
    guard !plan.isPacked else {
      throw UserError(
        path, "its weights are in 4 bits with adapters beside them",
        remedy: "Write a plain model with `needlepoint merge \(path) --out FILE` first.")
    }
    let whole = ParameterSet(layout: parameters.layout)
    whole.values.copy(from: parameters.values)
    plan.merge(adapters, into: whole, pool: pool)
    return whole
  }
}
