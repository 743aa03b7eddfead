import Foundation

/// The program under test: the executable that the release build made.
public enum Program {
  /// Its path; `NEEDLEPOINT_PROGRAM` names another one.
  public static let path =
    ProcessInfo.processInfo.environment["NEEDLEPOINT_PROGRAM"]
    ?? PackageFolder.file(".build/release/needlepoint")

  /// True when it has been built.
  public static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// Runs it to its end, in the package's folder unless another one is named.
  ///
  /// Standard input, output and error are files, so it never finds a terminal.
  ///
  /// - Throws: what the system reports when it cannot be started.
  public static func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:],
    directory: String = PackageFolder.path, seconds: Double = 60
  ) throws -> CommandResult {
    try Command.run(
      path, arguments, input: input, environment: environment, directory: directory,
      seconds: seconds)
  }

  /// Starts it and goes on, for tests that send signals or look at it while it works.
  ///
  /// - Throws: what the system reports when it cannot be started.
  public static func start(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    directory: String = PackageFolder.path
  ) throws -> Command {
    try Command(path, arguments, input: input, environment: environment, directory: directory)
  }
}

/// A Python that some tests compare with; they are skipped where it is missing.
public enum Python {
  /// Python programs to try, in order: the user's, then the system's.
  private static let programs = ["python3", "/usr/bin/python3"]

  /// The first Python that can import a module, or nil.
  public static func with(_ module: String) -> String? {
    programs.first { program in
      (try? Command.run(program, ["-c", "import \(module)"], seconds: 30))?.status == 0
    }
  }

  /// True when some Python here can import a module.
  public static func has(_ module: String) -> Bool {
    with(module) != nil
  }

  /// Runs a script with the Python that has a module.
  ///
  /// - Throws: what the system reports when there is none.
  public static func run(
    _ script: String, _ arguments: [String] = [], with module: String, seconds: Double = 60
  ) throws -> CommandResult {
    try Command.run(
      with(module) ?? "python3", ["-c", script] + arguments, seconds: seconds)
  }
}
