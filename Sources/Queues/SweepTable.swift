import Foundation
public import Records
public import Support

/// What the arms of a sweep reached: a row for each measure, a column for each arm.
public struct SweepTable: Sendable {
  /// One measure of one arm.
  public struct Cell: Sendable, Equatable {
    /// The figures of its runs, in the order of the seeds.
    public let values: [Double]
    /// Right answers of all its runs, for measures that count answers.
    public let pooled: Proportion?

    /// Mean over the runs.
    public var mean: Double { values.reduce(0, +) / Double(values.count) }

    /// Standard error of the mean: of the spread over the runs, or of chance in the answers when that is
    /// larger, since few runs may agree by luck; nil for one run of a measure without answers.
    public var standardError: Double? {
      let count = Double(values.count)
      let spread =
        values.count < 2
        ? nil
        : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count).squareRoot()
      let chance = pooled.map { ($0.high - $0.low) / (2 * 1.959963984540054) }
      return [spread, chance].compactMap(\.self).max()
    }
  }

  /// A measure.
  public struct Row: Sendable, Equatable {
    /// What is measured.
    public let name: String
    /// True for shares from 0 to 1, which are shown in percent.
    public let isShare: Bool
    /// The arms' figures; nil where an arm has none.
    public let cells: [Cell?]
  }

  /// Names of the arms.
  public let arms: [String]
  /// Finished runs of each arm.
  public let runs: [Int]
  /// The measures.
  public let rows: [Row]

  /// The table of finished runs.
  ///
  /// - Parameters:
  ///   - arms: names of the arms in order.
  ///   - results: records of each finished run, with its arm.
  public init(arms: [String], results: [(arm: String, records: [RunRecord])]) {
    self.arms = arms
    let measures = arms.map { arm in
      results.filter { $0.arm == arm }.map { RunMeasures($0.records) }
    }
    runs = measures.map(\.count)
    var names: [String] = []
    for measure in measures.joined() {
      for figure in measure.figures where !names.contains(figure.name) { names.append(figure.name) }
    }
    rows = names.map { name in
      let figures = measures.map { runs in
        runs.compactMap { run in run.figures.first { $0.name == name } }
      }
      return Row(
        name: name, isShare: figures.joined().contains { $0.isShare },
        cells: figures.map { Self.cell($0) })
    }
  }

  private static func cell(_ figures: [RunMeasures.Figure]) -> Cell? {
    guard !figures.isEmpty else { return nil }
    let answers = figures.compactMap(\.answers)
    let pooled =
      answers.count == figures.count
      ? Proportion(
        answers.reduce(0) { $0 + $1.correct }, of: answers.reduce(0) { $0 + $1.trials }) : nil
    return Cell(values: figures.map(\.value), pooled: pooled)
  }

  /// Whether an arm differs from the first by more than two standard errors of the difference.
  public func isClear(_ row: Row, _ arm: Int) -> Bool {
    guard arm > 0, let here = row.cells[arm], let first = row.cells[0],
      let error = here.standardError, let other = first.standardError
    else { return false }
    return abs(here.mean - first.mean) > 2 * (error * error + other * other).squareRoot()
  }

  /// A cell as shown: `99.0 ± 0.4`, with a star when it is clearly not the first arm's.
  public func text(_ row: Row, _ arm: Int) -> String {
    guard let cell = row.cells[arm] else { return "-" }
    let scale = row.isShare ? 100.0 : 1
    let digits = row.isShare ? 1 : abs(cell.mean) < 10 ? 3 : 1
    func number(_ value: Double) -> String { String(format: "%.\(digits)f", scale * value) }
    let error = cell.standardError.map { " ± " + number($0) } ?? ""
    return number(cell.mean) + error + (isClear(row, arm) ? " *" : "")
  }

  /// As a table for Markdown pages.
  public var markdown: String {
    let head = ["| |"] + arms.enumerated().map { " \($1) (\(runs[$0])) |" }
    let lines = rows.map { row in
      "| \(row.name)\(row.isShare ? ", %" : "") |"
        + arms.indices.map { " \(text(row, $0)) |" }.joined()
    }
    let rule = "|" + String(repeating: "---|", count: arms.count + 1)
    return ([head.joined(), rule] + lines).joined(separator: "\n") + "\n"
  }

  /// As comma-separated values, one line for each run's figure.
  public var csv: String {
    var lines = ["measure,arm,run,value"]
    for row in rows {
      for (arm, cell) in zip(arms, row.cells) {
        for (run, value) in (cell?.values ?? []).enumerated() {
          lines.append("\"\(row.name)\",\(arm),\(run + 1),\(value)")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
