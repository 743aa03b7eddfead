import Dispatch
import Panes
import Queues
import Records
import Recipes
import Support
import Synchronization
import Terminal
import Testing
import Workbench

/// A run whose records the test writes.
final class ScriptedRun: RunControl {
  struct Inner {
    var records: [RunRecord] = []
    var commands: [RunCommand] = []
    var state = RunState.training
    /// What it tells right behind the next drain, as its last: then it is finished.
    var last: [RunRecord]?
    var wake: (@Sendable () -> Void)?
  }
  let inner = Mutex(Inner())

  func send(_ command: RunCommand) {
    inner.withLock {
      $0.commands.append(command)
      if command == .stop { $0.state = .stopped }
    }
    inner.withLock(\.wake)?()
  }
  func drain() -> [RunRecord] {
    inner.withLock { inner in
      defer {
        inner.records = inner.last ?? []
        if inner.last != nil { inner.state = .finished }
        inner.last = nil
      }
      return inner.records
    }
  }
  var state: RunState { inner.withLock(\.state) }
  func onNews(_ wake: @escaping @Sendable () -> Void) { inner.withLock { $0.wake = wake } }

  func tell(_ records: [RunRecord]) {
    inner.withLock { $0.records += records }
    inner.withLock(\.wake)?()
  }
  var commands: [RunCommand] { inner.withLock(\.commands) }
}

/// A host that keeps everything in memory.
final class ScriptedHost: WorkbenchHost {
  /// The run that was started last.
  var run: ScriptedRun { runs.withLock { $0.last ?? idle } }
  let idle = ScriptedRun()
  let runs = Mutex<[ScriptedRun]>([])
  let begun = Mutex<[String]>([])
  let saved = Mutex<String?>(nil)
  /// Names of the recipes whose plans were made.
  let planned = Mutex<[String]>([])
  /// Holds the first plan until it is signalled; nil makes it at once.
  let gate: DispatchSemaphore?
  let refusal: UserError?

  init(refusal: UserError? = nil, gate: DispatchSemaphore? = nil) {
    self.refusal = refusal
    self.gate = gate
  }

  var vocabulary: RecipeVocabulary { Fixtures.vocabulary }
  func start(_ document: RecipeDocument, folder: String?) throws -> StartedRun {
    if let refusal { throw refusal }
    let name = document.value(at: "name") ?? ""
    begun.withLock { $0.append(folder ?? name) }
    if name == "broken" { throw UserError("base.h5", "no such file", remedy: "Look.") }
    let run = ScriptedRun()
    runs.withLock { $0.append(run) }
    return StartedRun(run, folder: folder ?? "runs/\(name)", trained: 512)
  }
  func sweep(_ document: RecipeDocument) throws -> PlannedSweep {
    try Fixtures.sweep(document)
  }
  func table(arms: [String], runs: [(arm: String, folder: String)]) -> SweepTable {
    Fixtures.table(arms: arms, runs: runs.map(\.arm))
  }
  func models() -> [ModelFile] { Fixtures.models }
  func merge(_ first: String, _ second: String, weight: Double) throws -> String {
    if let refusal { throw refusal }
    return "runs/merge.h5"
  }
  func plan(_ document: RecipeDocument) -> PlanReport {
    let count = planned.withLock { names in
      names.append(document.value(at: "name") ?? "")
      return names.count
    }
    if count == 1 { gate?.wait() }
    return Fixtures.report
  }
  func feed(_ document: RecipeDocument) throws -> [String: FedStage] { Fixtures.feed }
  func recipes() -> [RecipeListing] { Fixtures.recipes }
  func document(at path: String) throws -> RecipeDocument {
    guard path == Fixtures.recipes[0].path else {
      throw UserError(path, "no such file or folder", remedy: "Name a recipe.")
    }
    return try RecipeDocument(text: Fixtures.otherText, file: path)
  }
  func runs(_ found: ([RunSummary]) -> Void) { found(Fixtures.runs) }
  func run(at path: String) -> PastRun? { Fixtures.past(path) }
  func export(_ picture: PictureRequest) throws -> [String] {
    if let refusal { throw refusal }
    return ["pictures/loss.svg", "pictures/loss.png"]
  }
  func save(_ document: RecipeDocument) throws { saved.withLock { $0 = document.text } }
}

@Suite(.serialized)
struct WorkbenchTests {
  private func workbench(
    _ screen: MemoryScreen, _ host: ScriptedHost
  ) throws -> Workbench {
    Workbench(
      screen: screen, host: host, document: try Fixtures.document(), wait: try EventWait())
  }

  @Test func aSessionStartsWatchesPausesAndSavesOnTheWayOut() throws {
    let screen = MemoryScreen(width: 80, height: 24)
    let host = ScriptedHost()
    let workbench = try workbench(screen, host)
    screen.press(.character("R"))
    workbench.turn(milliseconds: 0)
    #expect(workbench.state.screen == .train)
    host.run.tell(Fixtures.records(through: 40))
    workbench.turn(milliseconds: 50)
    screen.press(.character(" "))
    workbench.turn(milliseconds: 0)
    #expect(host.run.commands == [.pause])
    #expect(screen.frame.text.contains("40/200"))
    screen.press(.character("q"), .character("s"))
    workbench.turn(milliseconds: 0)
    #expect(host.run.commands == [.pause, .stop])
    let ending = workbench.run()
    #expect(screen.isClosed)
    #expect(ending.step == 40)
  }

  @Test func anotherRecipeIsOpenedUnlessARunOrEditsWouldBeLost() throws {
    let screen = MemoryScreen(width: 80, height: 24)
    let host = ScriptedHost()
    let workbench = try workbench(screen, host)
    workbench.perform(.nextStage)
    screen.press(.character("O"))
    workbench.turn(milliseconds: 0)
    workbench.turn(milliseconds: 1000)
    workbench.turn(milliseconds: 150)
    #expect(screen.frame.text.contains("open recipe 002-half-window"))
    screen.press(.enter)
    workbench.turn(milliseconds: 100)
    #expect(workbench.state.recipe.recipe?.name == "half-window")
    #expect(workbench.state.stage == 0)
    #expect(workbench.state.message == "Opened half-window.")
    workbench.perform(.openRecipe("gone"))
    #expect(workbench.state.message?.contains("gone: no such file") == true)
    workbench.perform(.set(path: "seed", value: "9"))
    workbench.perform(.openRecipe(Fixtures.recipes[0].path))
    #expect(workbench.state.message?.contains("unsaved edits") == true)
    workbench.perform(.undo)
    workbench.perform(.start)
    // The run goes on with what it has: its contexts, and no edit of the other recipe reaches it.
    host.run.tell(Fixtures.records(through: 30))
    workbench.turn(milliseconds: 50)
    workbench.perform(.openRecipe(Fixtures.recipes[0].path))
    workbench.perform(.set(path: "target", value: "2k"))
    workbench.perform(.nudge(1))
    #expect(workbench.state.recipe.recipe?.target == 2048)
    #expect(workbench.state.map?.target == 4096)
    #expect(host.run.commands == [])
  }

  /// A plan may take a second, and edits come faster.
  @Test func onlyTheNewestRecipeIsPlanned() throws {
    let host = ScriptedHost(gate: DispatchSemaphore(value: 0))
    let workbench = try workbench(MemoryScreen(width: 80, height: 24), host)
    for name in ["a", "b", "c", "d"] { workbench.perform(.set(path: "name", value: name)) }
    host.gate?.signal()
    for _ in 0..<100 where workbench.state.isPlanStale { workbench.turn(milliseconds: 100) }
    #expect(!workbench.state.isPlanStale)
    let planned = host.planned.withLock { $0 }
    #expect(planned.last == "d")
    // The first may have begun before the others came.
    #expect(planned.count <= 2, "\(planned)")
  }

  @Test func nothingNewDrawsNoFrame() throws {
    let screen = MemoryScreen(width: 80, height: 24)
    let workbench = try workbench(screen, ScriptedHost())
    screen.press(.character("2"))
    workbench.turn(milliseconds: 0)
    for _ in 0..<20 { workbench.turn(milliseconds: 2) }
    let settled = screen.frameCount
    for _ in 0..<20 { workbench.turn(milliseconds: 1) }
    #expect(screen.frameCount == settled)
  }

  @Test func aFrameWaitsForTheOneBeforeAndShowsTheNewestState() throws {
    let screen = MemoryScreen(width: 80, height: 24)
    let workbench = try workbench(screen, ScriptedHost())
    workbench.turn(milliseconds: 0)
    screen.isReady = false
    let before = screen.frameCount
    for key in ["2", "4", "5"] {
      screen.press(.character(Character(key)))
      workbench.turn(milliseconds: 0)
    }
    #expect(screen.frameCount == before)
    screen.isReady = true
    // The answer to the keys is still due, at once.
    workbench.turn(milliseconds: 0)
    #expect(screen.frameCount == before + 1)
    #expect(screen.frame.text.contains("[5 Runs]"))
  }

  @Test func liveFramesAreAtMostTenASecondWhileKeysAreAnsweredAtOnce() throws {
    let screen = MemoryScreen(width: 80, height: 24)
    let host = ScriptedHost()
    let workbench = try workbench(screen, host)
    screen.press(.character("R"))
    workbench.turn(milliseconds: 0)
    let records = Fixtures.records(through: 100)
    let before = screen.frameCount
    let clock = ContinuousClock.now
    for record in records {
      host.run.tell([record])
      workbench.turn(milliseconds: 1)
    }
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    #expect(Double(screen.frameCount - before) <= seconds * 10 + 1)
    let live = screen.frameCount
    screen.press(.character("4"))
    workbench.turn(milliseconds: 0)
    #expect(screen.frameCount == live + 1)
    #expect(screen.frame.text.contains("needle recall"))
  }

  @Test func aRunThatCannotStartSaysWhyAndStaysOnTheRecipe() throws {
    let screen = MemoryScreen(width: 120, height: 40)
    let host = ScriptedHost(
      refusal: UserError("base-256.h5", "no such file", remedy: "Run experiment 000 first."))
    let workbench = try workbench(screen, host)
    screen.press(.character("R"))
    workbench.turn(milliseconds: 0)
    #expect(workbench.state.screen == .recipe)
    #expect(screen.frame.text.contains("base-256.h5: no such file. Run experiment 000 first."))
  }

  @Test func anEditedRecipeIsSavedToTheHost() throws {
    let screen = MemoryScreen(width: 120, height: 40)
    let host = ScriptedHost()
    let workbench = try workbench(screen, host)
    screen.press(.character("+"), .character("s"))
    workbench.turn(milliseconds: 0)
    #expect(host.saved.withLock { $0 }?.contains("0.41") == true)
    #expect(!workbench.state.recipe.isEdited)
  }

  @Test func suspendingPausesTheEngineAndResizingKeepsTheState() throws {
    let screen = MemoryScreen(width: 120, height: 40)
    let host = ScriptedHost()
    let workbench = try workbench(screen, host)
    screen.press(.character("R"))
    workbench.turn(milliseconds: 0)
    host.run.tell(Fixtures.records(through: 5))
    workbench.turn(milliseconds: 20)
    screen.press(.control("z"))
    workbench.turn(milliseconds: 0)
    #expect(screen.suspendCount == 1)
    #expect(host.run.commands == [.pause, .resume])
    screen.resize(width: 60, height: 16)
    workbench.turn(milliseconds: 0)
    #expect(screen.frame.width == 60)
    #expect(workbench.state.screen == .train)
  }
}
