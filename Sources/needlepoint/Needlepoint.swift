import ArgumentParser
import Foundation
import Recipes
import RunStore
import Runs
import Support
import Terminal

/// The root command; every subcommand is one file in Commands and one line here.
struct Needlepoint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "needlepoint",
    abstract: "A terminal workbench for teaching language models long contexts.",
    version: ProgramVersion.text,
    subcommands: [
      WorkbenchCommand.self, RunCommandLine.self, ResumeCommand.self, AttachCommand.self,
      SendCommand.self, SweepCommand.self, ReproduceCommand.self,
      NeedleCommand.self, EvaluateCommand.self, LongRoPECommand.self, LogitsCommand.self,
      GenerateCommand.self, PositionsCommand.self, PlanCommand.self, DataCommand.self,
      InfoCommand.self, RunsCommand.self, CompareCommand.self, DrawCommand.self, MergeCommand.self,
      TokenizerCommand.self, ImportCommand.self, ExportCommand.self, BenchCommand.self,
      DescribeCommand.self, DoctorCommand.self,
    ],
    defaultSubcommand: WorkbenchCommand.self)
}

@main
enum Program {
  /// Parses, runs, and turns every ending into the exit status of the contract.
  static func main() {
    // A reader that goes away (`| head`) must end the write, not the process in the middle of a commit.
    signal(SIGPIPE, SIG_IGN)
    // A limit on file sizes is told as a full disk is, by the write that fails.
    signal(SIGXFSZ, SIG_IGN)
    var isParsing = true
    do {
      var command = try Needlepoint.parseAsRoot()
      isParsing = false
      try command.run()
    } catch {
      exit(status(of: error, isParsing: isParsing))
    }
  }

  /// Prints what there is to say of an error and gives the exit status.
  private static func status(of error: any Error, isParsing: Bool) -> Int32 {
    switch error {
    case let code as ExitCode:
      return code.rawValue
    case let error as UserError:
      Talk.say("\(error)")
      return error.kind == .input ? 2 : 1
    case let errors as UserErrors:
      Talk.say("\(errors)")
      return 2
    case let error as StoreError:
      Talk.say("\(error)")
      return error.userError.kind == .input ? 2 : 1
    case let error as TerminalError:
      Talk.say("\(error)")
      return 2
    case let error as RecipeFaults:
      Talk.say("\(error)")
      return 2
    default:
      let code = Needlepoint.exitCode(for: error)
      let message = Needlepoint.fullMessage(for: error)
      if code == .success {
        print(message)
        return 0
      }
      Talk.say(message)
      // The parser's own statuses for wrong usage are 64 and, for our checks of a value, 1; the
      // contract's is 2.
      return isParsing || code == .validationFailure ? 2 : 1
    }
  }
}
