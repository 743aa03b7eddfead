/// The needle cells of a run, each place of an evaluation once.
///
/// An evaluation is told again after a stop that cut it short, and at the end of a run whose last stage
/// changes the weights without a step: what comes later replaces what was told before.
public struct NeedleCells: Sendable {
  private struct Place: Hashable {
    let step: Int?
    let task: String
    let length: Int
    let depth: Double
  }

  private var indices: [Place: Int] = [:]
  /// The cells in the order in which their places were first told.
  public private(set) var all: [NeedleRecord] = []

  /// No cells.
  public init() {}

  /// Adds a cell in place of the one of the same step, task, length and depth.
  ///
  /// - Returns: the cell that stood there; nil when there was none.
  @discardableResult
  public mutating func add(_ cell: NeedleRecord) -> NeedleRecord? {
    let place = Place(step: cell.step, task: cell.task, length: cell.length, depth: cell.depth)
    guard let index = indices[place] else {
      indices[place] = all.count
      all.append(cell)
      return nil
    }
    defer { all[index] = cell }
    return all[index]
  }
}
