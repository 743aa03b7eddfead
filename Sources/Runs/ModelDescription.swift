import Foundation
public import Models
public import Positions
import Support

/// What a checkpoint says of its model: the sizes, and the rotary angles that it works with.
public struct ModelDescription: Sendable, Equatable, Codable {
  /// The sizes; `trainedContext` is the longest context it was trained for.
  public var shape: LlamaShape
  /// The rotary frequencies in use.
  public var rotary: RotaryFrequencies
  /// The kind of frequency transform that made them, such as `abf`.
  public var ropeKind: String
  /// The adapters beside the weights; nil without.
  public var adapters: AdapterPlan?
  /// Texts of the model folder of another program that its weights began in, by file name; they are written
  /// back at an export.
  public var companions: [String: String]

  /// A description of these parts.
  public init(
    shape: LlamaShape, rotary: RotaryFrequencies, ropeKind: String, adapters: AdapterPlan? = nil,
    companions: [String: String] = [:]
  ) {
    self.shape = shape
    self.rotary = rotary
    self.ropeKind = ropeKind
    self.adapters = adapters
    self.companions = companions
  }

  /// A new model with plain rotary frequencies.
  public init(shape: LlamaShape) {
    self.init(
      shape: shape, rotary: RotaryFrequencies(headWidth: shape.headWidth, base: shape.ropeBase),
      ropeKind: "none")
  }

  private struct Stored: Codable {
    var shape: LlamaShape
    var ropeKind: String
    var inverseFrequencies: [Double]
    var attentionFactor: Double
    var base: Double
    /// Absent for none.
    var startTokens: Int?
    var adapters: AdapterPlan?
    /// Absent for none.
    var companions: [Companion]?
  }

  // A list: the names of files are no keys that may change their case.
  private struct Companion: Codable {
    var file: String
    var text: String
  }

  /// The description as one line of JSON.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.sortedKeys]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Reads what `json` wrote.
  ///
  /// - Parameters:
  ///   - json: the text in the checkpoint.
  ///   - path: the checkpoint, for the error.
  /// - Throws: `UserError` when the text is no description or its sizes do not fit together.
  public init(json: String, path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let value = try? decoder.decode(Self.self, from: Data(json.utf8)) else {
      throw UserError(
        path, "the description of the model is not readable",
        remedy: "Use a checkpoint of this program.")
    }
    try value.shape.validate()
    guard value.rotary.inverse.count == value.shape.headWidth / 2 else {
      throw UserError(
        path,
        "\(value.rotary.inverse.count) rotary frequencies found, "
          + "\(value.shape.headWidth / 2) expected", remedy: "Use another checkpoint.")
    }
    if let plan = value.adapters, plan.rank < 1 || plan.rank > value.shape.width * 64 {
      throw UserError(
        path, "adapters of rank \(plan.rank) found", remedy: "Use another checkpoint.")
    }
    self = value
  }

  /// Reads the flat form.
  public init(from decoder: any Decoder) throws {
    let stored = try Stored(from: decoder)
    self.init(
      shape: stored.shape,
      rotary: RotaryFrequencies(
        inverse: stored.inverseFrequencies, attentionFactor: stored.attentionFactor,
        base: stored.base, startTokens: stored.startTokens ?? 0), ropeKind: stored.ropeKind,
      adapters: stored.adapters,
      companions: (stored.companions ?? []).reduce(into: [:]) { $0[$1.file] = $1.text })
  }

  /// Writes the flat form.
  public func encode(to encoder: any Encoder) throws {
    let stored = Stored(
      shape: shape, ropeKind: ropeKind, inverseFrequencies: rotary.inverse,
      attentionFactor: rotary.attentionFactor, base: rotary.base,
      startTokens: rotary.startTokens > 0 ? rotary.startTokens : nil, adapters: adapters,
      companions: companions.isEmpty
        ? nil
        : companions.sorted { $0.key < $1.key }.map { Companion(file: $0.key, text: $0.value) })
    try stored.encode(to: encoder)
  }
}

extension Transformer {
  /// Sets the rotary angles that frequencies describe.
  public func setRotary(_ frequencies: RotaryFrequencies) {
    setRotary(
      inverseFrequencies: frequencies.inverse, attentionFactor: frequencies.attentionFactor,
      start: frequencies.startTokens > 0
        ? (frequencies.startTokens, frequencies.startInverse) : nil)
  }
}
