import Panes
import Recipes
import Support
import Terminal
import Testing
import Workbench

struct HelpTests {
  @Test(arguments: ScreenName.allCases)
  func thePaletteHasEveryCommandFieldRunAndTopic(_ screen: ScreenName) throws {
    var state = try Fixtures.state()
    _ = state.reduce(.show(screen))
    let lines = Set(PaletteModel.entries(matching: "", in: state).map(\.line))
    for stroke in BindingTable.all.flatMap(\.strokes) { #expect(lines.contains(stroke.name)) }
    for field in state.recipe.fields {
      #expect(lines.contains { $0.hasPrefix("set \(field.path) ") }, "\(field.path)")
    }
    for run in Fixtures.runs { #expect(lines.contains("open run \(run.name)")) }
    for topic in Topic.all(in: state) { #expect(lines.contains("help \(topic.name)")) }
  }

  @Test func aCommandOfAnotherScreenBringsItsScreen() throws {
    var state = try Fixtures.running(through: 60)
    _ = state.reduce(.show(.recipe))
    _ = state.press(.character(":"))
    for key in "next curve" { _ = state.press(.character(key)) }
    _ = state.press(.enter)
    #expect(state.screen == .train)
    #expect(state.chart.curve == .source("stories"))
  }

  @Test func everyFieldExplainsItself() throws {
    var state = try Fixtures.state()
    _ = state.press(.tab)
    for (index, field) in state.recipe.form(0).enumerated() {
      _ = state.press(.character("i"))
      guard case .topic(let topic) = state.overlay else {
        Issue.record("\(field.path) has no page")
        return
      }
      #expect(topic.name == field.path)
      #expect(topic.paragraphs.contains { $0.hasPrefix("A change applies: ") })
      if !field.setting.source.isEmpty {
        #expect(topic.paragraphs.contains("From \(field.setting.source)."))
      }
      _ = state.press(.character("x"))
      #expect(state.overlay == nil, "any key closes and does nothing else")
      _ = state.press(.down)
      #expect(state.row(.settings) == min(index + 1, state.recipe.form(0).count - 1))
    }
  }

  @Test func theTourHasSixPagesAndEndsWithEscape() throws {
    var state = try Fixtures.state()
    _ = state.reduce(.tour)
    var screens: [ScreenName] = []
    for page in 0..<6 {
      #expect(state.overlay == .tour(page))
      screens.append(state.screen)
      for (width, height) in [(120, 40), (80, 24), (60, 16), (20, 4)] {
        let canvas = Canvas(width: width, height: height)
        Frame.draw(state, on: canvas)
        if width >= 60 { #expect(canvas.buffer.text.contains("Tour \(page + 1) of 6")) }
      }
      _ = state.press(.enter)
    }
    #expect(screens == [.recipe, .data, .train, .needle, .runs, .recipe])
    #expect(state.overlay == nil && state.screen == .recipe)
    _ = state.reduce(.tour)
    _ = state.press(.escape)
    #expect(state.overlay == nil)
  }

  @Test func aKeyThatIsKnownEndsTheTourAndDoesItsWork() throws {
    var state = try Fixtures.state()
    _ = state.reduce(.tour)
    let effects = state.press(.character("R"))
    #expect(effects == [.begin(0)])
    #expect(state.overlay == nil)
  }
}

struct RecipeWarningTests {
  private func warnings(_ changes: [(String, String)] = [], base: Double = 10_000) throws
    -> [RecipeWarning]
  {
    let document = try changes.reduce(Fixtures.document()) { try $0.setting($1.0, to: $1.1) }
    return RecipeWarning.all(
      try document.recipe(Fixtures.vocabulary),
      model: ModelFacts(summary: "", trainedContext: 256, headWidth: 64, ropeBase: base))
  }

  @Test func aRecipeThatFitsHasNone() throws {
    #expect(try warnings() == [])
  }

  /// The bound of 4,096 tokens lies between 10k and 160k (Men et al., table 2: 2.8e4 for width 128).
  @Test func aBaseBelowItsBoundIsTold() throws {
    let found = try warnings([("stages.0.rope.base", "10001")])
    #expect(found.count == 1 && found[0].name == "W1")
    #expect(found[0].text.contains("below its bound"))
    #expect(found[0].source.contains("2405.14591"))
  }

  /// Before: every task but `needle` left the heatmap empty, by the warning's word.
  @Test func theHeatmapStaysEmptyWithoutLengthsOnly() throws {
    #expect(try warnings([("evaluate.0.lengths", "[256]")]) == [])
    #expect(try warnings([("evaluate", "[]")]).map(\.path) == ["evaluate"])
  }

  @Test func aWarmupThatNeverEndsIsTold() throws {
    let found = try warnings([("stages.0.optimizer.warmup", "200")])
    #expect(found.map(\.path) == ["stages.0.optimizer.warmup"])
  }

  @Test(arguments: [("7", false), ("6", true)])
  func aWindowThatNeverReachesItsEndIsTold(growth: String, isShort: Bool) throws {
    let found = try warnings([
      ("stages.0.window.start", "32"), ("stages.0.window.growth", growth),
    ])
    #expect(found.map(\.path) == (isShort ? ["stages.0.window.growth"] : []))
  }

  @Test func theFirstOneIsExplainedByItsName() throws {
    var state = try Fixtures.state()
    var report = Fixtures.report
    report.warnings = try warnings([("stages.0.optimizer.warmup", "200")])
    state.planned(report, of: state.recipe.document.text)
    let canvas = Canvas(width: 120, height: 40)
    Frame.draw(state, on: canvas)
    #expect(canvas.buffer.text.contains("W1 stages.0.optimizer.warmup"))
    _ = state.press(.character(":"))
    for key in "help W1" { _ = state.press(.character(key)) }
    _ = state.press(.enter)
    guard case .topic(let topic) = state.overlay else {
      Issue.record("no page for W1")
      return
    }
    #expect(topic.paragraphs.contains { $0.contains("never used") })
  }
}

struct ParentRunTests {
  @Test func theRecipeIsHeldAgainstAMarkedRun() throws {
    var state = try Fixtures.state()
    _ = state.reduce(.show(.runs))
    _ = state.press(.down)
    _ = state.press(.character("m"))
    _ = state.reduce(.show(.recipe))
    #expect(state.shownChanges.isEmpty)
    _ = state.press(.character("p"))
    let changes = Dictionary(
      uniqueKeysWithValues: state.shownChanges.map { ($0.path, [$0.old, $0.new]) })
    #expect(changes["stages.0.rope.base"] == ["500000", "160000"])
    #expect(changes["stages.0.mix.stories"] == ["0.5", "0.4"])
    _ = state.press(.character("p"))
    #expect(state.shownChanges.isEmpty)
  }

  @Test func aLockIsTakenBackAndBroughtAgain() throws {
    var state = try Fixtures.state()
    _ = state.press(.character("x"))
    #expect(state.recipe.mix(0).locked == ["stories"])
    _ = state.press(.character("u"))
    #expect(state.recipe.mix(0).locked.isEmpty)
    _ = state.press(.control("r"))
    #expect(state.recipe.mix(0).locked == ["stories"])
  }
}
