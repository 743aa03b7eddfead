import Foundation
import RunStore
import Support
import Terminal
import TestSupport
import Testing

extension ScenarioSuite {
  /// The workbench in a terminal that takes nothing for a while, or for ever: a dead line, a stopped viewer.
  @Suite struct BlockedTerminalTests {
    /// A run in a terminal of 200 x 60, trained for some steps, and with nobody who reads its screen any more.
    private func blocked(_ place: Workplace) throws -> PseudoTerminal {
      let terminal = try PseudoTerminal(
        Program.path,
        arguments: ["run", place.folder.file("tiny.yaml"), "--out", place.folder.file("out")]
          + ["--threads", "1"],
        environment: [
          "PATH=/usr/bin:/bin", "TERM=xterm-256color", "LC_ALL=C.UTF-8",
          "XDG_STATE_HOME=" + place.folder.file("state"),
        ], columns: 200, rows: 60)
      let trains = terminal.pump(seconds: 30) {
        step(place) > 0 && terminal.bytes > 4000
      }
      guard trains else {
        terminal.end()
        throw UserError("workbench", "no step within 30 s")
      }
      press(terminal)
      return terminal
    }

    /// Keys that each change the whole screen; more than a terminal holds if each were answered.
    private func press(_ terminal: PseudoTerminal) {
      for _ in 0..<40 {
        for key in ["1", "2", "4", "5", "3"] {
          terminal.press(key)
          usleep(2_000)
        }
      }
    }

    /// The last step that the run has written down.
    private func step(_ place: Workplace) -> Int {
      let path = (place.runs.first ?? "") + "/records.jsonl"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      let lines = text.split(separator: "\n").dropLast()
      return lines.reversed().lazy.compactMap { try? JSONValue(parsing: String($0)) }
        .compactMap { $0["step"]?.integerValue }.first ?? 0
    }

    @Test func trainingGoesOnAndTheNewestFrameFollows() throws {
      let place = try Workplace(WorkbenchShell.endless)
      let terminal = try blocked(place)
      defer { terminal.end() }
      let before = (step(place), terminal.bytes)
      usleep(2_000_000)
      #expect(step(place) > before.0, "a terminal that takes nothing held up the training")
      terminal.pump(seconds: 1)
      // Two hundred screens would be a megabyte.
      let behind = terminal.bytes - before.1
      #expect(behind < 100_000, "\(behind) bytes stood in line")
      let now = terminal.bytes
      terminal.press("2")
      #expect(terminal.pump(seconds: 5) { terminal.bytes > now + 1000 }, "no answer to a key")
    }

    @Test func theRunIsSavedAndTheProgramEnds() throws {
      let place = try Workplace(WorkbenchShell.endless)
      let terminal = try blocked(place)
      kill(terminal.process, SIGTERM)
      #expect(terminal.wait(seconds: 20, isReading: false) == 143)
      let run = try place.run()
      #expect(try RunReader(run).checkpointPaths.isEmpty == false)
      let log = try String(contentsOfFile: run + "/log.txt", encoding: .utf8)
      #expect(log.contains("took nothing more") && log.contains("needlepoint resume"))
    }
  }
}
