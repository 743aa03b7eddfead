public import ArgumentParser
public import Panes
import Records
import RunStore
import Support

/// `needlepoint runs [FOLDER]`: the table of runs.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs of a folder, filtered and sorted.",
    discussion: """
      The filter is made of terms with blanks between them: field, operator (= != < <= > >= ~) and \
      value, or a word of the name. Fields are the columns of the table and the fields of the \
      recipe by the end of their path: --filter "rope~yarn loss<2 needle>80".
      """)

  @Argument(help: "Folder of run folders.")
  var folder = "checkpoints"

  @Option(help: "Only runs that pass this filter.")
  var filter = ""

  @Option(help: "Column to sort by, the largest first.")
  var sort: RunColumn = .started

  @Flag(help: "The smallest first.")
  var ascending = false

  @Flag(help: "JSON lines on stdout and nothing else.")
  var json = false

  func run() throws {
    let filter = try RunFilter(filter)
    let all = try RunReader.all(in: folder).map { try RunSummary($0) }
    if let problem = filter.problem(among: all) { throw UserError("--filter", problem) }
    let runs = RunOrder(sort, isDescending: !ascending).sorted(all.filter(filter.accepts))
    guard !json else {
      for run in runs { print(Self.line(run)) }
      return
    }
    let columns: [RunColumn] = [.name, .started, .status, .steps, .tokens, .loss, .needle, .time]
    let rows = runs.map { run in columns.map { $0.text(run) } + [run.path] }
    let head = columns.map(\.rawValue) + ["folder"]
    for line in PlainTable.lines([head] + rows, texts: [0, 1, 2, 8]) {
      print(PlainOutput.visible(line))
    }
  }

  private static func line(_ run: RunSummary) -> String {
    JSONValue.object([
      ("event", .text("run")), ("path", .text(run.path)), ("name", .text(run.name)),
      ("started", .text(run.when)), ("status", .text(run.status)), ("steps", .integer(run.steps)),
      ("tokens", .integer(run.tokens)), ("loss", run.loss.map { .number($0) } ?? .null),
      ("needle", run.needle.map { .number($0.score) } ?? .null),
      ("needle_low", run.needle.map { .number($0.low) } ?? .null),
      ("needle_high", run.needle.map { .number($0.high) } ?? .null),
      ("seconds", .number(run.seconds)),
      ("checkpoint", run.checkpoint.map { .text($0) } ?? .null),
    ]).line
  }
}

extension RunColumn: ExpressibleByArgument {}
