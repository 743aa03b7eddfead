import ArgumentParser
import Interchange
import Models
import Recipes
import Runs
import Support

/// `needlepoint export MODEL --to FORMAT --out PATH`: a model in another program's format.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model in another program's format.",
    discussion: """
      Adapters are merged in; rotary angles are written in every spelling that readers know. What the \
      format cannot tell is said, and stands beside the model.
      """)

  @Argument(help: "Checkpoint, run folder or Hugging Face folder.")
  var model: String

  @Option(
    help: ArgumentHelp("Format; `needlepoint describe format` tells of each.", valueName: "format"))
  var to: ExportFormatName

  @Option(help: ArgumentHelp("A setting of the format.", valueName: "key=value"))
  var set: [String] = []

  @Option(help: "File or folder to make.")
  var out: String

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let format = try to.make(set)
    let loaded = try LoadedModel(model, pool: shared.makePool()) { shared.say($0) }
    let plain = try loaded.plainModel()
    let signals = SignalWatch()
    var meter = WorkMeter(
      total: Double(plain.shape.parameterCount), isShown: !shared.quiet && !shared.json)
    let losses = try format.write(plain, to: out) { weights in
      meter.advance(by: Double(weights), "export")
      // What was written so far is taken away again.
      if let status = signals.exitStatus { throw ExitCode(status) }
    }
    meter.finish()
    losses.forEach { shared.say($0) }
    shared.say("wrote \(out)")
    if shared.json {
      print(
        JSONValue.object([
          ("event", .text("export")), ("format", .text(to.value)), ("path", .text(out)),
          ("losses", .list(losses.map { .text($0) })),
        ]).line)
    }
  }
}

/// The name of an export format.
struct ExportFormatName: ExpressibleByArgument {
  let value: String

  init?(argument: String) {
    guard Self.allValueStrings.contains(argument) else { return nil }
    value = argument
  }

  static var allValueStrings: [String] { exportFormats.descriptions.map(\.name) }

  /// The format with its settings.
  ///
  /// - Throws: `UserError` when a setting is unknown or out of range.
  func make(_ settings: [String]) throws -> any ExportFormat {
    let declared = exportFormats.descriptions.first { $0.name == value }?.settings ?? []
    return try exportFormats.make(value, SettingsText.values(settings, declared: declared))
  }
}
