public import Records
import Terminal

/// One needle evaluation of a run: the cells of one step and task, filled as they come.
public struct NeedleEvaluation: Sendable, Equatable {
  /// Which evaluation of which run is meant.
  public struct Key: Hashable, Sendable {
    /// Name of the run; empty for the one on screen.
    public let run: String
    /// Step of the evaluation; nil outside training.
    public let step: Int?

    /// The key of an evaluation.
    public init(run: String = "", step: Int?) {
      self.run = run
      self.step = step
    }
  }

  /// Name of the run; empty for the one on screen.
  public var run = ""
  /// Step of the evaluation; nil outside training.
  public let step: Int?
  /// `keyed` or `single`.
  public let task: String
  /// Cells in the order they came; one for each length and depth.
  public private(set) var cells: [NeedleRecord] = []

  /// An evaluation without cells.
  public init(step: Int?, task: String) {
    self.step = step
    self.task = task
  }

  /// What tells it from the others of its task.
  public var key: Key { Key(run: run, step: step) }

  /// Run and step in words: `@150`, `A 016-pose @200`.
  public var title: String {
    let at = step.map { "@" + Format.count($0) } ?? "at the start"
    return run.isEmpty ? at : "\(run) \(at)"
  }

  /// Adds a cell, or replaces the one of the same length and depth.
  public mutating func add(_ cell: NeedleRecord) {
    if let index = cells.firstIndex(where: { $0.length == cell.length && $0.depth == cell.depth }) {
      cells[index] = cell
    } else {
      cells.append(cell)
    }
  }

  /// The cell at a length and depth, nil when it has not run.
  public func cell(length: Int, depth: Double) -> NeedleRecord? {
    cells.first { $0.length == length && abs($0.depth - depth) < 1e-9 }
  }

  /// Trials answered right and made over the cells that `include` accepts.
  public func total(where include: (NeedleRecord) -> Bool = { _ in true }) -> (
    correct: Int, trials: Int
  ) {
    cells.reduce((0, 0)) { sum, cell in
      include(cell) ? (sum.0 + cell.correct, sum.1 + cell.trials) : sum
    }
  }
}

/// The rows and columns of a heatmap: every length and depth that a task has shown in the run.
public struct NeedleAxes: Sendable, Equatable {
  /// Context lengths in tokens, rising.
  public private(set) var lengths: [Int] = []
  /// Depths from 0 (start) to 1 (end), rising.
  public private(set) var depths: [Double] = []

  /// Axes without cells.
  public init(lengths: [Int] = [], depths: [Double] = []) {
    self.lengths = Array(Set(lengths)).sorted()
    for depth in depths { insert(depth) }
  }

  /// Widens the axes so that the cell has a place.
  public mutating func include(_ cell: NeedleRecord) {
    if !lengths.contains(cell.length) {
      lengths.append(cell.length)
      lengths.sort()
    }
    insert(cell.depth)
  }

  /// These axes with the places of others.
  public func union(_ others: NeedleAxes) -> NeedleAxes {
    NeedleAxes(lengths: lengths + others.lengths, depths: depths + others.depths)
  }

  private mutating func insert(_ depth: Double) {
    guard !depths.contains(where: { abs($0 - depth) < 1e-9 }) else { return }
    depths.append(depth)
    depths.sort()
  }
}
