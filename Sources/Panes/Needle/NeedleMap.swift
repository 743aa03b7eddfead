public import Records
public import Support

/// A heatmap as the needle screen shows it: one evaluation over the axes of its task, or how it
/// differs from another one.
public struct NeedleMap: Sendable, Equatable {
  /// Where a shown value comes from.
  public enum Age: Sendable, Equatable {
    /// Measured in the shown evaluation.
    case current
    /// Not measured yet; the value is that of an earlier evaluation.
    case older(step: Int?)
  }

  /// All evaluations of the task: those of the shown run oldest first, then those of marked runs.
  public let evaluations: [NeedleEvaluation]
  /// Index of the shown one.
  public let shown: Int
  /// Rows and columns.
  public let axes: NeedleAxes
  /// Context the base was trained at, in tokens; nil when unknown.
  public let trained: Int?
  /// Context the recipe aims at, in tokens; nil when unknown.
  public let target: Int?
  /// What the shown evaluation is held against; nil shows it alone.
  public let reference: NeedleEvaluation?

  /// A map of one of a task's evaluations; `shown` is clamped.
  public init(
    evaluations: [NeedleEvaluation], shown: Int, axes: NeedleAxes, trained: Int?, target: Int?,
    reference: NeedleEvaluation? = nil
  ) {
    self.reference = reference
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
      guard evaluations[index].run == evaluation?.run else { break }
      if let record = evaluations[index].cell(length: length, depth: depth) {
        return (record, index == shown ? .current : .older(step: evaluations[index].step))
      }
      // Only the evaluation just before may stand in: anything older would mislead.
      if index < shown - 1 { break }
    }
    return nil
  }

  /// How the shown evaluation differs from the reference over some cells; nil unless both have
  /// measured all that either has.
  public func difference(_ cells: [(column: Int, row: Int)]) -> ProportionDifference? {
    guard let evaluation, let reference else { return nil }
    var totals = (shown: (0, 0), reference: (0, 0))
    for (column, row) in cells {
      guard axes.lengths.indices.contains(column), axes.depths.indices.contains(row) else {
        continue
      }
      let (length, depth) = (axes.lengths[column], axes.depths[row])
      let here = evaluation.cell(length: length, depth: depth)
      let there = reference.cell(length: length, depth: depth)
      guard let here, let there else {
        if here == nil, there == nil { continue }
        return nil
      }
      totals.shown = (totals.shown.0 + here.correct, totals.shown.1 + here.trials)
      totals.reference = (totals.reference.0 + there.correct, totals.reference.1 + there.trials)
    }
    let (shown, other) = (totals.shown, totals.reference)
    guard shown.1 > 0, other.1 > 0, (0...shown.1).contains(shown.0), (0...other.1).contains(other.0)
    else { return nil }
    return ProportionDifference(
      Proportion(shown.0, of: shown.1), against: Proportion(other.0, of: other.1))
  }

  /// The same cell in every evaluation of the shown run so far, oldest first.
  public func course(_ column: Int, _ row: Int) -> [NeedleRecord] {
    guard axes.lengths.indices.contains(column), axes.depths.indices.contains(row) else {
      return []
    }
    return evaluations.filter { $0.run == evaluation?.run }.compactMap {
      $0.cell(length: axes.lengths[column], depth: axes.depths[row])
    }
  }
}
