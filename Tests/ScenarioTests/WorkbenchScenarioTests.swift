import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite(.enabled(if: Tmux.isAvailable)) struct WorkbenchScenarioTests {
    @Test(arguments: [(120, 40), (80, 24)])
    func aPersonEditsTrainsWatchesAndLeaves(columns: Int, rows: Int) throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place, columns: columns, rows: rows)
      let tmux = shell.tmux
      let first = try shell.openWorkbench()
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
      try tmux.wait("a loss", seconds: 20) { $0.contains("smooth") && WorkbenchShell.step($0) > 0 }
      try tmux.press("Space")
      try tmux.wait(for: "paused")
      let paused = tmux.screen()
      usleep(400_000)
      #expect(
        WorkbenchShell.step(tmux.screen()) == WorkbenchShell.step(paused),
        "it trains while it is paused")
      try tmux.press("Space")
      try tmux.wait("training again") { WorkbenchShell.step($0) > WorkbenchShell.step(paused) }
      try tmux.press("e")
      try tmux.type("2e-4")
      try tmux.press("Enter")
      try tmux.wait("the edit in the log") { _ in
        shell.log(of: "edit").contains { line in
          line["path"]?.textValue == "learning_rate"
            && line["new"]?.textValue == "0.0002"
        }
      }
      try tmux.wait("a step at the new rate") { _ in
        let rate = shell.log(of: "step").last?["learning_rate"]?.numberValue ?? 1
        return abs(rate - 2e-4) < 2e-5
      }

      try tmux.press("u")
      try tmux.wait("the rate taken back") { _ in
        shell.log(of: "edit").contains { line in
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
      let end = try shell.saveAndQuit()
      #expect(end.contains("go on with: needlepoint resume"))
      try shell.expectRestored()
      let run = try place.run()
      #expect(try bits(of: run).allSatisfy { !$0.isEmpty })
    }

    @Test func twoRunsAreComparedAndOneIsLaidOverTheOther() throws {
      let place = try Workplace()
      _ = try place.train("--set", "name=first")
      _ = try place.train("--set", "name=second", "--set", "stages.0.optimizer.rate=2e-3")
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.openWorkbench()
      try tmux.press("5")
      // The stages of the recipe have the same names: the dots tell that these are runs.
      try tmux.wait("both runs") { $0.contains("● first") && $0.contains("● second") }
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
      try shell.expectRestored()
    }
  }
}
