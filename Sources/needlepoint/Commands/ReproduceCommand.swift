import ArgumentParser
import Recipes
import Records
import RunStore
import Runs
import Support

/// `needlepoint reproduce EXPERIMENT`: runs an experiment again and holds it against its figures.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Run an experiment again and hold it against its expected figures.",
    discussion: """
      EXPERIMENT is a folder with recipe.yaml and expected.json. The status is 0 when every figure is \
      within its tolerance and 3 when one is not. With --run nothing is trained: a finished run is held \
      against the figures.
      """)

  @Argument(help: "Experiment's folder.")
  var experiment: String

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "A finished run folder to hold against the figures, in place of a new run.", valueName: "run")
  )
  var finished: String?

  @Option(help: "Folder in which the run folder is made.")
  var out = "checkpoints"

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let expected = try ExpectedFigures(experiment: experiment)
    let folder = try finished ?? train()
    let reader = try RunReader(folder)
    guard let done = reader.done, done.status == "done" else {
      throw UserError(
        folder, "the run did not come to its end",
        remedy: "Go on with: needlepoint resume \(folder)", kind: .work)
    }
    let checks = expected.checks(done)
    show(checks)
    let missed = checks.filter { !$0.isWithin }.count
    guard missed == 0 else {
      shared.say("\(missed) of \(checks.count) figures are outside of their tolerance")
      throw ExitCode(3)
    }
    shared.say("all \(checks.count) figures are within their tolerance")
  }

  /// Trains the experiment's recipe without a screen and gives the run folder.
  private func train() throws -> String {
    let document = try RecipeLocation.document(experiment)
    shared.sayLibraryProblem()
    let run = try TrainingRun(document, parent: out, threads: shared.threads)
    run.begin()
    let status = HeadlessReporter(run, options: shared).follow()
    guard status == 0 else { throw ExitCode(status) }
    return run.folder
  }

  private func show(_ checks: [ExpectedFigures.Check]) {
    if shared.json {
      for check in checks {
        print(
          JSONValue.object([
            ("event", .text("check")), ("metric", .text(check.figure.metric)),
            ("expected", .number(check.figure.value)),
            ("tolerance", .number(check.figure.tolerance)),
            ("value", check.found.map { .number($0) } ?? .null), ("within", .bool(check.isWithin)),
          ]).line)
      }
      return
    }
    func number(_ value: Double) -> String { Quantity.text((value * 1e4).rounded() / 1e4) }
    let rows = checks.map { check in
      [
        check.figure.metric, check.found.map(number) ?? "none",
        "expected \(number(check.figure.value)) +- \(number(check.figure.tolerance))",
        check.isWithin ? "within" : "OUTSIDE",
      ]
    }
    for line in PlainTable.lines(rows, texts: [0, 2, 3]) { print(line) }
  }
}
