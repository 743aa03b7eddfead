public import Support

/// A checkpoint file outside of run folders: a base, or the product of a merge.
public struct ModelFile: Sendable, Equatable {
  /// Its file.
  public var path: String
  /// Step of the run that it was saved in.
  public var step: Int
  /// The checkpoints that it was merged from, first the one that gave the rotary frequencies; empty
  /// for one that was not merged.
  public var parents: [String]
  /// Share of the second one.
  public var weight: Double?

  /// A file of these values.
  public init(path: String, step: Int, parents: [String] = [], weight: Double? = nil) {
    self.path = path
    self.step = step
    self.parents = parents
    self.weight = weight
  }
}

/// Which run started from which checkpoint: a tree as rows of text, every child below its parent.
public struct Lineage: Sendable, Equatable {
  /// What a row stands for.
  public enum Kind: Sendable, Equatable {
    /// A run with its status.
    case run(String)
    /// A checkpoint of a run, or a file of its own.
    case checkpoint
    /// Weights of two parents.
    case merge
  }

  /// One row.
  public struct Row: Sendable, Equatable {
    /// What it stands for.
    public var kind: Kind
    /// Lines of the tree before it.
    public var tree = ""
    /// Its name.
    public var title: String
    /// What tells it apart from runs of the same name; empty where the name does.
    public var tail = ""
    /// More about where it comes from.
    public var note = ""
    /// The step it stands at.
    public var step: Int?
    /// Last loss in nats.
    public var loss: Double?
    /// Right answers at the target.
    public var needle: Proportion?
    /// The checkpoint that a run can start from and that can be merged; nil when there is none.
    public var model: String?
    /// What that checkpoint is called where the tree is not in sight.
    public var name = ""
    /// Folder of the run.
    public var run: String?
  }

  /// The rows from the roots down, files before runs and newer runs before older ones.
  public private(set) var rows: [Row] = []

  /// The tree of some runs and files.
  ///
  /// - Parameters:
  ///   - runs: newest first, as they are listed.
  ///   - files: checkpoints beside the run folders.
  public init(runs: [RunSummary], files: [ModelFile]) {
    var tree = LineageTree()
    let tails = RunNames.tails(of: runs)
    for run in runs { tree.add(run, tail: tails[run.path] ?? "") }
    for file in files { tree.add(file) }
    for run in runs {
      if let base = run.base { tree.attach(run.path, to: base, isRun: true) }
    }
    for file in files {
      if let parent = file.parents.first { tree.attach(file.path, to: parent, isRun: false) }
    }
    rows = tree.rows
  }
}
