public import Records
import Support

extension Heatmap {
  /// The map that another one is held against.
  public struct Reference: Sendable, Equatable {
    /// Run and step, for captions.
    public let title: String
    /// Its cells.
    public let records: [NeedleRecord]

    /// A reference of these cells.
    public init(title: String, records: [NeedleRecord]) {
      self.title = title
      self.records = records
    }

    /// The cell at the same place; nil when it was not run.
    func cell(like cell: NeedleRecord) -> NeedleRecord? {
      records.last {
        $0.task == cell.task && $0.length == cell.length && abs($0.depth - cell.depth) < 1e-6
      }
    }

    /// How a cell differs from its like; nil where one of them was not run.
    func change(of cell: NeedleRecord) -> ProportionDifference? { change(of: [cell]) }

    /// How cells taken together differ from their likes; nil unless all have been run.
    func change(of cells: [NeedleRecord]) -> ProportionDifference? {
      let others = cells.compactMap(cell(like:))
      guard !cells.isEmpty, others.count == cells.count else { return nil }
      func pooled(_ cells: [NeedleRecord]) -> Proportion {
        Proportion(cells.reduce(0) { $0 + $1.correct }, of: cells.reduce(0) { $0 + $1.trials })
      }
      let (here, there) = (pooled(cells), pooled(others))
      guard here.trials > 0, there.trials > 0 else { return nil }
      return ProportionDifference(here, against: there)
    }
  }

  /// How a cell differs from the reference; nil where one of them was not run.
  func difference(column: Int, row: Int) -> ProportionDifference? {
    cell(column: column, row: row).flatMap { reference?.change(of: $0) }
  }

  /// How the cells of a column together differ from the reference.
  func difference(column: Int) -> ProportionDifference? {
    reference?.change(of: depths.indices.compactMap { cell(column: column, row: $0) })
  }

  /// How the cells of a row together differ from the reference.
  func difference(row: Int) -> ProportionDifference? {
    reference?.change(of: lengths.indices.compactMap { cell(column: $0, row: row) })
  }

  /// How all cells together differ from the reference.
  var difference: ProportionDifference? { reference?.change(of: records) }
}
