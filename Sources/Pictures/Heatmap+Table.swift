import Records
import Support

extension Heatmap {
  /// The cells as comma-separated values, one a line, in the order of the columns.
  ///
  /// With a reference its right answers and trials follow, the difference of the shares, and whether
  /// the intervals do not overlap. Columns: step (empty outside training), task, length in tokens, depth 0 ... 1, correct, trials,
  /// score 0 ... 1, and the ends of its 95 % Wilson interval.
  public var csv: String {
    let more = reference == nil ? "" : ",reference_correct,reference_trials,difference,clear"
    var lines = ["step,task,length,depth,correct,trials,score,low,high" + more]
    for cell in records {
      let other = reference.map { reference in
        guard let change = reference.change(of: cell) else { return ",,,," }
        let there = change.reference
        return ",\(there.correct),\(there.trials),\(change.value),\(change.isClear)"
      }
      lines.append(
        [
          cell.step.map(String.init) ?? "", Self.field(cell.task), "\(cell.length)",
          "\(cell.depth)", "\(cell.correct)", "\(cell.trials)", "\(cell.score)", "\(cell.low)",
          "\(cell.high)",
        ].joined(separator: ",") + (other ?? ""))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The cells as the `needle` events of a run, one JSON object a line.
  public var json: String {
    records.map { RunRecord.needle($0).jsonLine + "\n" }.joined()
  }

  /// A text as a field of RFC 4180: quoted when it holds a comma, a quote or a line end.
  static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
