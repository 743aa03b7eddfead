/// Columns of text for people who read a pipe: as wide as they need, two blanks between them.
enum PlainTable {
  /// The rows as lines; columns of numbers are set flush right.
  ///
  /// - Parameters:
  ///   - rows: cells of equal number.
  ///   - texts: columns that are set flush left.
  /// - Returns: one line a row, without blanks at its end.
  static func lines(_ rows: [[String]], texts: Set<Int> = [0]) -> [String] {
    guard let count = rows.map(\.count).max() else { return [] }
    let widths = (0..<count).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return texts.contains(column) ? cell + blanks : blanks + cell
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
