import Panes
import Queues
import Records
import Recipes
import Support
import Terminal
import Testing
import Workbench

struct SweepScreenTests {
  private func typed(_ state: inout WorkbenchState, _ line: String) {
    _ = state.reduce(.vary)
    _ = state.press(.control("u"))
    for key in line { _ = state.press(.character(key)) }
    _ = state.press(.enter)
  }

  @Test func aFieldIsVariedByALineAndTakenBack() throws {
    var state = try Fixtures.state()
    let none = state.press(.character("S"))
    #expect(none == [])
    #expect(state.message?.contains("has no sweep: v varies") == true)
    typed(&state, "stages.extend.rope.base=100k,1M")
    #expect(state.recipe.sweepCount == 6, "two values, three seeds")
    #expect(state.recipe.changes.map(\.path) == ["sweep"])
    typed(&state, "seeds=1, 2")
    typed(&state, "minutes=30")
    typed(&state, "abandon=0.5")
    let sweep = try #require(state.recipe.recipe?.sweep)
    #expect(sweep.arms.map(\.name) == ["base_100k", "base_1M"])
    #expect(sweep.seeds == [1, 2] && sweep.seconds == 1800 && sweep.abandon?.below == 0.5)
    typed(&state, "stages.extend.rope.base=")
    #expect(state.recipe.recipe?.sweep?.arms.map(\.name) == ["all"])
    typed(&state, "sweep=")
    #expect(state.recipe.recipe?.sweep == nil && state.recipe.changes.isEmpty)
    for _ in 0..<6 { _ = state.press(.character("u")) }
    #expect(!state.recipe.isEdited && state.recipe.undoCount == 0)
  }

  @Test(arguments: [
    "stages.extend.rope.bass=100k,1M", "stages.extend.rope.base=-1,2", "no sign", "seeds=x",
    "stages.9.steps=1,2", "minutes=-1",
  ])
  func aLineThatMakesNoSweepIsRefused(_ line: String) throws {
    var state = try Fixtures.state()
    typed(&state, line)
    #expect(state.draft?.problem?.isEmpty == false)
    #expect(!state.recipe.isEdited)
  }

  @Test func theDraftBeginsWithTheFieldUnderTheCursor() throws {
    var state = try Fixtures.state()
    _ = state.press(.tab)
    _ = state.press(.character("v"))
    let field = state.recipe.form(0)[0]
    #expect(state.draft?.text == "\(field.path)=\(field.text),")
  }

  @Test func aSweepIsPlannedQueuedTrainedAndTabulated() throws {
    var state = try Fixtures.sweeping()
    #expect(state.screen == .train, "whoever starts a sweep sees its first run")
    #expect(state.queue.entries.map(\.state) == [.done, .running, .waiting, .waiting])
    let effects = state.receive([], state: .finished)
    #expect(effects == [.listRuns, .tabulate])
    #expect(state.queue.wholeRuns.map(\.folder) == ["runs/016-pose", "runs/017-longrecipe"])
  }

  @Test func startingAsksForThePlanAndTellsWhatIsThere() throws {
    var state = try Fixtures.state()
    typed(&state, "stages.0.steps=100,200")
    let effects = state.press(.character("S"))
    #expect(effects == [.planSweep])
    let after = state.received(sweep: Result { try Fixtures.sweep(state.recipe.document) })
    #expect(after == [.tabulate], "one run is whole")
    #expect(state.message?.contains("A sweep of 6 runs, 1 there already") == true)
    let again = state.received(sweep: Result { try Fixtures.sweep(state.recipe.document) })
    #expect(again == [] && state.message?.contains("in the queue still") == true)
    #expect(state.queue.entries.count == 6, "nothing is queued twice")
    let failure = UserError("recipe.yaml", "it has no sweep", remedy: "Add one.")
    _ = state.received(sweep: .failure(failure))
    #expect(state.message == failure.description)
  }

  /// Takes in the sweep of the recipe and begins its first run; gives the queue's number of it.
  private func begin(_ state: inout WorkbenchState) throws -> Int {
    let document = state.recipe.document
    _ = state.received(sweep: Result { try Fixtures.sweep(document) })
    guard case .begin(let id)? = state.advanceQueue(at: 0).first else {
      throw UserError("queue", "nothing began")
    }
    return id
  }

  @Test func aHopelessRunIsStoppedAndTheRestGoesOn() throws {
    var state = try Fixtures.state()
    typed(&state, "stages.0.rope.base=160k,500k")
    typed(&state, "seeds=1")
    typed(&state, "abandon=0.9")
    // The first arm is there, with its answers at step 100.
    let id = try begin(&state)
    state.began(id, StartedRun(NoRun(), folder: "runs/b"))
    let wrong = Fixtures.needle(step: 100, cells: 70).map { record in
      guard case .needle(var cell) = record else { return record }
      cell.correct = 0
      return .needle(cell)
    }
    let steps = Fixtures.records(through: 101).filter { if case .step = $0 { true } else { false } }
    let effects = state.receive(
      Array(steps.dropLast()) + wrong + steps.suffix(1), state: .training)
    #expect(effects == [.send(.stop)])
    _ = state.receive([], state: .stopped)
    #expect(state.queue.entry(id)?.state == .abandoned(step: 101))
    #expect(!state.queue.isHeld, "nobody asked for quiet")
  }

  @Test func aRunOfASweepThatCannotBeginStaysInIt() throws {
    var state = try Fixtures.state()
    typed(&state, "stages.0.rope.base=160k,500k")
    typed(&state, "seeds=1")
    let id = try begin(&state)
    state.couldNotBegin(id, "no room")
    #expect(state.queue.entries.map(\.state) == [.done, .failed("no room")])
    #expect(state.message == "long-base_500k-1 did not begin: no room")
  }

  @Test func theArmsAreMarkedAndLaidOver() throws {
    var state = try Fixtures.sweeping()
    _ = state.reduce(.reveal(.sweep))
    let effects = state.press(.enter)
    #expect(
      effects == [.readRun("runs/016-pose"), .readRun("runs/017-longrecipe")],
      "all runs of the arm that has begun: \(effects)")
    #expect(state.screen == .train && state.chart.showsOverlay)
    state.received(run: Fixtures.past("runs/016-pose"), at: "runs/016-pose")
    state.received(run: Fixtures.past("runs/017-longrecipe"), at: "runs/017-longrecipe")
    #expect(state.overlays.map(\.mark.letter) == ["A"], "one mark for the arm")
    _ = state.press(.character("o"))
    let fresh = state.press(.character("o"))
    #expect(fresh == [.readRun("runs/017-longrecipe")], "the one that trains has grown")
    #expect(state.armMarks.mapValues(\.letter) == ["base_160k": "A"])
    // The picture has one curve for the arm as well.
    _ = state.receive(Fixtures.records(through: 101), state: .training)
    let runs = try #require(state.picture).runs
    #expect(runs.map(\.paths.count) == [1, 2] && runs[1].name.hasSuffix(", mean of 2"))
  }

  @Test func theTableIsExported() throws {
    var state = try Fixtures.swept()
    _ = state.reduce(.reveal(.sweep))
    let effects = state.press(.character("E"))
    #expect(effects == [.export])
    guard case .table(let table, "long")? = state.picture?.content else {
      Issue.record("no table in \(String(describing: state.picture))")
      return
    }
    #expect(table.arms == ["base_160k", "base_500k"])
    // Another recipe on screen does not give the table its name.
    _ = state.reduce(.set(path: "name", value: "other"))
    _ = state.reduce(.reveal(.sweep))
    guard case .table(_, "long")? = state.picture?.content else {
      Issue.record("another name in \(String(describing: state.picture))")
      return
    }
  }
}
