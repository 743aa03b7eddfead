public import ArgumentParser
public import Panes
import Records
import Support
import Terminal

/// `needlepoint compare RUN RUN..`: runs side by side.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: fields that differ, results at equal budget.",
    discussion: """
      Results are those of the last step, and of the last evaluation before it, at which a run had \
      spent no more than the run that spent least. Changes are to the first run; a star marks those \
      whose 95 % intervals do not overlap.
      """)

  @Argument(help: "Run folders, two or more.")
  var runs: [String]

  @Option(help: "What is equal: tokens, flops, steps, time or end (each run at its own end).")
  var at: Budget = .tokens

  @Flag(help: "JSON lines on stdout and nothing else.")
  var json = false

  mutating func validate() throws {
    guard runs.count < 2 else { return }
    throw UserError(
      "compare", "two runs are needed, \(runs.count) given",
      remedy: "Name another one; needlepoint runs lists them.")
  }

  func run() throws {
    let comparison = RunComparison(try runs.map { try PastRun($0) }, at: at)
    if at != .end, comparison.common == nil {
      throw UserError(
        "--at", "not every run tells its \(at.rawValue)", remedy: "Compare at tokens or at the end."
      )
    }
    guard json else { return show(comparison) }
    for line in lines(comparison) { print(line.line) }
  }

  private func show(_ comparison: RunComparison) {
    var rows: [[String]] = [[""] + comparison.names]
    rows += comparison.fields.map { row in [row.path] + row.texts.map { $0.isEmpty ? "-" : $0 } }
    let point =
      comparison.common.map { "results at equal \(at.rawValue) \(Format.number($0))" }
      ?? "results of each run at its end"
    let results = comparison.results.map { row in
      [row.unit.isEmpty || row.unit == "s" ? row.name : "\(row.name), \(row.unit)"]
        + row.values.indices.map { index in
          let change = row.change(index)
          let mark = row.isClear(index) ? " *" : ""
          let text = row.text(index) == "—" ? "-" : row.text(index)
          return change.isEmpty ? text : "\(text)  \(change)\(mark)"
        }
    }
    let lines = PlainTable.lines(rows + results, texts: Set(0...comparison.names.count))
    let split = rows.count
    for line in lines.prefix(split) { print(PlainOutput.visible(line)) }
    print("\(comparison.equalFields) fields are equal; \(point)")
    for line in lines.dropFirst(split) { print(PlainOutput.visible(line)) }
  }

  private func lines(_ comparison: RunComparison) -> [JSONValue] {
    let head = JSONValue.object([
      ("event", .text("comparison")), ("at", .text(at.rawValue)),
      ("common", comparison.common.map { .number($0) } ?? .null),
      ("runs", .list(runs.map { .text($0) })),
      ("names", .list(comparison.names.map { .text($0) })),
      ("equal_fields", .integer(comparison.equalFields)),
    ])
    let fields = comparison.fields.map { row in
      JSONValue.object([
        ("event", .text("field")), ("path", .text(row.path)),
        ("values", .list(row.texts.map { $0.isEmpty ? .null : .text($0) })),
      ])
    }
    let results = comparison.results.map { row in
      JSONValue.object([
        ("event", .text("result")), ("name", .text(row.name)), ("unit", .text(row.unit)),
        ("values", .list(row.values.map { $0.map { .number($0) } ?? .null })),
        ("low", .list(row.intervals.map { $0.map { .number($0.lowerBound) } ?? .null })),
        ("high", .list(row.intervals.map { $0.map { .number($0.upperBound) } ?? .null })),
      ])
    }
    return [head] + fields + results
  }
}

extension Budget: ExpressibleByArgument {}
