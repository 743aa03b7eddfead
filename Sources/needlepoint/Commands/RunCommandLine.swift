import ArgumentParser
import Foundation
import Recipes
import Runs

/// `needlepoint run RECIPE`: trains all stages of a recipe, with its evaluations.
struct RunCommandLine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Train a recipe, all its stages, with its evaluations.",
    discussion: """
      RECIPE is a recipe file, an experiment's folder, or a text file or folder to train a small \
      byte-level model on. On a terminal the workbench opens and trains; without one, or with \
      --headless, --json or --quiet, progress goes to stderr and results to stdout.
      """)

  @Argument(help: "Recipe file, experiment folder, or text file or folder.")
  var recipe: String

  @Flag(help: "No screen, also on a terminal.")
  var headless = false

  @Option(
    help: ArgumentHelp("Changes a field of the recipe by its key path.", valueName: "path=value"))
  var set: [String] = []

  @Option(help: "Folder in which the run folder is made.")
  var out = "checkpoints"

  @OptionGroup var shared: SharedOptions

  func run() throws {
    var document = try RecipeLocation.document(recipe)
    for change in set { document = try document.applying(change) }
    shared.sayLibraryProblem()
    if PlainOutput.isInteractive, !headless, !shared.json, !shared.quiet {
      throw ExitCode(
        try WorkbenchScreen(document, out: out, shared: shared).show(startsTraining: true))
    }
    let run = try TrainingRun(document, parent: out, threads: shared.threads)
    run.begin()
    throw ExitCode(HeadlessReporter(run, options: shared).follow())
  }
}
