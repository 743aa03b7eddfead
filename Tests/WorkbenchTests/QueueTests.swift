import Panes
import Queues
import Records
import Recipes
import Support
import Synchronization
import Terminal
import Testing
import Workbench

@Suite(.serialized)
struct QueueTests {
  /// The numbers of the runs that begin.
  private func begun(_ effects: [Effect]) -> [Int] {
    effects.compactMap { if case .begin(let id) = $0 { id } else { nil } }
  }

  private func running() throws -> WorkbenchState {
    var state = try Fixtures.state()
    for id in begun(state.press(.character("R"))) {
      state.began(id, StartedRun(NoRun(), folder: "runs/first"))
    }
    _ = state.receive(Fixtures.records(through: 30), state: .training)
    return state
  }

  @Test func startingWhileARunTrainsQueuesTheRecipeAsItStands() throws {
    var state = try running()
    #expect(state.screen == .train)
    _ = state.reduce(.set(path: "stages.0.steps", value: "300"))
    let effects = state.press(.character("R"))
    #expect(effects == [])
    #expect(state.message?.contains("queued, 1 run waits") == true)
    // What is edited later is no part of it.
    _ = state.reduce(.set(path: "stages.0.steps", value: "400"))
    #expect(state.queue.entries.map(\.steps) == [200, 300])
    #expect(state.queue.entries.last?.document.value(at: "stages.0.steps") == "300")
    let early = state.advanceQueue(at: 0)
    #expect(early == [], "one run at a time")
  }

  @Test func queuedRunsFollowOneAnotherWithoutTakingTheScreen() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.reduce(.show(.data))
    let effects = state.receive([], state: .finished)
    #expect(effects == [.listRuns])
    let next = begun(state.advanceQueue(at: 0))
    #expect(next == [1])
    state.began(1, StartedRun(NoRun(), folder: "runs/second"))
    #expect(state.screen == .data)
    #expect(state.history.last == nil, "the screens begin anew")
    #expect(state.message?.contains("is finished. Now") == true)
    _ = state.receive([], state: .finished)
    #expect(state.queue.entries.map(\.state) == [.done, .done])
    let rest = state.advanceQueue(at: 0)
    #expect(rest == [])
  }

  @Test func aFailedRunDoesNotStopTheRest() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.receive([], state: .failed("no room on the disk"))
    let next = begun(state.advanceQueue(at: 0))
    #expect(next == [1])
    state.began(1, StartedRun(NoRun()))
    #expect(state.message?.contains("no room on the disk Now") == true)
    #expect(state.queue.entries.first?.state == .failed("no room on the disk"))
  }

  @Test func whoStopsARunHoldsTheQueueUntilSpace() throws {
    var state = try running()
    _ = state.press(.character("R"))
    let stop = state.press(.character("K"))
    #expect(stop == [.send(.stop)])
    #expect(state.message?.contains("The queue waits then") == true)
    _ = state.receive([], state: .stopped)
    #expect(state.message?.contains("1 run waits: space goes on") == true)
    let held = state.advanceQueue(at: 0)
    #expect(held == [])
    #expect(BindingTable.footer(of: state).contains { $0.label == "space" && $0.word == "go on" })
    _ = state.press(.character(" "))
    let next = begun(state.advanceQueue(at: 0))
    #expect(next == [1])
  }

  @Test func aStopThatComesTooLateHoldsTheQueueToo() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.press(.character("K"))
    _ = state.receive([], state: .finished)
    let held = state.advanceQueue(at: 0)
    #expect(held == [])
    #expect(state.message?.contains("is finished. 1 run waits: space goes on") == true)
  }

  @Test func theRecipeStartsAtOnceWhileTheQueueIsHeld() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.receive([], state: .stopped)
    _ = state.reduce(.set(path: "name", value: "urgent"))
    let next = begun(state.press(.character("R")))
    #expect(next == [2])
    #expect(state.queue.entries.map(\.id) == [0, 2, 1])
    state.began(2, StartedRun(NoRun()))
    _ = state.receive([], state: .finished)
    let held = state.advanceQueue(at: 0)
    #expect(held == [], "the rest is held as before")
  }

  @Test func queuedRunsAreMovedAndTakenOutInTheirPane() throws {
    var state = try running()
    for name in ["b", "c"] {
      _ = state.reduce(.set(path: "name", value: name))
      _ = state.press(.character("R"))
    }
    _ = state.reduce(.reveal(.queue))
    #expect(state.screen == .runs && state.focused == .queue)
    _ = state.press(.character("x"))
    #expect(state.queue.entries.count == 3, "a run in work stays")
    #expect(state.message?.contains("K stops it") == true)
    _ = state.press(.character("G"))
    _ = state.press(.character("+"))
    #expect(state.queue.entries.map(\.name) == ["longrecipe-256-to-4k", "c", "b"])
    #expect(state.row(.queue) == 1, "the cursor goes along")
    _ = state.press(.character("x"))
    #expect(state.queue.entries.map(\.name) == ["longrecipe-256-to-4k", "b"])
    let footer = BindingTable.footer(of: state).map(\.word)
    #expect(footer.contains("remove") && footer.contains("move") && !footer.contains("filter"))
  }

  @Test func aStoppedRunGoesOnInItsFolder() throws {
    // One that is in the queue keeps its place there.
    var state = try running()
    _ = state.receive([], state: .stopped)
    _ = state.reduce(.reveal(.queue))
    let again = begun(state.press(.character("r")))
    #expect(again == [0])
    #expect(state.queue.entries.map(\.folder) == ["runs/first"])
    state.began(
      0, StartedRun(NoRun(), folder: "runs/first", records: Fixtures.records(through: 30)))
    #expect(state.history.last?.step == 30, "the screens show what came before")
    _ = state.reduce(.reveal(.queue))
    _ = state.press(.character("r"))
    #expect(state.message?.contains("in the queue already") == true)

    // One of an earlier session waits behind the run in work.
    _ = state.reduce(.reveal(.runs))
    _ = state.press(.character("g"))
    for _ in 0..<2 {
      let none = state.press(.character("r"))
      #expect(none == [] && state.message?.contains("stopped or failed") == true)
      _ = state.press(.down)
    }
    let read = state.press(.character("r"))
    #expect(read == [.resume("runs/014-base-500k")])
    let effects = state.resume(try Fixtures.document(), at: "runs/014-base-500k")
    #expect(effects == [])
    #expect(state.message?.contains("is queued, 1 run waits") == true)
    _ = state.receive([], state: .finished)
    let next = begun(state.advanceQueue(at: 0))
    #expect(next == [1])
    #expect(state.queue.entry(1)?.folder == "runs/014-base-500k")
  }

  /// Another process trains: it knows nothing of the runs that were queued here.
  @Test(arguments: [true, false])
  func leavingARunThatIsOnlyWatchedTakesNoQueueAlong(_ isWatched: Bool) throws {
    var state = try Fixtures.state()
    state.started(name: "far", isWatched: isWatched)
    _ = state.receive(Fixtures.records(through: 30), state: .training)
    _ = state.press(.character("R"))
    _ = state.press(.character("q"))
    let canvas = Canvas(width: 120, height: 40)
    Frame.draw(state, on: canvas)
    #expect(canvas.buffer.text.contains("only D trains them") != isWatched)
    #expect(canvas.buffer.text.contains("no way out trains them") == isWatched)
  }

  @Test func quittingWithAHeldQueueAsks() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.receive([], state: .stopped)
    let asked = state.press(.character("q"))
    #expect(asked == [])
    #expect(state.overlay == .quitQueued)
    var going = state
    _ = going.press(.character(" "))
    let next = begun(going.advanceQueue(at: 0))
    #expect(going.overlay == nil && next == [1])
    let left = state.press(.character("k"))
    #expect(left == [.leave])
  }

  /// The run ends by itself before the stop reaches it, and unsaved edits keep the workbench open.
  @Test func savingAndQuittingBeginsNothingMore() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.reduce(.set(path: "name", value: "edited"))
    _ = state.press(.character("q"))
    let stop = state.press(.character("s"))
    #expect(stop == [.send(.stop)])
    let effects = state.receive([], state: .finished)
    #expect(effects == [.listRuns])
    #expect(state.overlay == .quitUnsaved && state.queue.isHeld)
    let next = state.advanceQueue(at: 0)
    #expect(next == [])
  }

  @Test func keysAreAboutTheRunOfThePaneInFocus() throws {
    var state = try Fixtures.state()
    for id in begun(state.press(.character("R"))) {
      state.began(id, StartedRun(NoRun(), folder: "runs/016-pose"))
    }
    _ = state.receive(Fixtures.records(through: 30), state: .stopped)
    // The table's cursor stands on another run.
    _ = state.reduce(.reveal(.queue))
    #expect(state.runUnderCursor?.path == "runs/017-longrecipe")
    let marked = state.press(.character("m"))
    #expect(marked == [.readRun("runs/016-pose")])
    var branched = state
    _ = branched.press(.character("b"))
    #expect(branched.recipe.recipe?.base == "runs/016-pose/step-000000000200.h5")
    for pane in [PaneName.comparison, .sweep] {
      _ = state.reduce(.reveal(pane))
      for command in [Command.resume, .branch] {
        let effects = state.reduce(command)
        #expect(effects == [] && state.message?.contains("here to") == true)
      }
    }
    _ = state.reduce(.reveal(.comparison))
    let none = state.press(.character("m"))
    #expect(none == [] && state.message?.contains("no run here to mark") == true)
    #expect(state.marks.count == 1 && !state.recipe.isEdited)
  }

  @Test func aWaitingRunWithAFolderCanBeLookedAt() throws {
    var state = try running()
    _ = state.receive([], state: .stopped)
    _ = state.reduce(.set(path: "name", value: "second"))
    for id in begun(state.press(.character("R"))) { state.began(id, StartedRun(NoRun())) }
    _ = state.reduce(.reveal(.queue))
    _ = state.press(.character("r"))
    #expect(state.queue.entries.map(\.state) == [.waiting, .running])
    _ = state.press(.enter)
    #expect(state.message?.contains("stays on screen") == true)
    _ = state.receive([], state: .stopped)
    let effects = state.press(.enter)
    #expect(effects == [.openRun("runs/first")])
  }

  @Test func aRunThatWasNotLetBeginIsStoppedNotOutOfTime() throws {
    var state = try running()
    _ = state.press(.character("R"))
    _ = state.receive([], state: .stopped)
    for key in "qk" { _ = state.press(.character(key)) }
    _ = state.reduce(.reveal(.queue))
    let canvas = Canvas(width: 120, height: 40)
    Frame.draw(state, on: canvas)
    #expect(state.queue.entries.map(\.state) == [.stopped, .stopped])
    #expect(!canvas.buffer.text.contains("no time"))
  }

  /// The engine tells its last and ends between two looks at it.
  @Test func theLastRecordsOfARunAreTakenBeforeTheNextBegins() throws {
    let host = ScriptedHost()
    let workbench = Workbench(
      screen: MemoryScreen(width: 120, height: 40), host: host, document: try Fixtures.document(),
      wait: try EventWait())
    workbench.perform(.start)
    workbench.perform(.set(path: "name", value: "second"))
    workbench.perform(.start)
    host.run.inner.withLock { $0.last = Fixtures.records(through: 40) }
    for _ in 0..<2 { workbench.turn(milliseconds: 0) }
    #expect(workbench.state.queue.entries.map(\.state) == [.done, .running])
    #expect(workbench.state.queue.entries.first?.last?.step == 40)
  }

  @Test func aRunOfAnotherRecipeIsNotReachedByEditsOfThisOne() throws {
    var state = try running()
    _ = state.reduce(.set(path: "stages.0.steps", value: "300"))
    _ = state.press(.character("R"))
    _ = state.reduce(.set(path: "target", value: "2k"))
    _ = state.receive([], state: .finished)
    _ = state.advanceQueue(at: 0)
    state.began(1, StartedRun(NoRun(), trained: 512))
    _ = state.receive(Fixtures.records(through: 30), state: .training)
    _ = state.reduce(.show(.recipe))
    let effects = state.reduce(.nudge(1))
    #expect(effects == [.plan])
    #expect(state.map?.target == 4096 && state.map?.trained == 512)
  }

  @Test func theWorkbenchTrainsItsQueueToTheEnd() throws {
    let screen = MemoryScreen(width: 120, height: 40)
    let host = ScriptedHost()
    let workbench = Workbench(
      screen: screen, host: host, document: try Fixtures.document(), wait: try EventWait())
    workbench.perform(.start)
    for name in ["broken", "third"] {
      workbench.perform(.set(path: "name", value: name))
      workbench.perform(.start)
    }
    host.run.inner.withLock { $0.state = .finished }
    workbench.turn(milliseconds: 0)
    // The second one cannot begin, so the third one has its turn at once.
    #expect(host.begun.withLock { $0 } == ["longrecipe-256-to-4k", "broken", "third"])
    #expect(workbench.state.isRunning)
    #expect(
      workbench.state.message?.contains("broken did not begin: base.h5: no such file") == true)
    host.run.inner.withLock { $0.state = .finished }
    workbench.turn(milliseconds: 0)
    let states = workbench.state.queue.entries.map(\.state)
    #expect(states.first == .done && states.last == .done)
    #expect(!workbench.state.isRunning)
  }
}
