import Panes
import Recipes
import Records
import Support
import Terminal
import Testing
import Workbench

/// What went wrong when someone who knew only the screen tried the whole story.
@Suite struct NewUserTests {
  /// Before: while the run ended its evaluation a second space asked for the pause again.
  @Test(arguments: [RunState.training, .evaluating])
  func aPauseThatIsStillToComeIsTakenBackBySpace(_ busy: RunState) throws {
    var state = try Fixtures.running(through: 20)
    _ = state.receive([], state: busy)
    #expect(state.press(.character(" ")) == [.send(.pause)])
    #expect(BindingTable.footer(of: state).contains { $0.word == "go on" })
    _ = state.receive([], state: busy)
    #expect(state.press(.character(" ")) == [.send(.resume)])
    #expect(BindingTable.footer(of: state).contains { $0.word == "pause" })
    #expect(state.press(.character(" ")) == [.send(.pause)])
    _ = state.receive([], state: .paused)
    #expect(state.press(.character(" ")) == [.send(.resume)])
    _ = state.receive([], state: busy)
    #expect(state.press(.character(" ")) == [.send(.pause)])
  }

  /// Before: a run that was marked while it trained was compared as it stood then, and laid over itself.
  @Test func aMarkedRunIsAsNewAsTheOneOnScreen() throws {
    let (live, other) = ("runs/017-longrecipe", "runs/016-pose")
    var state = try Fixtures.state()
    state.started(name: "017-longrecipe-256-to-4k", folder: live)
    _ = state.receive(Fixtures.records(through: 20), state: .training)
    _ = state.press(.character("5"))
    for path in [live, other] {
      let index = try #require(state.shownRuns?.firstIndex { $0.path == path })
      _ = state.press(.character("g"))
      for _ in 0..<index { _ = state.press(.character("j")) }
      #expect(state.press(.character("m")) == [.readRun(path)])
    }
    var old = try #require(Fixtures.past(live))
    old.history = RunHistory()
    for record in Fixtures.records(through: 10) { old.history.apply(record) }
    state.received(run: old, at: live)
    state.received(run: Fixtures.past(other), at: other)
    _ = state.receive(
      Fixtures.records(through: 100).filter { $0.isStep(after: 20) }, state: .training)
    #expect(state.markedRuns.map { $0.run.history.last?.step } == [100, 150])
    #expect(state.comparison?.runs.map { $0.history.last?.step } == [100, 150])
    #expect(state.overlays.map(\.run.summary.path) == [other])
  }

  @Test func aMarkedRunOfAnotherProcessIsReadAgainWhenItHasGrown() throws {
    let path = "runs/016-pose"
    var state = try Fixtures.state()
    state.received(run: Fixtures.past(path), at: path)
    #expect(state.received(runs: Fixtures.runs).isEmpty, "nothing has changed")
    var runs = Fixtures.runs
    let index = try #require(runs.firstIndex { $0.path == path })
    runs[index].steps += 100
    #expect(state.received(runs: runs) == [.readRun(path)])
  }

  @Test func runsOfOneNameDifferInANarrowTable() {
    var twins = [Fixtures.runs[0], Fixtures.runs[0]]
    twins[1].path = "runs/other"
    twins[1].when = "2026-11-21 17:45"
    for index in twins.indices { twins[index].fields = [] }
    let canvas = Canvas(width: 60, height: 8)
    RunsPane(runs: twins, cursor: 0).draw(on: canvas, focused: true)
    let rows = canvas.buffer.text.split(separator: "\n").filter { $0.contains("017") }
    #expect(rows.count == 2 && rows[0] != rows[1], "\(canvas.buffer.text)")
    #expect(rows.contains { $0.contains("17:45") })
  }

  @Test func theFileOfASaveIsReadInFull() throws {
    var state = try Fixtures.state()
    _ = state.press(.character("+"))
    _ = state.press(.character("q"))
    let canvas = Canvas(width: 80, height: 24)
    Frame.draw(state, on: canvas)
    let words = canvas.buffer.text.split { " \n│┃".contains($0) }.joined(separator: " ")
    #expect(words.contains("s writes \(state.recipe.document.file)."), "\(canvas.buffer.text)")
  }
}

extension RunRecord {
  /// Whether it is a step that comes after one.
  fileprivate func isStep(after first: Int) -> Bool {
    if case .step(let step) = self { step.step > first } else { false }
  }
}
