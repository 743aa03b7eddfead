import Foundation
import Support

/// A whole recipe with every value typed and checked.
public struct Recipe: Sendable, Equatable {
  /// Number format of a training.
  public enum Precision: String, Sendable {
    case float32
    case bfloat16
  }

  /// A data source that the recipe defines.
  public struct Source: Sendable, Equatable {
    /// The name that mixes use.
    public let name: String
    /// Its kind and settings.
    public let component: Component
    /// How its documents fill rows; nil for the rule of the stage.
    public let pack: Component?
  }

  /// When checkpoints are written and how many stay.
  public struct Checkpoints: Sendable, Equatable {
    /// Steps between checkpoints; nil for the ends of stages only.
    public let every: Int?
    /// How many stay on disk.
    public let keep: Int
  }

  /// What the backward pass computes again; see `Models.Recomputation`.
  public enum Recompute: String, Sendable, CaseIterable {
    /// Decided by the memory of the machine.
    case auto
    case none
    case selective
    case full
  }

  /// The file it was read from, as it was named.
  public let file: String
  /// The folder of that file; empty when it has none.
  public let folder: String
  /// Name of the experiment.
  public let name: String
  /// One sentence about it; empty when absent.
  public let summary: String
  /// Checkpoint or model folder to start from, as written; nil when `model` is given.
  public let base: String?
  /// Shape of a new model; nil when `base` is given.
  public let model: Component?
  /// Tokenizer; nil means the base's own.
  public let tokenizer: Component?
  /// Context to reach, in tokens.
  public let target: Int
  /// Seed of every random draw.
  public let seed: UInt64
  /// Number format of the training.
  public let precision: Precision
  /// Threads; nil for all processors.
  public let threads: Int?
  /// Stages in order; at least one.
  public let stages: [Stage]
  /// Evaluations, in order.
  public let evaluations: [Component]
  /// Sources that the recipe defines, in order.
  public let sources: [Source]
  /// When checkpoints are written.
  public let checkpoints: Checkpoints
  /// What the backward pass computes again.
  public let recompute: Recompute
  /// Variants of this recipe to compare; nil when there are none.
  public let sweep: Sweep?

  /// Where a path of the recipe leads.
  ///
  /// Relative to the recipe's folder when it exists there, else to
  /// the current folder; absolute paths and `~` are kept and expanded.
  public func resolve(_ path: String) -> String {
    Self.resolve(path, folder: folder)
  }

  static func resolve(_ path: String, folder: String) -> String {
    let expanded = (path as NSString).expandingTildeInPath
    guard !expanded.hasPrefix("/"), !folder.isEmpty else { return expanded }
    let beside = (folder as NSString).appendingPathComponent(expanded)
    return FileManager.default.fileExists(atPath: beside) ? beside : expanded
  }

  /// Every path that the recipe names, with its key path.
  public func paths(_ vocabulary: RecipeVocabulary) -> [(path: String, key: String)] {
    let checkpoints = stages.flatMap { $0.askedWeights(vocabulary) }
      .filter { !isOwnWeights($0.name) }.map { (path: $0.name, key: $0.key) }
    return (base.map { [($0, "base")] } ?? [])
      + (tokenizer?.paths(.tokenizer, vocabulary) ?? [])
      + sources.flatMap { $0.component.paths(.source, vocabulary) } + checkpoints
  }

  /// Names of the run's own weights that a stage must find when it begins: those it merges with, and those whose
  /// scores it compares.
  ///
  /// A selection that compares the base with a checkpoint is made before the run begins and needs none.
  public func neededWeights(of stage: Stage, _ vocabulary: RecipeVocabulary) -> [String] {
    let names = stage.askedWeights(vocabulary).map(\.name).filter(isOwnWeights)
    let isEarly = stage.merge == nil && names.allSatisfy { $0 == Stage.base }
    return isEarly ? [] : names
  }

  /// Whether a name means weights of the run itself: those it starts from, or those after a stage.
  public func isOwnWeights(_ name: String) -> Bool {
    name == Stage.base || stages.contains { $0.name == name }
  }

  /// The definition behind a name of a mix; nil for a built-in source.
  public func source(_ name: String) -> Source? {
    sources.first { $0.name == name }
  }
}
