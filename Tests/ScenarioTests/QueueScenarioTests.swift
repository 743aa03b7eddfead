import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// Several runs from one workbench: queue, sweep, branch and merge.
  @Suite(.enabled(if: Tmux.isAvailable)) struct QueueScenarioTests {
    @Test func aSecondRunIsQueuedAndBothFinish() throws {
      let place = try Workplace(TinyRecipe.world(steps: 1000, every: 1000, evaluations: 1000))
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.openWorkbench()
      try tmux.press("R")
      try tmux.wait(for: "[3 Train]", seconds: 20)
      try shell.queueAnother(edits: true)
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
      let end = try tmux.wait(for: "status=0", seconds: 20)
      let told = place.runs.map { $0.split(separator: "/").last ?? "" }
        .map { end.components(separatedBy: "out/\($0): ").count - 1 }
      #expect(told == [1, 1], "\(end)")
      try shell.expectRestored()
    }

    /// A run that is paused, and another one that waits behind it.
    private func trainingWithOneQueued() throws -> (Workplace, WorkbenchShell) {
      let place = try Workplace(TinyRecipe.world(steps: 1000, every: 1000, evaluations: 1000))
      let shell = try WorkbenchShell(place)
      try shell.train()
      try shell.queueAnother()
      return (place, shell)
    }

    @Test func theQueueGoesOnWithoutTheScreen() throws {
      let (place, shell) = try trainingWithOneQueued()
      let tmux = shell.tmux
      try tmux.press("q")
      try tmux.wait(for: "1 run waits too: only D trains them")
      try tmux.press("Escape")
      try tmux.press("Space")
      try tmux.press("D")
      let end = try tmux.wait(for: "status=0", seconds: 60)
      #expect(end.components(separatedBy: ": done ").count == 3, "\(end)")
      #expect(place.wholeRuns == 2)
      try shell.expectRestored()
    }

    @Test func whatAHeldQueueHoldsIsToldWhenTheScreenIsLeft() throws {
      let (place, shell) = try trainingWithOneQueued()
      let tmux = shell.tmux
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
      try shell.expectRestored()
    }

    @Test func aSweepOfTwoArmsIsStartedFromTheWorkbench() throws {
      let place = try Workplace(TinyRecipe.world(steps: 8, every: 4, evaluations: 8))
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.openWorkbench()
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
      try shell.expectRestored()
      let again = try place.program("sweep", "tiny.yaml", "--out", "out", "--threads", "1")
      expect(again, says: ["2 of 2 runs are there already"])
    }

    @Test func aRunIsBranchedFromTheLineageAndMergedWithItsBase() throws {
      let place = try Workplace(TinyRecipe.world(steps: 8, every: 4, evaluations: 8))
      _ = try place.train("--set", "name=first")
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.openWorkbench()
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
  }
}
