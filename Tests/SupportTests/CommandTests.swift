import TestSupport
import Testing

/// The tools that other tests trust.
@Suite struct CommandTests {
  @Test func outputErrorsAndStatusAreKeptApart() throws {
    let result = try Command.run("sh", ["-c", "cat; echo oops >&2; exit 7"], input: "in")
    #expect(result.output == "in")
    #expect(result.errors == "oops\n")
    #expect(result.status == 7)
  }

  @Test func aProcessThatHangsIsEndedAndSaysSo() throws {
    let result = try Command.run("sleep", ["30"], seconds: 0.3)
    #expect(result.isTimedOut)
    #expect(result.status == 128 + 9)
  }

  @Test func whatStaysInTheBackgroundIsNotWaitedFor() throws {
    let result = try Command.run("sh", ["-c", "sleep 5 & echo done"], seconds: 4)
    #expect(result.lines == ["done"])
    #expect(!result.isTimedOut)
  }

  @Test func directoryAndEnvironmentAreThoseAskedFor() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "sh", ["-c", "pwd; echo $COLOUR"], environment: ["COLOUR": "b c"], directory: folder.path)
    #expect(result.lines == [folder.path, "b c"])
  }

  @Test func aMissingProgramIsAnError() {
    #expect(throws: (any Error).self) { try Command.run("no-such-program-anywhere", []) }
  }

  @Test(.enabled(if: Tmux.isAvailable)) func aTerminalTakesKeysAndShowsTheirEffect() throws {
    let script = "echo ready; stty size; read line; echo \"got $line\"; exec sleep 60"
    let terminal = try Tmux(["sh", "-c", script], columns: 90, rows: 30)
    #expect(try terminal.wait(for: "30 90").contains("ready"))
    try terminal.type("two words")
    try terminal.press("Enter")
    try terminal.wait(for: "got two words")
  }
}
