import Panes
import Recipes
import Records
import Support
import Terminal
import Testing
import Workbench

struct RunFilterTests {
  private func names(_ text: String) throws -> [String] {
    let filter = try RunFilter(text)
    #expect(filter.problem(among: Fixtures.runs) == nil)
    return Fixtures.runs.filter(filter.accepts).map { String($0.name.prefix(3)) }
  }

  @Test(arguments: [
    ("", ["017", "016", "014"]), ("pose", ["016"]), ("status=done", ["016"]),
    ("status!=failed", ["017", "016"]), ("loss<1.95", ["017"]), ("loss>=1.92", ["017", "016"]),
    ("needle>80", ["016"]), ("needle>80%", ["016"]), ("steps<=120 status~run", ["017"]),
    ("tokens>3M", ["016"]), ("rope=abf", ["017", "016"]), ("base>200k", ["016"]),
    ("stages.0.rope.base=160k", ["017"]), ("rate=2e-3", ["016"]), ("target=4k", ["017", "016"]),
    ("rope~yarn", []), ("rope!=yarn", ["017", "016", "014"]), ("code=0.2", ["016"]),
    ("started>=21", ["017", "016"]),
  ])
  func termsMeanWhatTheySay(text: String, wanted: [String]) throws {
    #expect(try names(text) == wanted)
  }

  @Test(arguments: ["loss<", "=3", "loss<2 >5"])
  func aTermWithoutFieldOrValueIsRefused(text: String) {
    #expect(throws: UserError.self) { try RunFilter(text) }
  }

  @Test func anUnknownFieldIsToldWithTheNearestOne() throws {
    let problem = try #require(try RunFilter("warmupp=3").problem(among: Fixtures.runs))
    #expect(problem.contains("no field \"warmupp\"") && problem.contains("\"warmup\""))
  }

  @Test func ordersPutRunsWithoutAValueLast() {
    func names(_ order: RunOrder) -> [String] {
      order.sorted(Fixtures.runs).map { String($0.name.prefix(3)) }
    }
    #expect(names(RunOrder(.loss, isDescending: false)) == ["017", "016", "014"])
    #expect(names(RunOrder(.loss, isDescending: true)) == ["016", "017", "014"])
    #expect(names(RunOrder(.needle)) == ["016", "017", "014"])
    #expect(names(RunOrder(.steps)) == ["016", "017", "014"])
    #expect(names(RunOrder(.name, isDescending: false)) == ["014", "016", "017"])
  }
}

struct RunComparisonTests {
  private func runs() throws -> [PastRun] {
    try Fixtures.runs.prefix(2).map { try #require(Fixtures.past($0.path)) }
  }

  @Test func onlyFieldsThatDifferAreListed() throws {
    let comparison = RunComparison(try runs(), at: .tokens)
    let rows = Dictionary(uniqueKeysWithValues: comparison.fields.map { ($0.path, $0.texts) })
    #expect(rows["stages.0.rope.base"] == ["160000", "500000"])
    #expect(rows["stages.0.optimizer.rate"] == ["0.001", "0.002"])
    #expect(rows["target"] == nil)
    #expect(comparison.fields.count + comparison.equalFields == Fixtures.fields().count - 1)
  }

  /// The second run went on to step 150; at equal tokens it is read where the first one ended.
  @Test(arguments: [Budget.tokens, .steps, .flops, .time])
  func resultsAreReadAtTheEqualBudget(budget: Budget) throws {
    let comparison = RunComparison(try runs(), at: budget)
    let steps = try #require(comparison.results.first { $0.name == "steps" })
    #expect(steps.values == [120, 120])
    let loss = try #require(comparison.results.first { $0.name == "loss" })
    let change = try #require(loss.values[1]) - (try #require(loss.values[0]))
    #expect(abs(change - 0.1) < 1e-9)
    let needle = try #require(comparison.results.first { $0.name == "needle keyed at 4k" })
    #expect(needle.values[0] == needle.values[1], "both were evaluated at step 100")
    #expect(needle.intervals[0] != nil)
    let curve = comparison.lossDifference(1, columns: 10)
    #expect(curve.count == 10 && curve.allSatisfy { abs(($0 ?? 0) - 0.1) < 1e-9 })
  }

  @Test func atTheEndEachRunIsReadWhereItStands() throws {
    let comparison = RunComparison(try runs(), at: .end)
    #expect(comparison.common == nil)
    #expect(comparison.results.first { $0.name == "steps" }?.values == [120, 150])
  }

  @Test func aBudgetIsFoundAgainFromItsAmount() throws {
    let history = try runs()[0].history
    for step in [1, 7, 64, 120] {
      for budget in [Budget.tokens, .time, .flops, .steps] {
        let amount = try #require(history.spent(budget, at: step - 1))
        #expect(history.index(spending: amount, of: budget) == step - 1)
        if budget != .flops {
          #expect(history.step(reaching: amount, of: budget) == Double(step))
          #expect(history.amount(budget, atStep: Double(step)) == amount)
        }
      }
    }
    #expect(history.index(spending: -1, of: .tokens) == nil)
    #expect(history.step(reaching: 1e12, of: .tokens) == 121)
  }
}

struct RunsScreenTests {
  private func state(_ keys: Key...) throws -> (WorkbenchState, [Effect]) {
    var state = try Fixtures.state()
    _ = state.reduce(.show(.runs))
    var effects: [Effect] = []
    for key in keys { effects += state.press(key) }
    return (state, effects)
  }

  @Test func twoMarkedRunsAreReadAndCompared() throws {
    var (state, effects) = try state(.character("m"), .down, .character("m"))
    #expect(effects == [.readRun("runs/017-longrecipe"), .readRun("runs/016-pose")])
    #expect(state.comparison == nil)
    for run in Fixtures.runs.prefix(2) {
      state.received(run: Fixtures.past(run.path), at: run.path)
    }
    #expect(state.comparison?.names == ["017-longrecipe-256-to-4k", "016-pose"])
    #expect(state.marked.map(\.mark.letter) == ["A", "B"])
    _ = state.press(.up)
    _ = state.press(.character("m"))
    #expect(state.marked.map(\.mark.letter) == ["B"], "a letter stays with its run")
    #expect(state.comparison == nil)
  }

  @Test func aRunWithoutRecordsLosesItsMarkWithASentence() throws {
    var (state, _) = try state(.down, .down, .character("m"))
    state.received(run: Fixtures.past("runs/014-base-500k"), at: "runs/014-base-500k")
    #expect(state.marks.isEmpty)
    #expect(state.message?.contains("no records") == true)
  }

  @Test func theCursorStaysOnItsRunWhenTheTableChanges() throws {
    var (state, _) = try state(.down)
    #expect(state.runUnderCursor?.name == "016-pose")
    for _ in 0..<9 {
      _ = state.press(.character("s"))
      #expect(state.runUnderCursor?.name == "016-pose")
      _ = state.press(.character("S"))
      #expect(state.runUnderCursor?.name == "016-pose")
    }
  }

  @Test func aFilterIsTypedCheckedAndCleared() throws {
    var (state, _) = try state(.character("/"))
    for key in "lss<2" { _ = state.press(.character(key)) }
    _ = state.press(.enter)
    #expect(state.draft?.problem?.contains("\"loss\"") == true)
    _ = state.press(.control("u"))
    for key in "loss<2 017" { _ = state.press(.character(key)) }
    _ = state.press(.enter)
    #expect(state.draft == nil)
    #expect(state.shownRuns?.map(\.name) == ["017-longrecipe-256-to-4k"])
    _ = state.press(.escape)
    #expect(state.shownRuns?.count == 3)
  }

  @Test func anOpenedRunBringsItsOwnContexts() throws {
    var (state, effects) = try state(.down, .enter)
    #expect(effects == [.openRun("runs/016-pose")])
    var run = try #require(Fixtures.past("runs/016-pose"))
    (run.trained, run.target) = (512, 2048)
    state.opened(run, at: run.summary.path)
    #expect(state.screen == .train)
    #expect(state.runName == "016-pose")
    #expect(state.map?.trained == 512 && state.map?.target == 2048)
    state.started(name: "next")
    _ = state.receive(Fixtures.records(through: 30), state: .training)
    #expect(state.map?.trained == 256 && state.map?.target == 4096)
  }
}
