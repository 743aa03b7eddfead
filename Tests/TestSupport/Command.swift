import Foundation

/// What a finished process left.
public struct CommandResult: Sendable {
  /// Exit status; 128 and the number of the signal when a signal ended it, as a shell says it.
  public let status: Int
  /// What it wrote to standard output; bytes that are no UTF-8 are replaced.
  public let output: String
  /// What it wrote to standard error; bytes that are no UTF-8 are replaced.
  public let errors: String
  /// True when it was ended because its time was over.
  public let isTimedOut: Bool

  /// Lines of standard output, without the empty ones.
  public var lines: [String] {
    output.split(separator: "\n").map(String.init)
  }
}

/// A process that a test started; it is ended with the object, if it still runs then.
public final class Command {
  private let process = Process()
  private let folder: TemporaryFolder
  private var isTimedOut = false

  /// Starts a program.
  ///
  /// Its output goes to files, so that no amount of it can block the process.
  ///
  /// - Parameters:
  ///   - executable: a path, or a name that is looked up in PATH.
  ///   - arguments: its arguments.
  ///   - input: what it reads from standard input; nothing by default.
  ///   - environment: variables that are added to the test's own; an empty value removes one.
  ///   - directory: the folder it runs in; the test's own by default.
  /// - Throws: what the system reports when the program cannot be started.
  public init(
    _ executable: String, _ arguments: [String], input: String = "",
    environment: [String: String] = [:], directory: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    try folder.write(input, to: "input")
    try folder.write("", to: "output")
    try folder.write("", to: "errors")
    let isPath = executable.contains("/")
    process.executableURL = URL(fileURLWithPath: isPath ? executable : "/usr/bin/env")
    process.arguments = isPath ? arguments : [executable] + arguments
    var variables = ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = value.isEmpty ? nil : value }
    process.environment = variables
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = FileHandle(forReadingAtPath: folder.file("input"))
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("errors"))
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// True until the process has ended.
  public var isRunning: Bool { process.isRunning }

  /// What it wrote to standard output until now.
  public var output: String { (try? folder.text("output")) ?? "" }

  /// What it wrote to standard error until now.
  public var errors: String { (try? folder.text("errors")) ?? "" }

  /// Sends a signal, such as `SIGINT`.
  public func signal(_ number: Int32) {
    if process.isRunning { kill(process.processIdentifier, number) }
  }

  /// Waits until a condition holds; false when the process ended or the time was over before.
  public func wait(seconds: Double, until condition: (Command) -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !condition(self) {
      guard process.isRunning, ContinuousClock.now < end else { return condition(self) }
      usleep(10_000)
    }
    return true
  }

  /// Waits for the end; ends the process by force when its time is over.
  public func finish(seconds: Double) -> CommandResult {
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning {
      if ContinuousClock.now > end {
        isTimedOut = true
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        break
      }
      usleep(5_000)
    }
    let bySignal = process.terminationReason == .uncaughtSignal
    return CommandResult(
      status: Int(process.terminationStatus) + (bySignal ? 128 : 0), output: output,
      errors: errors, isTimedOut: isTimedOut)
  }

  /// Runs a program to its end.
  ///
  /// - Throws: what the system reports when the program cannot be started.
  public static func run(
    _ executable: String, _ arguments: [String], input: String = "",
    environment: [String: String] = [:], directory: String? = nil, seconds: Double = 60
  ) throws -> CommandResult {
    try Command(
      executable, arguments, input: input, environment: environment, directory: directory
    ).finish(seconds: seconds)
  }
}
