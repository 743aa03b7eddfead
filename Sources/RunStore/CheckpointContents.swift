public import Tensors

/// Everything that a checkpoint keeps.
public struct CheckpointContents: Sendable {
  /// The format that this version writes, and the newest that it reads.
  public static let currentFormat = 1

  /// Format of the file it came from; written files always have `currentFormat`.
  public var formatVersion = CheckpointContents.currentFormat
  /// Optimizer steps done in the whole run.
  public var step: Int
  /// Number of the stage, from 0.
  public var stage: Int
  /// Sizes of the model, JSON.
  public var modelShape: String
  /// Description of the tokenizer, JSON.
  public var tokenizer: String
  /// The resolved recipe, YAML.
  public var recipe: String
  /// What an exact resume needs beside numbers (cursors, random streams, schedule ...), JSON.
  public var state: String
  /// The weights; without those in `packed`.
  public var parameters: ParameterSet
  /// Weights in few bits.
  public var packed: [PackedTensor]
  /// Adapters beside the weights; nil without.
  public var adapters: ParameterSet?
  /// AdamW's moments, each in the layout of the adapters when there are any, else of the parameters;
  /// nil in weights-only files.
  public var moments: (first: AlignedFloats, second: AlignedFloats)?
  /// Length of `records.jsonl` at the save, in bytes; a run folder sets it, 0 elsewhere.
  public var recordsLength = 0

  /// Contents of these values.
  public init(
    step: Int,
    stage: Int,
    modelShape: String,
    tokenizer: String,
    recipe: String,
    state: String,
    parameters: ParameterSet,
    packed: [PackedTensor] = [],
    adapters: ParameterSet? = nil,
    moments: (first: AlignedFloats, second: AlignedFloats)? = nil
  ) {
    self.step = step
    self.stage = stage
    self.modelShape = modelShape
    self.tokenizer = tokenizer
    self.recipe = recipe
    self.state = state
    self.parameters = parameters
    self.packed = packed
    self.adapters = adapters
    self.moments = moments
  }

  /// Where the moments' numbers lie.
  var trainedLayout: TensorLayout { (adapters ?? parameters).layout }

  /// SHA-256 of the recipe in hexadecimal digits.
  public var recipeHash: String { TextDigest.sha256(recipe) }
}

/// What a checkpoint holds, without its numbers: for `info` and the workbench.
public struct CheckpointDescription: Sendable, Equatable {
  /// Its file.
  public var path: String
  /// Size of the file in bytes.
  public var bytes: Int
  /// SHA-256 of the file in hexadecimal digits.
  public var sha256: String
  /// Version of its format.
  public var formatVersion: Int
  /// Optimizer steps done in the whole run.
  public var step: Int
  /// Number of the stage, from 0.
  public var stage: Int
  /// The `name` of its recipe; empty when the recipe has none.
  public var recipeName: String
  /// SHA-256 of its recipe in hexadecimal digits.
  public var recipeHash: String
  /// SHA-256 of the checkpoint before it; empty for a first one.
  public var previous: String
  /// Names, shapes and axes of the parameters, in the order of memory.
  public var layout: TensorLayout
  /// Weights in all, padding not counted, adapters neither.
  public var parameterCount: Int
  /// Weights of the adapters.
  public var adapterCount: Int
  /// Whether the optimizer's moments are in it.
  public var hasMoments: Bool
  /// Sizes of the model, JSON.
  public var modelShape: String
  /// Description of the tokenizer, JSON.
  public var tokenizer: String
  /// The resolved recipe, YAML.
  public var recipe: String
  /// Length of `records.jsonl` at the save, in bytes.
  public var recordsLength: Int
  /// True when the seal and the digest of every dataset were checked and fit.
  public var isVerified: Bool
}
