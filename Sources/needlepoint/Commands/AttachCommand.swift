import ArgumentParser
import Foundation
import Recipes
import RunStore
import Support

/// `needlepoint attach RUN`: a screen for a run that is training elsewhere on this machine.
struct AttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Open a screen for a run that another process trains.",
    discussion: """
      Keys do what they do in the terminal that started the run. D leaves the screen and the run \
      goes on; K or s in the quit dialog stops it after its step and keeps a checkpoint.
      """)

  @Argument(help: "Run folder.")
  var folder: String

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let run = try AttachedRun(folder)
    let document = try RecipeDocument(contentsOf: folder + "/recipe.yaml")
    guard PlainOutput.isInteractive else {
      throw UserError(
        "attach", "there is no terminal to open a screen on",
        remedy: "Follow \(folder)/records.jsonl instead.")
    }
    let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
    let screen = WorkbenchScreen(document, out: parent, shared: shared)
    throw ExitCode(try screen.show(attachedTo: run))
  }
}
