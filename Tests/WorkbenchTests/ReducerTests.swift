import Panes
import Records
import Recipes
import Support
import Terminal
import Testing
import Workbench

struct ReducerTests {
  private func pressed(_ state: WorkbenchState, _ keys: Key...) -> WorkbenchState {
    var state = state
    for key in keys { _ = state.press(key) }
    return state
  }

  @Test func aWeightMovesAndTheOthersRescaleToOne() throws {
    let state = pressed(try Fixtures.state(), .character("+"))
    let mix = state.recipe.mix(0)
    #expect(abs(mix.weights[0] - 0.41) < 1e-9)
    #expect(mix.units.reduce(0, +) == 10_000)
    #expect(state.recipe.isEdited)
    #expect(state.recipe.document.value(at: "stages.0.mix.stories") == "0.41")
  }

  @Test func undoAfterAnyEditsReturnsTheFileAndRedoTheEdits() throws {
    let start = try Fixtures.state()
    var random = RandomStream(seed: 7, name: "edits")
    for _ in 0..<20 {
      var state = start
      let keys: [Key] = [
        .character("+"), .character("-"), .character("H"), .character("L"), .down, .up, .tab,
        .character("x"), .character("t"), .left, .right,
      ]
      for _ in 0..<40 {
        _ = state.press(keys[Int(random.next() % UInt64(keys.count))])
      }
      let edited = state.recipe.document.text
      let count = state.recipe.undoCount
      for _ in 0..<count { _ = state.press(.character("u")) }
      #expect(state.recipe.document.text == start.recipe.document.text)
      #expect(!state.recipe.isEdited)
      for _ in 0..<count { _ = state.press(.control("r")) }
      #expect(state.recipe.document.text == edited)
    }
  }

  @Test func aTextFieldOwnsPrintableKeys() throws {
    var state = pressed(try Fixtures.state(), .character("="), .character("q"), .character("1"))
    #expect(state.draft?.text == "q1")
    #expect(state.screen == .recipe)
    state = pressed(state, .enter)
    #expect(state.draft?.problem != nil, "q1 is no weight")
    state = pressed(state, .control("u"), .character("."), .character("5"), .enter)
    #expect(state.draft == nil)
    #expect(abs(state.recipe.mix(0).weights[0] - 0.5) < 1e-9)
  }

  @Test func aValueOutOfRangeIsRefusedBesideTheField() throws {
    var state = try Fixtures.state()
    _ = state.reduce(.set(path: "stages.0.rope.base", value: "-3"))
    #expect(state.message?.contains("stages.0.rope.base") == true)
    #expect(!state.recipe.isEdited)
    _ = state.reduce(.set(path: "stages.0.rope.base", value: "500k"))
    #expect(state.recipe.document.value(at: "stages.0.rope.base") == "500k")
    #expect(state.recipe.changes.map(\.path) == ["stages.0.rope.base"])
  }

  @Test func choosingAKindKeepsTheRecipeWhole() throws {
    var state = try Fixtures.state()
    let effects = state.reduce(.set(path: "stages.0.rope.kind", value: "yarn"))
    #expect(effects == [.plan])
    #expect(state.recipe.faults.isEmpty)
    #expect(state.recipe.training(0)?.rope.kind == "yarn")
  }

  @Test func theRunIsDrivenByItsKeys() throws {
    var state = try Fixtures.running(through: 30)
    let effects3 = state.press(.character(" "))
    #expect(effects3 == [.send(.pause)])
    let effects4 = state.press(.character("c"))
    #expect(effects4 == [.send(.checkpoint)])
    let effects5 = state.press(.character("K"))
    #expect(effects5 == [.send(.stop)])
    _ = state.receive([], state: .paused)
    let effects6 = state.press(.character(" "))
    #expect(effects6 == [.send(.resume)])
    let effects7 = state.press(.character("e"))
    #expect(effects7 == [])
    for key in "5e-4" { _ = state.press(.character(key)) }
    let effects8 = state.press(.enter)
    #expect(effects8 == [.send(.setLearningRate(5e-4))])
  }

  @Test func quittingWhileTrainingAsksAndSaysWhatIsLost() throws {
    var state = try Fixtures.running(through: 120)
    let effects9 = state.press(.character("q"))
    #expect(effects9 == [])
    #expect(state.overlay == .quitRunning)
    let effects10 = state.press(.character("q"))
    #expect(effects10 == [], "a second q is ignored")
    let canvas = Canvas(width: 80, height: 24)
    Frame.draw(state, on: canvas)
    #expect(canvas.buffer.text.contains("lose 20 steps since step 100"))
    var staying = state
    let effects11 = staying.press(.enter)
    #expect(effects11 == [])
    #expect(staying.overlay == nil)
    var saving = state
    let effects12 = saving.press(.character("s"))
    #expect(effects12 == [.send(.stop)])
    let effects13 = saving.receive([], state: .stopped)
    #expect(effects13 == [.leave])
    let effects14 = state.press(.character("k"))
    #expect(effects14 == [.send(.abandon), .leave])
  }

  @Test func quittingWithUnsavedEditsAsks() throws {
    var state = pressed(try Fixtures.state(), .character("+"))
    let effects15 = state.press(.character("q"))
    #expect(effects15 == [])
    #expect(state.overlay == .quitUnsaved)
    var saving = state
    let effects16 = saving.press(.character("s"))
    #expect(effects16 == [.save])
    let effects17 = saving.wasSaved()
    #expect(effects17 == [.leave])
    let effects18 = state.press(.character("d"))
    #expect(effects18 == [.leave])
    var clean = try Fixtures.state()
    let effects19 = clean.press(.character("q"))
    #expect(effects19 == [.leave])
  }

  @Test func escapeGoesUpOneLayerAndNeverQuits() throws {
    var state = try Fixtures.running(through: 60)
    for key: Key in [.character("z"), .character("?")] { _ = state.press(key) }
    for _ in 0..<6 {
      let effects = state.press(.escape)
      #expect(effects == [])
    }
    #expect(state.overlay == nil)
    #expect(!state.isZoomed)
  }

  @Test func theNeedleScreenStepsThroughEvaluationsAndDrillsIn() throws {
    var state = try Fixtures.running(through: 120)
    _ = state.reduce(.show(.needle))
    #expect(state.map?.evaluation?.step == 100)
    _ = state.press(.character("["))
    #expect(state.map?.evaluation?.step == 75)
    _ = state.press(.character("]"))
    #expect(state.evaluation == nil, "the newest is followed again")
    _ = state.press(.enter)
    #expect(state.focused == .cell)
    _ = state.press(.down)
    #expect(state.row(.cell) == 1)
    _ = state.press(.escape)
    #expect(state.focused == .heatmap)
  }

  @Test func thePaletteSetsAFieldByItsScriptLine() throws {
    var state = pressed(try Fixtures.state(), .character(":"))
    for key in "set stages.0.steps 50" { _ = state.press(.character(key)) }
    let effects20 = state.press(.enter)
    #expect(effects20 == [.plan])
    #expect(state.recipe.training(0)?.steps == 50)
  }

  @Test func aPlanOfAnEarlierEditIsIgnored() throws {
    var state = try Fixtures.state()
    let old = state.recipe.document.text
    _ = state.press(.character("+"))
    #expect(state.isPlanStale)
    state.planned(Fixtures.report, of: old)
    #expect(state.isPlanStale)
    state.planned(Fixtures.report, of: state.recipe.document.text)
    #expect(!state.isPlanStale)
  }

  @Test func aFeedThatFailedIsAskedForAgain() throws {
    var state = try Fixtures.unfed()
    #expect(state.feedProblem?.contains("books/code") == true)
    let again = state.press(.character("2"))
    #expect(again == [.feed] && state.feedProblem == nil)
    let waiting = state.press(.character("2"))
    #expect(waiting == [], "it is on its way")
    state.received(feed: .success(Fixtures.feed), of: state.recipe.document.text)
    #expect(state.stageFeed?.rows.isEmpty == false)
  }

  @Test func aFailureStaysInSight() throws {
    var state = try Fixtures.failed(through: 60)
    let reason = try #require(state.failure)
    #expect(reason.contains("no room on the disk"))
    #expect(state.history.failure == reason)
    _ = state.press(.character("4"))
    #expect(state.failure == reason)
    _ = state.press(.character("R"))
    state.started(name: "again")
    #expect(state.failure == nil)
  }

  @Test func aMendedRecipeIsReadAgain() throws {
    var state = try Fixtures.faulty()
    #expect(state.recipe.recipe == nil && state.faults.count == 3)
    let list = state.press(.character("O"))
    #expect(list == [.listRecipes])
    let effects = state.press(.enter)
    #expect(effects == [.openRecipe("recipe.yaml")])
  }
}
