import Foundation
import Support
import TestSupport
import Testing

/// A shell in a terminal, in which the workbench runs on the tiny recipe, so that what it leaves can be seen.
struct WorkbenchShell {
  /// A recipe that trains as long as a test needs it, and evaluates often.
  static let endless = TinyRecipe.world(steps: 500_000, every: 1000, evaluations: 1000)

  let tmux: Tmux
  private let place: Workplace

  init(
    _ place: Workplace, columns: Int = 120, rows: Int = 40,
    terminal: String = "tmux-256color", environment: [String: String] = [:]
  ) throws {
    self.place = place
    tmux = try Tmux(
      ["bash", "--norc", "--noprofile"], columns: columns, rows: rows, terminal: terminal,
      environment: [
        "PS1": "$ ", "NO_COLOR": "", "XDG_STATE_HOME": place.folder.file("state"),
      ].merging(environment) { $1 },
      directory: place.folder.path)
    try tmux.wait(for: "$")
  }

  /// Types the line that starts the program and tells its exit status afterwards.
  private func start(_ arguments: String) throws {
    try tmux.type(
      "stty -a >before; \(Program.path) \(arguments) --threads 1 --out out; "
        + "echo status=$?; stty -a >after")
    try tmux.press("Enter")
  }

  /// Opens the workbench; gives the screen, with the tour on it.
  @discardableResult func openWorkbench() throws -> String {
    try start("workbench tiny.yaml")
    return try tmux.wait(for: "Tour 1 of 6", seconds: 20)
  }

  /// Opens it on a run, and waits until that has trained a step.
  func train() throws {
    try start("run tiny.yaml")
    try tmux.wait("training", seconds: 20) { $0.contains("[3 Train]") && !log(of: "step").isEmpty }
  }

  /// Queues the recipe, changed when asked for, behind the run in work, which is paused: however fast it
  /// trains, it does not end meanwhile.
  func queueAnother(edits: Bool = false) throws {
    try tmux.press("Space")
    try tmux.wait(for: "paused")
    if edits {
      try tmux.press("1")
      try tmux.wait(for: "[1 Recipe]")
      try tmux.press("+")
    }
    try tmux.press("R")
    try tmux.wait(for: "is queued, 1 run waits")
  }

  /// Leaves while a run trains; gives what stands on the shell's screen then.
  @discardableResult func saveAndQuit() throws -> String {
    try tmux.press("q")
    try tmux.wait(for: "save and quit")
    try tmux.press("s")
    return try tmux.wait(for: "status=0", seconds: 20)
  }

  /// Holds that the shell has its terminal back as it was.
  func expectRestored(at location: SourceLocation = #_sourceLocation) throws {
    try tmux.type("echo back")
    try tmux.press("Enter")
    try tmux.wait("the shell's answer") { $0.contains("\nback") }
    #expect(tmux.field("alternate_on") == "0", sourceLocation: location)
    #expect(tmux.field("cursor_flag") == "1", sourceLocation: location)
    #expect(
      try place.folder.text("before") == place.folder.text("after"), sourceLocation: location)
  }

  /// The process that trains the only run.
  func process(at location: SourceLocation = #_sourceLocation) throws -> Int32 {
    let lock = try String(
      contentsOfFile: try place.run(at: location) + "/run.lock", encoding: .utf8)
    return try #require(
      lock.firstMatch(of: /\d+/).flatMap { Int32($0.0) }, sourceLocation: location)
  }

  /// The step in the run strip, such as `1,204/500,000`; -1 when there is none.
  static func step(_ screen: String) -> Int {
    guard let match = screen.firstMatch(of: /([\d,]+)\/500,000/) else { return -1 }
    return Int(match.1.filter(\.isNumber)) ?? -1
  }

  /// Waits until the only run has a checkpoint; gives its folder.
  @discardableResult func waitForCheckpoint() throws -> String {
    let run = try place.run()
    try tmux.wait("a checkpoint", seconds: 30) { _ in
      place.names(under: run).contains { $0.hasSuffix(".seal") }
    }
    return run
  }

  /// The last records of a kind; those of others are not parsed, for the log is long.
  func log(of event: String) -> [JSONValue] {
    guard let run = place.runs.last,
      let text = try? String(contentsOfFile: run + "/records.jsonl", encoding: .utf8)
    else { return [] }
    // The last line may be on its way.
    return text.split(separator: "\n").filter { $0.hasPrefix("{\"event\":\"\(event)\"") }
      .suffix(100).compactMap { try? JSONValue(parsing: String($0)) }
  }
}
