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
///
/// Not Foundation's `Process`: that one takes a program for running as long as anything which the
/// program left in the background, such as a tmux server.
public final class Command {
  private let folder: TemporaryFolder
  private let id: pid_t
  private var status: Int?

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
  /// - Throws: `POSIXError` when the program cannot be started.
  public init(
    _ executable: String, _ arguments: [String], input: String = "",
    environment: [String: String] = [:], directory: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    try folder.write(input, to: "input")
    var variables = ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = value.isEmpty ? nil : value }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 0, folder.file("input"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder.file("output"), writing, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.file("errors"), writing, 0o600)

    // Signals as a shell would hand them over, whatever the test runner did to its own.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    let line = (directory.map { ["env", "-C", $0] } ?? []) + [executable] + arguments
    var words = line.map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var child = pid_t()
    let code = posix_spawnp(&child, line[0], &actions, &attributes, &words, &settings)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    id = child
  }

  deinit {
    guard isRunning else { return }
    kill(id, SIGKILL)
    reap(options: 0)
  }

  /// True until the process has ended.
  public var isRunning: Bool {
    reap(options: WNOHANG)
    return status == nil
  }

  /// What it wrote to standard output until now.
  public var output: String { (try? folder.text("output")) ?? "" }

  /// What it wrote to standard error until now.
  public var errors: String { (try? folder.text("errors")) ?? "" }

  /// Sends a signal, such as `SIGINT`.
  public func signal(_ number: Int32) {
    if isRunning { kill(id, number) }
  }

  /// Waits until a condition holds; false when the process ended or the time was over before.
  public func wait(seconds: Double, until condition: (Command) -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !condition(self) {
      guard isRunning, ContinuousClock.now < end else { return condition(self) }
      usleep(10_000)
    }
    return true
  }

  /// Waits for the end; ends the process by force when its time is over.
  public func finish(seconds: Double) -> CommandResult {
    let end = ContinuousClock.now + .seconds(seconds)
    var isTimedOut = false
    while isRunning {
      if ContinuousClock.now > end {
        isTimedOut = true
        kill(id, SIGKILL)
        reap(options: 0)
        break
      }
      usleep(5_000)
    }
    return CommandResult(
      status: status ?? -1, output: output, errors: errors, isTimedOut: isTimedOut)
  }

  /// Asks the system whether the process has ended, and keeps its status once it has.
  private func reap(options: Int32) {
    var word: Int32 = 0
    guard status == nil, waitpid(id, &word, options) == id else { return }
    let signal = word & 0x7F
    status = signal == 0 ? Int(word >> 8 & 0xFF) : 128 + Int(signal)
  }

  /// Runs a program to its end.
  ///
  /// - Throws: `POSIXError` when the program cannot be started.
  public static func run(
    _ executable: String, _ arguments: [String], input: String = "",
    environment: [String: String] = [:], directory: String? = nil, seconds: Double = 60
  ) throws -> CommandResult {
    try Command(
      executable, arguments, input: input, environment: environment, directory: directory
    ).finish(seconds: seconds)
  }
}
