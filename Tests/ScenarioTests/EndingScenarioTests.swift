import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// Every way to leave the workbench, wanted or not: the terminal works and what was committed is whole.
  @Suite(.enabled(if: Tmux.isAvailable)) struct EndingScenarioTests {
    @Test(arguments: [(SIGTERM, 143), (SIGUSR1, 85)])
    func aSignalLeavesAWholeCheckpointAndAWorkingTerminal(signal: Int32, status: Int) throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.train()
      kill(try shell.process(), signal)
      let end = try tmux.wait(for: "status=\(status)", seconds: 20)
      #expect(end.contains("go on with: needlepoint resume"))
      try shell.expectRestored()
      #expect(try bits(of: try place.run()).count == 3)
    }

    /// Before: SIGQUIT left the screen as it was.
    @Test(arguments: [(SIGQUIT, 131), (SIGSEGV, 139), (SIGABRT, 134), (SIGBUS, 135), (SIGFPE, 136)])
    func aCrashGivesTheTerminalBackAndSaysHowToGoOn(signal: Int32, status: Int) throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.train()
      try shell.waitForCheckpoint()
      kill(try shell.process(), signal)
      let end = try tmux.wait(for: "status=\(status)", seconds: 20)
      #expect(end.contains("go on with: needlepoint resume"))
      try shell.expectRestored()
    }

    @Test func controlCAsksAndASecondOneLeavesWhatWasCommitted() throws {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.train()
      let run = try shell.waitForCheckpoint()
      // From another program it asks as well as from the keyboard.
      kill(try shell.process(), SIGINT)
      try tmux.wait(for: "Training is running")
      try tmux.press("C-c")
      try tmux.wait(for: "status=130", seconds: 20)
      try shell.expectRestored()
      #expect([1, 3].contains(try bits(of: run).count))
    }

    @Test(arguments: [true, false]) func aStoppedProgramGivesTheTerminalBackAndComesBack(
      byKey: Bool
    )
      throws
    {
      let place = try Workplace(WorkbenchShell.endless)
      let shell = try WorkbenchShell(place)
      let tmux = shell.tmux
      try shell.train()
      if byKey { try tmux.press("C-z") } else { kill(try shell.process(), SIGTSTP) }
      try tmux.wait(for: "status=148", seconds: 20)
      try shell.expectRestored()
      try tmux.type("fg; echo ended=$?")
      try tmux.press("Enter")
      try tmux.wait("the frame") { $0.contains("[3 Train]") && !$0.contains("echo") }
      let seen = WorkbenchShell.step(tmux.screen())
      try tmux.wait("more steps") { WorkbenchShell.step($0) > seen }
      try tmux.press("q")
      try tmux.wait(for: "save and quit")
      try tmux.press("s")
      try tmux.wait(for: "ended=0", seconds: 20)
      try shell.expectRestored()
    }

    @Test func aRunOutlivesItsTerminalAndIsAttachedTo() throws {
      let place = try Workplace(WorkbenchShell.endless)
      var first: WorkbenchShell? = try WorkbenchShell(place)
      try first?.train()
      let run = try place.run()
      // The server of the terminal is killed, as a lost connection does.
      first = nil
      let shell = try WorkbenchShell(place, columns: 80, rows: 24)
      let tmux = shell.tmux
      try tmux.type("\(Program.path) attach \(run); echo status=$?")
      try tmux.press("Enter")
      let attached = try tmux.wait("the run") {
        WorkbenchShell.step($0) > 0 && $0.contains("[3 Train]")
      }
      try tmux.wait("more steps") { WorkbenchShell.step($0) > WorkbenchShell.step(attached) }
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
      try tmux.wait("the run again") { WorkbenchShell.step($0) > WorkbenchShell.step(attached) }
      try tmux.press("K")
      try tmux.wait("the end") { $0.contains("stopped") }
      try tmux.press("q")
      try tmux.wait(for: "status=0", seconds: 20)
      #expect(try bits(of: run).count == 3)
      let refused = try place.program("attach", run)
      expect(refused, status: 2, says: ["nobody trains it", "needlepoint resume"])
    }
  }
}
