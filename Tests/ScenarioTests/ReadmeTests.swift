import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// Every command of README.md runs as it stands there, but for what the table names.
  @Suite struct ReadmeTests {
    /// Commands that other tests run, or that would train for minutes: what is run in their place.
    private static let substitutes = [
      "make run": "make --dry-run run",
      "make test": "make --dry-run test",
      "needlepoint attach checkpoints/RUN": "needlepoint attach --help",
      "needlepoint reproduce experiments/001-longrecipe-4k": "needlepoint reproduce --help",
      "needlepoint send checkpoints/RUN learning_rate=5e-4": "needlepoint send --help",
    ]

    /// What is added so that a training of minutes takes a moment.
    private static let shorter = [
      "needlepoint run experiments/000-base-256/recipe.yaml":
        " --headless --set stages.0.advance.max_steps=2 --set stages.0.advance.min_steps=0"
        + " --set stages.0.advance.at_limit=go_on --set stages.1.advance.max_steps=2"
        + " --set stages.1.advance.min_steps=0 --set stages.1.advance.at_limit=go_on"
        + " --set stages.2.advance.max_steps=2 --set stages.2.advance.min_steps=0"
        + " --set stages.2.advance.at_limit=go_on --set stages.3.advance.max_steps=2"
        + " --set stages.3.advance.min_steps=0 --set stages.3.advance.at_limit=go_on"
        + " --set stages.4.steps=2 --set evaluate.0.trials=1 --set evaluate.0.final_trials=1"
        + " --set evaluate.1.trials=1 --set evaluate.1.lengths=[256]",
      "needlepoint sweep my-books.yaml --vary stages.0.sequence=128,256":
        " --seeds 1 --set stages.0.steps=3",
      "needlepoint run my-books.yaml": " --headless --set stages.0.steps=3",
      "needlepoint run my-books": " --headless --set stages.0.steps=3",
    ]

    /// The lines of the README's code blocks of one language.
    private static func blocks(_ language: String) throws -> [[String]] {
      let parts = try PackageFolder.text("README.md").components(separatedBy: "```")
      return parts.enumerated().compactMap { index, part in
        guard index % 2 == 1, part.hasPrefix(language + "\n") else { return nil }
        return part.dropFirst(language.count + 1).split(separator: "\n").map(String.init)
      }
    }

    /// The commands of the README: lines of shell blocks without comments, and commands in sentences.
    private static func commands() throws -> [String] {
      let lines = try blocks("sh").joined().map { line in
        line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
          .trimmingCharacters(in: .whitespaces)
      }
      let prose = try PackageFolder.text("README.md").matches(of: /`(needlepoint [^`]+)`/)
        .map { String($0.1) }
      return (lines + prose).filter { !$0.isEmpty }
    }

    @Test func everyCommandOfTheReadmeRuns() throws {
      let commands = try Self.commands()
      #expect(commands.count >= 8)
      let place = try Workplace()
      for name in ["experiments", "checkpoints", "Makefile", "scripts"] {
        try FileManager.default.copyItem(
          atPath: PackageFolder.file(name), toPath: place.folder.file(name))
      }
      let book = try #require(try Self.blocks("yaml").first)
      try place.folder.write(book.joined(separator: "\n") + "\n", to: "my-books.yaml")
      try place.folder.write(TinyRecipe.prose, to: "my-books/one.txt")
      let stopped = try unfinishedRun(place)
      for command in commands {
        let line =
          (Self.substitutes[command] ?? command + (Self.shorter[command] ?? ""))
          .replacingOccurrences(of: "checkpoints/RUN", with: stopped)
          .replacingOccurrences(of: "help COMMAND", with: "help needle")
        let result = try Command.run(
          "bash", ["-c", "needlepoint() { '\(Program.path)' \"$@\"; }; \(line)"],
          directory: place.folder.path, seconds: 120)
        #expect(result.status == 0, "\(command)\n\(result.errors.suffix(600))")
      }
      #expect(place.folder.names.contains("map.png"))
    }

    /// A run that was stopped in the middle.
    private func unfinishedRun(_ place: Workplace) throws -> String {
      try place.folder.write(
        TinyRecipe.world(steps: 300, every: 20, evaluations: 300), to: "tiny.yaml")
      let command = try place.start()
      #expect(
        command.wait(seconds: 60) { _ in
          place.names(under: place.out).contains { $0.contains("step-") }
        })
      command.signal(SIGTERM)
      expect(command.finish(seconds: 60), status: 143)
      return try place.run()
    }
  }
}
