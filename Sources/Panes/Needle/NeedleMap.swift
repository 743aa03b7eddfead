public import Records

/// A heatmap as the needle screen shows it: one evaluation over the axes of its task.
public struct NeedleMap: Sendable, Equatable {
  /// Where a shown value comes from.
  public enum Age: Sendable, Equatable {
    /// Measured in the shown evaluation.
    case current
    /// Not measured yet; the value is that of an earlier evaluation.
    case older(step: Int?)
  }

  /// All evaluations of the task, oldest first.
  public let evaluations: [NeedleEvaluation]
  /// Index of the shown one.
  public let shown: Int
  /// Rows and columns.
  public let axes: NeedleAxes
  /// Context the base was trained at, in tokens; nil when unknown.
  public let trained: Int?
  /// Context the recipe aims at, in tokens; nil when unknown.
  public let target: Int?

  /// A map of one of a task's evaluations; `shown` is clamped.
  public init(
    evaluations: [NeedleEvaluation], shown: Int, axes: NeedleAxes, trained: Int?, target: Int?
  ) {
    self.evaluations = evaluations
    self.shown = max(0, min(shown, evaluations.count - 1))
    self.axes = axes
    self.trained = trained
    self.target = target
  }

  /// The shown evaluation; nil when there is none.
  public var evaluation: NeedleEvaluation? {
    evaluations.indices.contains(shown) ? evaluations[shown] : nil
  }

  /// The cell at a column and row and where it comes from; nil when it has never run.
  public func cell(_ column: Int, _ row: Int) -> (record: NeedleRecord, age: Age)? {
    guard axes.lengths.indices.contains(column), axes.depths.indices.contains(row) else {
      return nil
    }
    let (length, depth) = (axes.lengths[column], axes.depths[row])
    for index in evaluations.indices.prefix(shown + 1).reversed() {
      if let record = evaluations[index].cell(length: length, depth: depth) {
        return (record, index == shown ? .current : .older(step: evaluations[index].step))
      }
      // Only the evaluation just before may stand in: anything older would mislead.
      if index < shown - 1 { break }
    }
    return nil
  }

  /// The same cell in every evaluation so far, oldest first.
  public func course(_ column: Int, _ row: Int) -> [NeedleRecord] {
    guard axes.lengths.indices.contains(column), axes.depths.indices.contains(row) else {
      return []
    }
    return evaluations.compactMap {
      $0.cell(length: axes.lengths[column], depth: axes.depths[row])
    }
  }
}
