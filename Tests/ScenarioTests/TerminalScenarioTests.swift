import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// The workbench in terminals of all kinds and sizes.
  @Suite(.enabled(if: Tmux.isAvailable)) struct TerminalScenarioTests {
    @Test func aTerminalTooSmallIsNoReasonToEnd() throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.train()
      for (columns, rows) in [(20, 5), (1, 1), (79, 23), (200, 60), (120, 40)] {
        try tmux.resize(columns: columns, rows: rows)
        for key in ["1", "2", "3", "4", "5", "3"] { try tmux.press(key) }
        usleep(150_000)
        #expect(tmux.field("alternate_on") == "1", "it ended at \(columns) x \(rows)")
      }
      try tmux.wait("the frame again") { $0.contains("[3 Train]") && WorkbenchShell.step($0) > 0 }
      try shell.saveAndQuit()
    }

    @Test func aStormOfSizesAndKeysLeavesAWholeFrame() throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.train()
      var random = RandomStream(seed: 1, name: "storm")
      for _ in 0..<100 {
        try tmux.resize(columns: 1 + random.below(200), rows: 1 + random.below(60))
        try tmux.press("1", "2", "j", "k", "?", "4", "h", "l", "Escape", "5", "J", "Tab", "3")
      }
      try tmux.resize(columns: 120, rows: 40)
      try tmux.press("Escape")
      try tmux.press("Escape")
      try tmux.press("3")
      try tmux.wait("the frame") { $0.contains("[3 Train]") && $0.contains(" pause ") }
      try tmux.press("Space")
      try tmux.wait(for: "paused")
      // Any key takes the last words away.
      try tmux.press("Escape")
      usleep(500_000)
      let shown = tmux.screen()
      #expect(shown.contains("smooth"))
      // Drawn anew it is the same.
      try tmux.press("C-l")
      usleep(500_000)
      let rows = zip(shown.split(separator: "\n"), tmux.screen().split(separator: "\n"))
      #expect(rows.filter { $0 != $1 }.map { "\($0)\n\($1)" } == [])
      try shell.saveAndQuit()
    }

    /// A kind of terminal, and what its screen must and must not hold.
    struct Kind: Sendable, CustomTestStringConvertible {
      let term: String
      var environment: [String: String] = [:]
      let isASCII: Bool
      /// What chooses a foreground, nil where there are no colours.
      let foreground: String?
      var testDescription: String { "\(term) \(environment)" }
    }

    static let kinds = [
      Kind(term: "xterm-direct", isASCII: false, foreground: "38;2;[0-9]+;[0-9]+;[0-9]+"),
      Kind(term: "xterm-256color", isASCII: false, foreground: "38;5;[0-9]+"),
      Kind(term: "xterm-16color", isASCII: false, foreground: "9[0-7]"),
      Kind(term: "xterm", isASCII: false, foreground: "3[0-7]"),
      Kind(term: "xterm", environment: ["LC_ALL": "C"], isASCII: true, foreground: "3[0-7]"),
      Kind(term: "vt100", environment: ["LC_ALL": "C"], isASCII: true, foreground: nil),
      Kind(
        term: "xterm-256color", environment: ["NO_COLOR": "1"], isASCII: false, foreground: nil),
    ].filter { (try? Command.run("infocmp", [$0.term], seconds: 10))?.status == 0 }

    @Test(arguments: kinds) func everyKindOfTerminalShowsTheFrame(kind: Kind) throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(
        place, columns: 80, rows: 24,
        environment: kind.environment.merging(["TERM": kind.term]) { $1 })
      let tmux = shell.tmux
      try shell.train()
      for key in ["1", "2", "4", "3"] { try tmux.press(key) }
      try tmux.wait(for: "[3 Train]")
      let screen = tmux.screen()
      let isASCII = screen.utf8.allSatisfy { $0 < 128 }
      #expect(isASCII == kind.isASCII, "\(screen)")
      let styled = tmux.screen(styled: true)
      let found = styled.matches(of: /\u{1B}\[(?:[0-9]+;)*?(3[0-7]|9[0-7]|38;[0-9;]+)m/).map {
        String($0.1)
      }
      let shown = "\(styled.prefix(300).debugDescription)"
      if let foreground = kind.foreground {
        #expect(!found.isEmpty, "\(shown)")
        let whole = "^" + foreground + "$"
        #expect(
          found.allSatisfy { $0.range(of: whole, options: .regularExpression) != nil }, "\(shown)")
      } else {
        #expect(found.isEmpty, "\(shown)")
      }
      try shell.saveAndQuit()
    }

    @Test(arguments: ["nonsense-9", "dumb", ""])
    func aTerminalThatCannotShowAScreenGetsASentence(term: String) throws {
      let place = try Workplace()
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try tmux.type(
        "env TERM=\(term) \(Program.path) run tiny.yaml --out out 2>errors; echo status=$?")
      try tmux.press("Enter")
      try tmux.wait(for: "status=2", seconds: 20)
      let sentence = try place.folder.text("errors")
      #expect(sentence.hasPrefix("terminal: ") && sentence.contains("--headless"), "\(sentence)")
      #expect(place.runs == [])
    }
  }
}
