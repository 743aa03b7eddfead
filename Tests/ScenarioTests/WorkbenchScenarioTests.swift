import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite(.enabled(if: Tmux.isAvailable)) struct WorkbenchScenarioTests {
    /// A recipe that trains as long as a test needs it, and evaluates often.
    private static let endless = TinyRecipe.world(
      steps: 500_000, every: 1000, evaluations: 1000)

    /// A shell in the terminal, in which the program runs, so that what it leaves can be seen.
    private func shell(
      _ place: Workplace, columns: Int = 120, rows: Int = 40,
      terminal: String = "tmux-256color", environment: [String: String] = [:]
    ) throws -> Tmux {
      let tmux = try Tmux(
        ["bash", "--norc", "--noprofile"], columns: columns, rows: rows, terminal: terminal,
        environment: [
          "PS1": "$ ", "NO_COLOR": "", "XDG_STATE_HOME": place.folder.file("state"),
        ].merging(environment) { $1 },
        directory: place.folder.path)
      try tmux.wait(for: "$")
      return tmux
    }

    /// The line that opens the workbench on the tiny recipe and tells the exit status afterwards.
    private func opening(_ arguments: String = "workbench tiny.yaml") -> String {
      "stty -a >before; \(Program.path) \(arguments) --threads 1 --out out; "
        + "echo status=$?; stty -a >after"
    }

    /// Opens the workbench on the tiny recipe; gives the screen, with the tour on it.
    @discardableResult private func openWorkbench(_ tmux: Tmux) throws -> String {
      try tmux.type(opening())
      try tmux.press("Enter")
      return try tmux.wait(for: "Tour 1 of 6", seconds: 20)
    }

    /// Queues the recipe, changed when asked for, behind the run in work, which is paused: however fast it
    /// trains, it does not end meanwhile.
    private func queueAnother(_ tmux: Tmux, edits: Bool = false) throws {
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

    /// Holds that the shell has its terminal back as it was.
    private func expectRestored(
      _ tmux: Tmux, _ place: Workplace, at location: SourceLocation = #_sourceLocation
    ) throws {
      try tmux.type("echo back")
      try tmux.press("Enter")
      try tmux.wait("the shell's answer") { $0.contains("\nback") }
      #expect(tmux.field("alternate_on") == "0", sourceLocation: location)
      #expect(tmux.field("cursor_flag") == "1", sourceLocation: location)
      #expect(
        try place.folder.text("before") == place.folder.text("after"), sourceLocation: location)
    }

    @Test(arguments: [(120, 40), (80, 24)])
    func aPersonEditsTrainsWatchesAndLeaves(columns: Int, rows: Int) throws {
      let place = try Workplace(Self.endless)
      let tmux = try shell(place, columns: columns, rows: rows)
      let first = try openWorkbench(tmux)
      #expect(first.contains("Data mix"))
      let header = first.split(separator: "\n").first ?? ""
      for name in ["needlepoint", "Recipe", "Data", "Train", "Needle", "Runs"] {
        #expect(header.contains(name))
      }
      #expect(first.contains("R run") && first.contains("? help"))

      // Screens, help, palette.
      for (key, name) in [("2", "2 Data"), ("3", "3 Train"), ("4", "4 Needle"), ("5", "5 Runs")] {
        try tmux.press(key)
        try tmux.wait(for: "[\(name)]")
      }
      try tmux.press("1")
      try tmux.wait(for: "[1 Recipe]")
      try tmux.press("?")
      try tmux.wait(for: "Keys: 1 Recipe")
      try tmux.press("Escape")
      try tmux.wait("help gone") { !$0.contains("Keys: 1") }
      try tmux.type(":")
      try tmux.type("show needle")
      try tmux.wait(for: ": show needle_")
      try tmux.press("Enter")
      try tmux.wait(for: "[4 Needle]")
      try tmux.press("1")

      // A weight up and back.
      try tmux.wait(for: "0.500")
      try tmux.type("+")
      try tmux.wait(for: "0.510")
      try tmux.press("u")
      try tmux.wait(for: "0.500")

      // Training: loss, pause, going on, rate.
      try tmux.press("R")
      try tmux.wait(for: "[3 Train]", seconds: 20)
      try tmux.wait("a loss", seconds: 20) { $0.contains("smooth") && Self.step($0) > 0 }
      try tmux.press("Space")
      try tmux.wait(for: "paused")
      let paused = tmux.screen()
      usleep(400_000)
      #expect(Self.step(tmux.screen()) == Self.step(paused), "it trains while it is paused")
      try tmux.press("Space")
      try tmux.wait("training again") { Self.step($0) > Self.step(paused) }
      try tmux.press("e")
      try tmux.type("2e-4")
      try tmux.press("Enter")
      try tmux.wait("the edit in the log") { _ in
        self.log(place, of: "edit").contains { line in
          line["path"]?.textValue == "learning_rate"
            && line["new"]?.textValue == "0.0002"
        }
      }
      try tmux.wait("a step at the new rate") { _ in
        let rate = self.log(place, of: "step").last?["learning_rate"]?.numberValue ?? 1
        return abs(rate - 2e-4) < 2e-5
      }

      try tmux.press("u")
      try tmux.wait("the rate taken back") { _ in
        self.log(place, of: "edit").contains { line in
          let old = line["old"]?.textValue.flatMap(Double.init) ?? 0
          return line["path"]?.textValue == "learning_rate" && abs(old - 2e-4) < 2e-5
        }
      }

      // The chart as files.
      try tmux.press("3")
      try tmux.press("E")
      try tmux.wait(for: "Wrote ")
      let pictures = place.names(under: try place.run() + "/pictures")
      #expect(pictures == ["png", "svg", "csv", "txt"].sorted().map { "loss-by-steps.\($0)" })

      // The needle screen fills.
      try tmux.press("V")
      try tmux.press("4")
      try tmux.wait("a heatmap", seconds: 30) { $0.contains("depth") && $0.contains("recall") }

      // Leaving.
      try tmux.press("q")
      try tmux.wait(for: "Training is running")
      try tmux.press("Escape")
      try tmux.wait("dialog gone") { !$0.contains("Training is running") }
      try tmux.press("q")
      try tmux.wait(for: "save and quit")
      try tmux.press("s")
      let end = try tmux.wait(for: "status=0", seconds: 20)
      #expect(end.contains("go on with: needlepoint resume"))
      try expectRestored(tmux, place)
      let run = try place.run()
      #expect(try bits(of: run).allSatisfy { !$0.isEmpty })
    }

    /// The step in the run strip, such as `1,204/500,000`; -1 when there is none.
    private static func step(_ screen: String) -> Int {
      guard let match = screen.firstMatch(of: /([\d,]+)\/500,000/) else { return -1 }
      return Int(match.1.filter(\.isNumber)) ?? -1
    }

    @Test func twoRunsAreComparedAndOneIsLaidOverTheOther() throws {
      let place = try Workplace()
      _ = try place.train("--set", "name=first")
      _ = try place.train("--set", "name=second", "--set", "stages.0.optimizer.rate=2e-3")
      let tmux = try shell(place)
      try openWorkbench(tmux)
      try tmux.press("5")
      try tmux.wait("both runs") { $0.contains("first") && $0.contains("second") }
      #expect(!tmux.screen().contains("Tour"), "a key that is known ends the tour")
      for key in ["m", "j", "m"] { try tmux.press(key) }
      let compared = try tmux.wait(for: "A vs B")
      #expect(compared.contains("0 optimizer rate") && compared.contains("equal fields are hidden"))
      try tmux.press("/")
      try tmux.type("rate=2e-3")
      try tmux.press("Enter")
      try tmux.wait(for: "1 of 2")
      try tmux.press("Enter")
      try tmux.wait(for: "[3 Train]")
      try tmux.press("o")
      let overlaid = try tmux.wait("the other run") { $0.contains("╌ A") || $0.contains("╌ B") }
      #expect(overlaid.contains("smooth "))
      try tmux.press("4")
      try tmux.press("=")
      try tmux.press("]")
      try tmux.wait(for: "needle recall, points")
      try tmux.press("q")
      try tmux.wait(for: "status=0", seconds: 20)
      try expectRestored(tmux, place)
    }

    @Test func aSecondRunIsQueuedAndBothFinish() throws {
      let place = try Workplace(TinyRecipe.world(steps: 1000, every: 1000, evaluations: 1000))
      let tmux = try shell(place)
      try openWorkbench(tmux)
      try tmux.press("R")
      try tmux.wait(for: "[3 Train]", seconds: 20)
      try queueAnother(tmux, edits: true)
      try tmux.press("5")
      try tmux.wait("the queue") { $0.contains("queued 1") && $0.contains("1 waits") }
      // A stop holds the queue; r goes on with what was stopped, space with the rest.
      try tmux.press("K")
      try tmux.wait(for: "1 run waits: space goes on")
      try tmux.press("r")
      try tmux.wait("the first run at its end", seconds: 60) { _ in place.wholeRuns == 1 }
      try tmux.wait(for: "is finished. 1 run waits: space goes on")
      try tmux.press("Space")
      try tmux.wait("both runs", seconds: 120) { _ in place.wholeRuns == 2 }
      // r went to the screen of its run.
      try tmux.press("5")
      try tmux.wait("the queue at its end") { $0.contains("none wait") }
      try tmux.press("u")
      try tmux.press("q")
      try tmux.wait(for: "status=0", seconds: 20)
      try expectRestored(tmux, place)
    }

    @Test func theQueueGoesOnWithoutTheScreen() throws {
      let place = try Workplace(TinyRecipe.world(steps: 1000, every: 1000, evaluations: 1000))
      let tmux = try shell(place)
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait(for: "[3 Train]", seconds: 20)
      try queueAnother(tmux)
      try tmux.press("q")
      try tmux.wait(for: "1 run waits too: only D trains them")
      try tmux.press("Escape")
      try tmux.press("Space")
      try tmux.press("D")
      let end = try tmux.wait(for: "status=0", seconds: 60)
      #expect(end.components(separatedBy: ": done ").count == 3, "\(end)")
      #expect(place.wholeRuns == 2)
      try expectRestored(tmux, place)
    }

    @Test func whatAHeldQueueHoldsIsToldWhenTheScreenIsLeft() throws {
      let place = try Workplace(TinyRecipe.world(steps: 1000, every: 1000, evaluations: 1000))
      let tmux = try shell(place)
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait(for: "[3 Train]", seconds: 20)
      try queueAnother(tmux)
      try tmux.press("K")
      try tmux.wait(for: "1 run waits: space goes on")
      try tmux.press("5")
      try tmux.wait(for: "[5 Runs]")
      try tmux.type(":show queue")
      try tmux.press("Enter")
      try tmux.press("r")
      try tmux.wait(for: "[3 Train]", seconds: 20)
      try tmux.press("D")
      let end = try tmux.wait(for: "status=0", seconds: 60)
      #expect(end.contains("queued and not begun: 1 run\n"), "\(end)")
      #expect(place.wholeRuns == 1)
      try expectRestored(tmux, place)
    }

    @Test func aSweepOfTwoArmsIsStartedFromTheWorkbench() throws {
      let place = try Workplace(TinyRecipe.world(steps: 8, every: 4, evaluations: 8))
      let tmux = try shell(place)
      try openWorkbench(tmux)
      for line in ["stages.0.optimizer.rate=1e-3,2e-3", "seeds=1"] {
        try tmux.press("v")
        try tmux.wait(for: " vary ")
        try tmux.press("C-u")
        try tmux.type(line)
        try tmux.press("Enter")
        try tmux.wait(for: "S starts it")
      }
      try tmux.press("S")
      try tmux.wait("both runs", seconds: 120) { _ in place.wholeRuns == 2 }
      try tmux.type(":show sweep table")
      try tmux.press("Enter")
      let table = try tmux.wait(for: "2 of 2 whole")
      #expect(table.contains("rate_1e_3 (1)") && table.contains("rate_2e_3 (1)"))
      try tmux.press("E")
      try tmux.wait(for: "Wrote out/sweep-")
      // The same sweep on the command line finds nothing left to train.
      try tmux.press("Enter")
      try tmux.wait("the other arm laid over") { $0.contains("[3 Train]") && $0.contains("╌ A") }
      try tmux.press("s")
      try tmux.press("q")
      try tmux.wait(for: "Unsaved edits")
      try tmux.press("s")
      try tmux.wait(for: "status=0", seconds: 20)
      try expectRestored(tmux, place)
      let again = try place.program("sweep", "tiny.yaml", "--out", "out", "--threads", "1")
      expect(again, says: ["2 of 2 runs are there already"])
    }

    @Test func aRunIsBranchedFromTheLineageAndMergedWithItsBase() throws {
      let place = try Workplace(TinyRecipe.world(steps: 8, every: 4, evaluations: 8))
      _ = try place.train("--set", "name=first")
      let tmux = try shell(place)
      try openWorkbench(tmux)
      try tmux.type(":show lineage")
      try tmux.press("Enter")
      try tmux.wait("the tree") { $0.contains("lineage") && $0.contains("└─○ @") }
      try tmux.press("m")
      try tmux.press("j")
      try tmux.press("m")
      try tmux.wait(for: "M merges the two")
      try tmux.press("M")
      try tmux.wait(for: "merge, share of")
      try tmux.press("Enter")
      try tmux.wait(for: "Wrote out/merge-first")
      try tmux.wait("the product") { $0.contains("◆ merge-first") }
      try tmux.press("k")
      try tmux.press("b")
      try tmux.wait(for: "The recipe starts from")
      try tmux.press("R")
      try tmux.wait("the branch", seconds: 60) { _ in place.wholeRuns == 2 }
      try tmux.press("5")
      try tmux.wait("the branch below its parent") { $0.contains("─● tiny") }
      try tmux.press("u")
      try tmux.press("q")
      try tmux.wait(for: "status=0", seconds: 20)
    }

    /// The last records of a kind; those of others are not parsed, for the log is long.
    private func log(_ place: Workplace, of event: String) -> [JSONValue] {
      guard let run = place.runs.last,
        let text = try? String(contentsOfFile: run + "/records.jsonl", encoding: .utf8)
      else { return [] }
      // The last line may be on its way.
      return text.split(separator: "\n").filter { $0.hasPrefix("{\"event\":\"\(event)\"") }
        .suffix(100).compactMap { try? JSONValue(parsing: String($0)) }
    }

    @Test(arguments: [(SIGTERM, 143), (SIGUSR1, 85)])
    func aSignalLeavesAWholeCheckpointAndAWorkingTerminal(signal: Int32, status: Int) throws {
      let place = try Workplace(Self.endless)
      let tmux = try shell(place)
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait("training", seconds: 20) { Self.step($0) > 0 }
      let lock = try String(contentsOfFile: try place.run() + "/run.lock", encoding: .utf8)
      let id = try #require(lock.firstMatch(of: /\d+/).flatMap { Int32($0.0) })
      kill(id, signal)
      let end = try tmux.wait(for: "status=\(status)", seconds: 20)
      #expect(end.contains("go on with: needlepoint resume"))
      try expectRestored(tmux, place)
      #expect(try bits(of: try place.run()).count == 3)
    }

    /// Before: SIGQUIT left the screen as it was.
    @Test(arguments: [(SIGQUIT, 131), (SIGSEGV, 139), (SIGABRT, 134), (SIGBUS, 135), (SIGFPE, 136)])
    func aCrashGivesTheTerminalBackAndSaysHowToGoOn(signal: Int32, status: Int) throws {
      let place = try Workplace(Self.endless)
      let tmux = try shell(place)
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait("training", seconds: 20) { Self.step($0) > 0 }
      let run = try place.run()
      try tmux.wait("a checkpoint", seconds: 30) { _ in
        place.names(under: run).contains { $0.hasSuffix(".seal") }
      }
      let lock = try String(contentsOfFile: run + "/run.lock", encoding: .utf8)
      let id = try #require(lock.firstMatch(of: /\d+/).flatMap { Int32($0.0) })
      kill(id, signal)
      let end = try tmux.wait(for: "status=\(status)", seconds: 20)
      #expect(end.contains("go on with: needlepoint resume"))
      try expectRestored(tmux, place)
    }

    @Test func controlCAsksAndASecondOneLeavesWhatWasCommitted() throws {
      let place = try Workplace(Self.endless)
      let tmux = try shell(place)
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait("training", seconds: 20) { Self.step($0) > 0 }
      let run = try place.run()
      try tmux.wait("a checkpoint", seconds: 30) { _ in
        place.names(under: run).contains { $0.hasSuffix(".seal") }
      }
      try tmux.press("C-c")
      try tmux.wait(for: "Training is running")
      try tmux.press("C-c")
      try tmux.wait(for: "status=130", seconds: 20)
      try expectRestored(tmux, place)
      #expect([1, 3].contains(try bits(of: try place.run()).count))
    }

    @Test func aRunOutlivesItsTerminalAndIsAttachedTo() throws {
      let place = try Workplace(Self.endless)
      var first: Tmux? = try shell(place)
      try first?.type(opening("run tiny.yaml"))
      try first?.press("Enter")
      try first?.wait("training", seconds: 20) { Self.step($0) > 0 }
      let run = try place.run()
      // The server of the terminal is killed, as a lost connection does.
      first = nil
      let tmux = try shell(place, columns: 80, rows: 24)
      try tmux.type("\(Program.path) attach \(run); echo status=$?")
      try tmux.press("Enter")
      let attached = try tmux.wait("the run") { Self.step($0) > 0 && $0.contains("[3 Train]") }
      try tmux.wait("more steps") { Self.step($0) > Self.step(attached) }
      try tmux.press("Space")
      try tmux.wait(for: "paused")
      try tmux.press("Space")
      try tmux.wait(for: "training")
      // Leaving the screen leaves the run; coming back is possible any time.
      try tmux.press("D")
      try tmux.wait(for: "goes on without this screen")
      try tmux.wait(for: "status=0")
      try tmux.type("clear; \(Program.path) attach \(run); echo status=$?")
      try tmux.press("Enter")
      try tmux.wait("the run again") { Self.step($0) > Self.step(attached) }
      try tmux.press("K")
      try tmux.wait("the end") { $0.contains("stopped") }
      try tmux.press("q")
      try tmux.wait(for: "status=0", seconds: 20)
      #expect(try bits(of: run).count == 3)
      let refused = try place.program("attach", run)
      expect(refused, status: 2, says: ["nobody trains it", "needlepoint resume"])
    }

    @Test func aTerminalTooSmallIsNoReasonToEnd() throws {
      let place = try Workplace(Self.endless)
      let tmux = try shell(place)
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait("training", seconds: 20) { Self.step($0) > 0 }
      for (columns, rows) in [(20, 5), (1, 1), (79, 23), (200, 60), (120, 40)] {
        try tmux.resize(columns: columns, rows: rows)
        for key in ["1", "2", "3", "4", "5", "3"] { try tmux.press(key) }
        usleep(150_000)
        #expect(tmux.field("alternate_on") == "1", "it ended at \(columns) x \(rows)")
      }
      try tmux.wait("the frame again") { $0.contains("[3 Train]") && Self.step($0) > 0 }
      try tmux.press("q")
      try tmux.wait(for: "save and quit")
      try tmux.press("s")
      try tmux.wait(for: "status=0", seconds: 20)
    }

    /// A kind of terminal, and what its screen must and must not hold.
    struct Kind: Sendable, CustomTestStringConvertible {
      let term: String
      var environment: [String: String] = [:]
      let isASCII: Bool
      let isColoured: Bool
      var testDescription: String { "\(term) \(environment)" }
    }

    static let kinds = [
      Kind(term: "xterm-256color", isASCII: false, isColoured: true),
      Kind(term: "xterm", isASCII: false, isColoured: true),
      Kind(term: "vt100", environment: ["LC_ALL": "C"], isASCII: true, isColoured: false),
      Kind(term: "xterm", environment: ["LC_ALL": "C"], isASCII: true, isColoured: true),
      Kind(
        term: "xterm-256color", environment: ["NO_COLOR": "1"], isASCII: false, isColoured: false),
    ]

    @Test(arguments: kinds) func everyKindOfTerminalShowsTheFrame(kind: Kind) throws {
      let place = try Workplace(Self.endless)
      let tmux = try shell(
        place, columns: 80, rows: 24,
        environment: kind.environment.merging(["TERM": kind.term]) { $1 })
      try tmux.type(opening("run tiny.yaml"))
      try tmux.press("Enter")
      try tmux.wait("training", seconds: 20) { $0.contains("[3 Train]") && Self.step($0) > 0 }
      for key in ["1", "2", "4", "3"] { try tmux.press(key) }
      try tmux.wait(for: "[3 Train]")
      let screen = tmux.screen()
      let isASCII = screen.utf8.allSatisfy { $0 < 128 }
      #expect(isASCII == kind.isASCII, "\(screen)")
      let styled = tmux.screen(styled: true)
      // A foreground of the eight, the bright eight, or the 256.
      let colour = "\u{1B}\\[([0-9]+;)*(3[0-7]|9[0-7]|38;5;[0-9]+)m"
      let hasColour = styled.range(of: colour, options: .regularExpression) != nil
      #expect(hasColour == kind.isColoured, "\(styled.prefix(300).debugDescription)")
      try tmux.press("q")
      try tmux.wait(for: "save and quit")
      try tmux.press("s")
      try tmux.wait(for: "status=0", seconds: 20)
    }

    @Test(arguments: ["nonsense-9", "dumb", ""])
    func aTerminalThatCannotShowAScreenGetsASentence(term: String) throws {
      let place = try Workplace()
      let tmux = try shell(place)
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
