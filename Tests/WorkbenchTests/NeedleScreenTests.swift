import Panes
import Records
import Support
import Terminal
import Testing
import Workbench

struct NeedleScreenTests {
  private func state(_ keys: Key...) throws -> WorkbenchState {
    var state = try Fixtures.running(through: 120)
    _ = state.reduce(.show(.needle))
    for key in keys { _ = state.press(key) }
    return state
  }

  /// Before: of several tasks only the last one could be seen.
  @Test func everyTaskOfARunCanBeShown() throws {
    var state = try state(.character("t"))
    #expect(state.message?.contains("keyed is the only task") == true)
    let others = Fixtures.needle(step: 120, cells: 20).map { record -> RunRecord in
      guard case .needle(var cell) = record else { return record }
      cell.task = "single"
      return .needle(cell)
    }
    _ = state.receive(others, state: .training)
    #expect(state.tasks == ["keyed", "single"] && state.map?.evaluation?.task == "single")
    _ = state.press(.character("t"))
    #expect(state.map?.evaluations.map(\.task) == ["keyed", "keyed", "keyed", "keyed"])
    _ = state.press(.character("t"))
    #expect(state.map?.evaluations.map(\.task) == ["single"])
  }

  @Test func twoEvaluationsOfARunAreHeldAgainstEachOther() throws {
    var state = try state(.character("["), .character("["), .character("["), .character("="))
    #expect(state.map?.reference?.step == 25)
    for _ in 0..<3 { _ = state.press(.character("]")) }
    let map = try #require(state.map)
    #expect(map.evaluation?.step == 100 && map.reference?.step == 25)
    let column = try #require(map.axes.lengths.firstIndex(of: 512))
    let change = try #require(map.difference([(column: column, row: 4)]))
    let here = try #require(map.evaluation?.cell(length: 512, depth: 4.0 / 9))
    let there = try #require(map.reference?.cell(length: 512, depth: 4.0 / 9))
    #expect(change.value == here.score - there.score)
    #expect(change.isClear == (here.low > there.high || here.high < there.low))
    _ = state.press(.character("="))
    #expect(state.map?.reference == nil)
  }

  @Test func cellsAreSignedAndOnlyClearOnesAreColoured() throws {
    var state = try state(.character("["), .character("["), .character("["), .character("="))
    _ = state.press(.character("f"))
    let canvas = Canvas(width: 120, height: 40)
    Frame.draw(state, on: canvas)
    let text = canvas.buffer.text
    #expect(text.contains("needle recall, points") && text.contains("− @25"))
    #expect(text.contains("no colour: the intervals overlap"))
    let map = try #require(state.map)
    var coloured = 0
    for row in 0..<40 {
      for column in 0..<120
      where canvas.buffer[column, row].style.background.name
        .hasPrefix("diverging")
      {
        coloured += 1
      }
    }
    let clear = map.axes.lengths.indices.flatMap { column in
      map.axes.depths.indices.compactMap { map.difference([(column: column, row: $0)]) }
    }.filter(\.isClear)
    #expect(!clear.isEmpty)
    // Each cell is as wide, the legend has the nine steps once.
    #expect((coloured - 9) % clear.count == 0 && coloured > 9)
  }

  @Test func anEvaluationOfAMarkedRunIsTheOtherSide() throws {
    var state = try state()
    _ = state.reduce(.show(.runs))
    _ = state.press(.down)
    _ = state.press(.character("m"))
    state.received(run: Fixtures.past("runs/016-pose"), at: "runs/016-pose")
    _ = state.reduce(.show(.needle))
    #expect(state.map?.evaluation?.step == 100, "the newest of the run on screen is still shown")
    _ = state.press(.character("="))
    _ = state.press(.character("]"))
    let map = try #require(state.map)
    #expect(map.evaluation?.run == "A 016-pose" && map.evaluation?.step == 25)
    #expect(map.reference?.run == "" && map.reference?.step == 100)
    #expect(map.difference([(column: 0, row: 0)]) != nil)
  }

  @Test func evaluationsArePlayedToTheEndAndAKeyStopsThem() throws {
    var state = try state(.character("p"))
    #expect(state.isPlaying)
    var steps = [state.map?.evaluation?.step ?? -1]
    while state.isPlaying, steps.count < 20 {
      state.playNext()
      steps.append(state.map?.evaluation?.step ?? -1)
    }
    #expect(steps == [25, 50, 75, 100])
    #expect(state.evaluation == nil, "it ends at the newest, which is followed")
    _ = state.press(.character("p"))
    _ = state.press(.character("["))
    #expect(!state.isPlaying)
  }

  /// 4 Needle, enter, down: the prompt of the next trial.
  @Test func aTrialsPromptIsThreeKeysAway() throws {
    var state = try Fixtures.running(through: 120)
    for key: Key in [.character("4"), .enter, .down] { _ = state.press(key) }
    for (width, height) in [(120, 40), (80, 24)] {
      let canvas = Canvas(width: width, height: height)
      Frame.draw(state, on: canvas)
      #expect(canvas.buffer.text.contains("asked for"), "\(width)x\(height)")
    }
  }
}
