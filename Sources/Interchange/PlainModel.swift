public import Corpora
public import Models
public import Positions
public import Tensors

/// A model between this program and others: sizes, angles, weights in full precision and the tokenizer.
public struct PlainModel: Sendable {
  /// The sizes; `trainedContext` is the longest context it was trained for.
  public var shape: LlamaShape
  /// The rotary frequencies in use.
  public var rotary: RotaryFrequencies
  /// The kind of frequency transform that made them, such as `yarn`.
  public var ropeKind: String
  /// The weights in the layout of `shape`.
  public var parameters: ParameterSet
  /// The tokenizer.
  public var tokenizer: any Tokenizer
  /// Texts of the foreign folder it came from by file name, such as `config.json`, to be written back;
  /// empty when it was made here.
  public var companions: [String: String]

  /// A model of these parts.
  public init(
    shape: LlamaShape, rotary: RotaryFrequencies, ropeKind: String, parameters: ParameterSet,
    tokenizer: any Tokenizer, companions: [String: String] = [:]
  ) {
    self.shape = shape
    self.rotary = rotary
    self.ropeKind = ropeKind
    self.parameters = parameters
    self.tokenizer = tokenizer
    self.companions = companions
  }
}
