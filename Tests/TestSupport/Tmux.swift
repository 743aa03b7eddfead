import Foundation

/// What went wrong while a test drove a terminal, with the screen as it was.
public struct TmuxError: Error, CustomStringConvertible {
  /// What was expected, and the screen.
  public let description: String
}

/// A program in a real terminal of a fixed size, driven by keys and read as text.
///
/// Each object has a tmux server of its own, without anyone's configuration, and ends it.
public final class Tmux {
  /// True when tmux is installed; tests that need it are skipped otherwise.
  public static let isAvailable =
    (try? Command.run("tmux", ["-V"], seconds: 10))?.status == 0

  private let folder: TemporaryFolder
  private let socket: String

  /// Opens a terminal and starts a program in it.
  ///
  /// - Parameters:
  ///   - arguments: the program and its arguments; the program under test by default.
  ///   - columns: width of the terminal, in cells.
  ///   - rows: height of the terminal, in cells.
  ///   - terminal: the value of TERM inside.
  ///   - environment: variables for the program; an empty value sets an empty variable.
  ///   - directory: the folder it runs in.
  /// - Throws: `TmuxError` when tmux refuses.
  public init(
    _ arguments: [String] = [Program.path], columns: Int = 120, rows: Int = 40,
    terminal: String = "tmux-256color", environment: [String: String] = [:],
    directory: String = PackageFolder.path
  ) throws {
    folder = try TemporaryFolder()
    socket = folder.file("socket")
    // The status line would take a row; a dead pane stays so that its last screen can be read.
    try folder.write(
      """
      set -g status off
      set -g remain-on-exit on
      set -g default-terminal \(terminal)
      set -s escape-time 0

      """, to: "tmux.conf")
    var variables = ["LC_ALL=C.UTF-8"]
    variables += environment.map { "\($0.key)=\($0.value)" }.sorted()
    try tmux(
      ["new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", directory]
        + ["env"] + variables + arguments)
  }

  deinit {
    _ = try? tmux(["kill-server"])
  }

  /// Presses keys by tmux's names, such as `Enter`, `C-c`, `Up`, `R`.
  ///
  /// - Throws: `TmuxError` when tmux refuses.
  public func press(_ keys: String...) throws {
    try tmux(["send-keys"] + keys)
  }

  /// Types a text as it is.
  ///
  /// - Throws: `TmuxError` when tmux refuses.
  public func type(_ text: String) throws {
    try tmux(["send-keys", "-l", text])
  }

  /// Changes the size of the terminal.
  ///
  /// - Throws: `TmuxError` when tmux refuses.
  public func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", String(columns), "-y", String(rows)])
  }

  /// The screen as text, one line a row; with `styled`, colours as escape sequences.
  public func screen(styled: Bool = false) -> String {
    (try? tmux(["capture-pane", "-p"] + (styled ? ["-e"] : []))) ?? ""
  }

  /// Waits until a text stands on the screen; gives the screen.
  ///
  /// - Throws: `TmuxError` with the screen when the time is over.
  @discardableResult
  public func wait(for text: String, seconds: Double = 60) throws -> String {
    try wait("\"\(text)\"", seconds: seconds) { $0.contains(text) }
  }

  /// Waits until the screen fulfils a condition; gives the screen.
  ///
  /// - Throws: `TmuxError` with the screen when the time is over.
  @discardableResult
  public func wait(
    _ claim: String, seconds: Double = 60, until condition: (String) -> Bool
  ) throws -> String {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      let now = screen()
      if condition(now) { return now }
      guard ContinuousClock.now < end else {
        throw TmuxError(description: "no \(claim) within \(seconds) s on this screen:\n\(now)")
      }
      usleep(50_000)
    }
  }

  /// A field of tmux's own about the terminal, such as `alternate_on` or `cursor_flag`.
  public func field(_ name: String) -> String {
    let text = (try? tmux(["display-message", "-p", "#{\(name)}"])) ?? ""
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let result = try Command.run(
      "tmux", ["-S", socket, "-f", folder.file("tmux.conf"), "-u"] + arguments,
      environment: ["TMUX": "", "TMUX_PANE": ""], seconds: 20)
    guard result.status == 0 else {
      throw TmuxError(description: "tmux \(arguments.joined(separator: " ")): \(result.errors)")
    }
    return result.output
  }
}
