import ArgumentParser
import Foundation
import Recipes
import Runs
import Support
import Terminal

/// `needlepoint [FOLDER]`: opens the workbench.
struct WorkbenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workbench", abstract: "Open the workbench on a recipe; the default command.",
    discussion: """
      FOLDER is an experiment's folder or a recipe; the first extension experiment when absent. \
      Without a terminal the experiment is trained headless instead.
      """)

  @Argument(help: "Experiment folder or recipe file.")
  var folder: String?

  @Option(help: "Folder in which run folders are made.")
  var out = "checkpoints"

  @Flag(help: "ASCII glyphs only.")
  var ascii = false

  @Option(help: "auto, always, never, 256 or 16.")
  var color = "auto"

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    let known = ["auto", "always", "never", "256", "16"]
    guard !known.contains(color) else { return }
    throw UserError(
      "--color", "\"\(color)\" is none of its words",
      remedy: Suggestion.sentence(for: color, among: known))
  }

  func run() throws {
    let document = try RecipeLocation.document(folder ?? Self.firstExperiment())
    guard PlainOutput.isInteractive, !shared.json, !shared.quiet else {
      let run = try TrainingRun(document, parent: out, threads: shared.threads)
      run.begin()
      throw ExitCode(HeadlessReporter(run, options: shared).follow())
    }
    let wishes = TerminalCapabilities.Wishes(ascii: ascii, color: color)
    let screen = WorkbenchScreen(document, out: out, shared: shared, wishes: wishes)
    throw ExitCode(try screen.show(startsTraining: false))
  }

  /// The first experiment that starts from a base: `experiments/001-...` of the current folder, or of
  /// the checkout that the program was built in.
  private static func firstExperiment() throws -> String {
    var places = ["experiments"]
    var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
      .resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      places.append(folder.appendingPathComponent("experiments").path)
      folder.deleteLastPathComponent()
    }
    for place in places {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      if let first = names.sorted().first(where: { $0.hasPrefix("001-") }) {
        return place + "/" + first
      }
    }
    throw UserError(
      "experiments", "no folder experiments/001-... was found here",
      remedy: "Name a recipe or an experiment's folder.")
  }
}
