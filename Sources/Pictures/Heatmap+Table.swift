import Records

extension Heatmap {
  /// The cells as comma-separated values, one a line, in the order of the columns.
  ///
  /// Columns: step (empty outside training), task, length in tokens, depth 0 ... 1, correct, trials,
  /// score 0 ... 1, and the ends of its 95 % Wilson interval.
  public var csv: String {
    var lines = ["step,task,length,depth,correct,trials,score,low,high"]
    for cell in records {
      lines.append(
        [
          cell.step.map(String.init) ?? "", Self.field(cell.task), "\(cell.length)",
          "\(cell.depth)", "\(cell.correct)", "\(cell.trials)", "\(cell.score)", "\(cell.low)",
          "\(cell.high)",
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The cells as the `needle` events of a run, one JSON object a line.
  public var json: String {
    records.map { RunRecord.needle($0).jsonLine + "\n" }.joined()
  }

  /// A text as a field of RFC 4180: quoted when it holds a comma, a quote or a line end.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
