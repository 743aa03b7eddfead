import ArgumentParser
import Runs

/// `needlepoint resume RUN`: goes on where a run stopped.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on where a run stopped, from its newest valid checkpoint, bit by bit.")

  @Argument(help: "Run folder.")
  var folder: String

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let run = try TrainingRun.resume(folder, threads: shared.threads)
    run.begin()
    throw ExitCode(HeadlessReporter(run, options: shared).follow())
  }
}
