import Foundation
public import Kernels
import Support

/// The average of two checkpoints as a file of its own, which remembers what it was merged from.
public struct MergedModel: Sendable, Equatable {
  /// The checkpoint that gave rotary frequencies, tokenizer and recipe.
  public let first: String
  /// The checkpoint that was mixed in.
  public let second: String
  /// Share of the second one.
  public let weight: Double

  /// Writes (1 - weight) * first + weight * second as a sealed checkpoint.
  ///
  /// - Parameters:
  ///   - first: checkpoint or run folder that gives the rotary frequencies.
  ///   - second: a model of the same shape.
  ///   - weight: share of the second one, 0 to 1; beyond, extrapolation.
  ///   - file: names the checkpoint to write, from the two that were read.
  ///   - pool: threads for the work.
  ///   - notice: receives a sentence for each checkpoint that was passed over.
  /// - Returns: the file written.
  /// - Throws: `UserError` or `StoreError` when a model cannot be used, the shapes differ, or the file
  ///   cannot be written.
  public static func write(
    _ first: String, _ second: String, weight: Double, to file: (MergedModel) -> String,
    pool: ThreadPool, notice: (String) -> Void = { _ in }
  ) throws -> String {
    let model = try LoadedModel(first, pool: pool, notice: notice)
    let other = try LoadedModel(second, pool: pool, notice: notice)
    let merged = MergedModel(
      first: whole(model.path), second: whole(other.path), weight: weight)
    let path = file(merged)
    try model.write(mixedWith: other, weight: weight, state: merged.json, to: path)
    return path
  }

  private static func whole(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension MergedModel {
  /// What a merged checkpoint keeps as its state: it cannot be resumed, only started from.
  var json: String {
    JSONValue.object([
      (
        "merged",
        .object([
          ("first", .text(first)), ("second", .text(second)), ("weight", .number(weight)),
        ])
      )
    ]).line
  }

  /// Reads the state of a checkpoint; nil when it is no merged one.
  public init?(json: String) {
    guard let merged = try? JSONValue(parsing: json)["merged"],
      let first = merged["first"]?.textValue, let second = merged["second"]?.textValue,
      let weight = merged["weight"]?.numberValue
    else { return nil }
    self.init(first: first, second: second, weight: weight)
  }
}
