import ArgumentParser
import Records
import Recipes
import RunStore
import Support

/// `needlepoint send RUN COMMAND...`: what the workbench's keys do to a run, from a script.
struct SendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Pause, step, stop or change a run that another process trains.",
    discussion: """
      Commands are pause, continue, step, checkpoint, evaluate, stop, and changes as path=value: \
      learning_rate=5e-4, mix.books=0.4, or any field of the recipe that `needlepoint describe` says \
      may change at the next step, such as evaluate.0.every=50 or stages.0.steps=400. The run logs each \
      as an event and refuses what it cannot do with a warning in its log.
      """)

  @Argument(help: "Run folder.")
  var folder: String

  @Argument(help: "Commands, in order.")
  var commands: [String]

  func run() throws {
    let asked = try commands.map(RunCommand.init(written:))
    let connection = try AttachedRun.knock(folder).connection
    for command in asked {
      guard connection.ask(command.jsonLine) != nil else {
        throw UserError(
          folder, "its trainer does not answer", remedy: "Try again in a moment.", kind: .work)
      }
    }
    print(
      "\(folder): \(commands.joined(separator: ", ")) sent; see its events for what became of it")
  }
}

extension RunCommand {
  /// Commands without a value, by the word that asks for them.
  private static let words: [(word: String, command: RunCommand)] = [
    ("pause", .pause), ("continue", .resume), ("step", .step), ("checkpoint", .checkpoint),
    ("evaluate", .evaluate), ("stop", .stop),
  ]

  /// Reads a command as a person writes it.
  ///
  /// - Throws: `UserError` for an unknown word, and for a number that is none.
  init(written text: String) throws {
    guard let sign = text.firstIndex(of: "=") else {
      guard let known = Self.words.first(where: { $0.word == text }) else {
        throw UserError(
          "send", "no command \"\(text)\"",
          remedy: Suggestion.sentence(for: text, among: Self.words.map(\.word) + ["path=value"]))
      }
      self = known.command
      return
    }
    let (path, value) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
    let weight = "mix."
    guard path == "learning_rate" || path.hasPrefix(weight) else {
      self = .set(path: path, value: value)
      return
    }
    guard let number = Quantity.real(value) else {
      throw UserError("send", "\(path) needs a number, \"\(value)\" found")
    }
    self =
      path == "learning_rate"
      ? .setLearningRate(number)
      : .setWeight(source: String(path.dropFirst(weight.count)), weight: number)
  }
}
