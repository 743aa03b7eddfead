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

  @Option(help: "Background: auto, dark or light; auto asks COLORFGBG, else takes dark.")
  var theme = "auto"

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    try Self.check("--color", color, ["auto", "always", "never", "256", "16"])
    try Self.check("--theme", theme, ["auto", "dark", "light"])
  }

  private static func check(_ option: String, _ word: String, _ known: [String]) throws {
    guard !known.contains(word) else { return }
    throw UserError(
      option, "\"\(word)\" is none of its words",
      remedy: Suggestion.sentence(for: word, among: known))
  }

  /// COLORFGBG is `foreground;background` in colours 0 to 15, set by some terminals.
  private var background: Palette.Theme {
    if let asked = Palette.Theme(rawValue: theme) { return asked }
    let last = ProcessInfo.processInfo.environment["COLORFGBG"]?.split(separator: ";").last
    guard let number = last.flatMap({ Int($0) }) else { return .dark }
    return number == 7 || number > 8 ? .light : .dark
  }

  func run() throws {
    let document = try RecipeLocation.document(folder ?? Shipped.firstExtension())
    guard PlainOutput.isInteractive, !shared.json, !shared.quiet else {
      let run = try TrainingRun(document, parent: out, threads: shared.threads)
      run.begin()
      throw ExitCode(HeadlessReporter(run, options: shared).follow())
    }
    let wishes = TerminalCapabilities.Wishes(
      ascii: ascii, color: color, theme: background)
    let screen = WorkbenchScreen(document, out: out, shared: shared, wishes: wishes)
    throw ExitCode(try screen.show(startsTraining: false, showsTour: FirstStart.isNow()))
  }
}
