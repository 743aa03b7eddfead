import Queues
import Recipes
import Records
import Support
import Testing

@Suite struct RunQueueTests {
  private static let vocabulary = RecipeVocabulary([
    .model: [KindDescription("llama", "A decoder.")],
    .source: [KindDescription("stories", "Long stories.")],
    .pack: [KindDescription("documents", "Documents fill rows.")],
    .rope: [KindDescription("none", "The model's own.")],
    .positions: [KindDescription("plain", "0, 1, 2.")],
    .select: [KindDescription("all", "Everything.")],
    .train: [KindDescription("full", "All weights.")],
    .optimizer: [
      KindDescription(
        "adamw", "AdamW.",
        settings: [Setting("rate", .real(0...10), default: .real(1e-3), help: "Rate.")])
    ],
  ])

  private static func document(_ name: String, sweep: String = "") throws -> RecipeDocument {
    try RecipeDocument(
      text: """
        name: \(name)
        base: base.h5
        target: 256
        seed: 7
        stages:
          - { name: go, steps: 100, sequence: 64, tokens_per_step: 64, mix: { stories: 1 } }
        \(sweep.isEmpty ? "" : "sweep: \(sweep)")
        """)
  }

  private static func queue(_ names: String...) throws -> RunQueue {
    var queue = RunQueue()
    for name in names {
      let document = try document(name)
      queue.add(document, try document.recipe(vocabulary))
    }
    return queue
  }

  /// A sweep as nothing of it is on the disk yet, or as `change` says.
  private static func planned(
    _ sweep: String, of name: String = "s",
    _ change: (SweepRun) -> (folder: String?, isDone: Bool, records: [RunRecord]) =
      { _ in (nil, false, []) }
  ) throws -> PlannedSweep {
    let document = try document(name, sweep: sweep)
    let recipe = try document.recipe(vocabulary)
    return PlannedSweep(
      try #require(recipe.sweep), name: name,
      runs: try document.sweepRuns(vocabulary, checksPaths: false).map { run in
        let (folder, isDone, records) = change(run)
        return PlannedSweep.Run(
          run, name: "\(name)-\(run.arm)-\(run.seed)", steps: recipe.plannedSteps, folder: folder,
          isDone: isDone, records: records)
      })
  }

  private static func step(_ step: Int) -> RunRecord {
    .step(
      StepRecord(
        step: step, stage: 0, loss: 2, learningRate: 1e-3, gradientNorm: 1, tokens: step,
        tokensPerSecond: 1, seconds: 1, waitSeconds: 0, lossBySource: []))
  }

  private static func cell(_ correct: Int, at step: Int, depth: Double = 0) -> RunRecord {
    .needle(
      NeedleRecord(
        step: step, task: "keyed", length: 64, depth: depth, correct: correct, trials: 10, score: 0,
        low: 0, high: 1))
  }

  /// An evaluation at a step and the step after it, which says that it is whole.
  private static func answers(_ correct: Int, at step: Int) -> [RunRecord] {
    [Self.cell(correct, at: step), Self.step(step + 1)]
  }

  private static func begin(_ queue: inout RunQueue, at seconds: Double = 0) -> Int? {
    guard let entry = queue.next(at: seconds) else { return nil }
    queue.began(entry.id, folder: "runs/\(entry.name)", steps: entry.steps)
    return entry.id
  }

  // Macros cannot call what changes their value: these can.
  private static func next(_ queue: inout RunQueue, at seconds: Double = 0) -> RunQueue.Entry? {
    queue.next(at: seconds)
  }

  private static func givesUp(_ queue: inout RunQueue, _ id: Int) -> Bool { queue.givesUp(id) }

  private static func move(_ queue: inout RunQueue, _ id: Int, by step: Int) -> Int? {
    queue.move(id, by: step)
  }

  private static func add(_ queue: inout RunQueue, _ sweep: PlannedSweep) -> Int? {
    queue.add(sweep)
  }

  @Test func runsFollowOneAnotherAlsoAfterAFailure() throws {
    var queue = try Self.queue("a", "b", "c")
    #expect(Self.begin(&queue) == 0)
    #expect(Self.next(&queue, at: 0) == nil, "one at a time")
    queue.ended(0, .failed("no room"))
    #expect(Self.begin(&queue) == 1)
    queue.ended(1, .finished)
    #expect(Self.begin(&queue) == 2)
    queue.ended(2, .stopped)
    #expect(queue.entries.map(\.state) == [.failed("no room"), .done, .stopped])
    #expect(queue.isOver)
  }

  @Test func aHeldQueueBeginsNothingUntilItIsLetGo() throws {
    var queue = try Self.queue("a", "b")
    queue.isHeld = true
    #expect(Self.next(&queue, at: 0) == nil)
    #expect(!queue.isOver)
    queue.isHeld = false
    #expect(Self.next(&queue, at: 0)?.name == "a")
  }

  @Test func waitingRunsAreMovedRemovedAndPutFirst() throws {
    var queue = try Self.queue("a", "b", "c")
    _ = Self.begin(&queue)
    #expect(Self.move(&queue, 1, by: 1) == 2)
    #expect(queue.entries.map(\.name) == ["a", "c", "b"])
    #expect(Self.move(&queue, 2, by: -1) == nil, "the run in work stays first")
    #expect(Self.move(&queue, 0, by: 1) == nil)
    let urgent = try Self.document("d")
    queue.add(urgent, try urgent.recipe(Self.vocabulary), isFirst: true)
    #expect(queue.entries.map(\.name) == ["a", "d", "c", "b"])
    queue.remove(0)
    queue.remove(2)
    #expect(queue.entries.map(\.name) == ["a", "d", "b"], "a run in work cannot be removed")
  }

  @Test func aSweepHasItsRunsArmByArmAndKnowsWhatIsThere() throws {
    let sweep = try Self.planned("{ seeds: [1, 2], vary: { stages.go.steps: [10, 20] } }") { run in
      run.arm == "steps_10" && run.seed == 1
        ? ("runs/old", true, []) : run.seed == 2 ? ("runs/half", false, []) : (nil, false, [])
    }
    var queue = RunQueue()
    #expect(Self.add(&queue, sweep) == 3)
    #expect(queue.entries.map(\.arm) == ["steps_10", "steps_10", "steps_20", "steps_20"])
    #expect(queue.sweepArms == ["steps_10", "steps_20"])
    #expect(queue.wholeRuns.map(\.folder) == ["runs/old"])
    let next = try #require(Self.next(&queue, at: 0))
    #expect(next.folder == "runs/half", "a stopped run goes on in its folder")
    #expect(Self.add(&queue, sweep) == nil, "what waits already is not queued twice")
    queue.stopWaiting()
    #expect(Self.add(&queue, sweep) == 3, "what is over can be started again")
    #expect(queue.entries.count == 4)
  }

  @Test func noFurtherRunBeginsWhenTheTimeIsOver() throws {
    var queue = RunQueue()
    queue.add(try Self.planned("{ seeds: [1, 2, 3], minutes: 1 }"))
    // The clock of a sweep starts with its first run, not with its place in the queue.
    #expect(Self.begin(&queue, at: 1000) == 0)
    queue.ended(0, .finished)
    #expect(Self.begin(&queue, at: 1059) == 1)
    queue.ended(1, .finished)
    #expect(Self.next(&queue, at: 1060) == nil)
    #expect(queue.entries.map(\.state) == [.done, .done, .outOfTime])
    // Who asks for it nevertheless has it.
    queue.requeue(2)
    #expect(Self.begin(&queue, at: 1061) == 2)
  }

  @Test func anArmFarBehindIsGivenUpOnceAndStaysSo() throws {
    let sweep =
      "{ seeds: [1], abandon: { after: 0.5, below: 0.5 }, arms: [{ name: a }, { name: b }] }"
    var queue = RunQueue()
    queue.add(try Self.planned(sweep))
    let first = try #require(Self.begin(&queue))
    for record in Self.answers(10, at: 20) + Self.answers(10, at: 50) {
      queue.take(record, of: first)
      #expect(!Self.givesUp(&queue, first), "nothing to be held against yet")
    }
    queue.ended(first, .finished)
    let second = try #require(Self.begin(&queue))
    for record in Self.answers(0, at: 20) { queue.take(record, of: second) }
    #expect(!Self.givesUp(&queue, second), "too early to judge")
    for record in Self.answers(4, at: 50) { queue.take(record, of: second) }
    #expect(Self.givesUp(&queue, second))
    #expect(!Self.givesUp(&queue, second), "it is told to stop once")
    queue.ended(second, .stopped)
    #expect(queue.entries.last?.state == .abandoned(step: 51))
    #expect(queue.entries.last?.rightAnswers == 0.4)
    // Who asks for it nevertheless has it, to its end.
    var asked = queue
    asked.requeue(second)
    #expect(Self.begin(&asked) == second)
    for record in Self.answers(4, at: 60) { asked.take(record, of: second) }
    #expect(!Self.givesUp(&asked, second))

    // The same sweep later, read back from the disk: what was given up is not trained on.
    var later = RunQueue()
    later.add(
      try Self.planned(sweep) { run in
        run.arm == "a"
          ? ("runs/a", true, Self.answers(10, at: 50))
          : ("runs/b", false, Self.answers(4, at: 50))
      })
    #expect(Self.next(&later) == nil)
    #expect(later.entries.map(\.state) == [.done, .abandoned(step: 51)])
  }

  /// The first cells of an evaluation are its shortest lengths: they say nothing of the whole.
  @Test func anEvaluationInWorkIsNothingToBeHeldAgainst() throws {
    var queue = RunQueue()
    queue.add(
      try Self.planned(
        "{ seeds: [1], abandon: { after: 0, below: 0.9 }, arms: [{ name: a }, { name: b }] }"))
    for id in 0...1 {
      let entry = queue.next(at: 0, jobs: 2)
      #expect(entry?.id == id)
      queue.began(id, folder: nil, steps: 100)
    }
    queue.take(Self.cell(10, at: 50), of: 0)
    for record in Self.answers(5, at: 50) { queue.take(record, of: 1) }
    #expect(!Self.givesUp(&queue, 1))
    // A run that went back to an earlier checkpoint has not made it whole either.
    queue.take(Self.step(41), of: 0)
    #expect(!Self.givesUp(&queue, 1))
    for record in [Self.cell(10, at: 50), Self.cell(10, at: 50, depth: 1), Self.step(51)] {
      queue.take(record, of: 0)
    }
    #expect(Self.givesUp(&queue, 1))
  }

  /// As when the last stage merges: the step stays, the weights do not.
  @Test func anEvaluationThatIsToldAgainReplacesTheFirst() throws {
    var queue = try Self.queue("a")
    _ = Self.begin(&queue)
    for record in [Self.cell(2, at: 50), Self.cell(8, at: 50)] { queue.take(record, of: 0) }
    queue.take(Self.step(51), of: 0)
    #expect(queue.entry(0)?.rightAnswers == 0.8)
  }

  @Test func theLastSweepIsTheOneThatWasAddedLast() throws {
    var queue = RunQueue()
    let vary = "{ seeds: [1, 2], vary: { stages.go.steps: [10] } }"
    queue.add(try Self.planned(vary, of: "first"))
    queue.add(try Self.planned(vary, of: "second"))
    for _ in 0..<2 { _ = Self.move(&queue, 1, by: 1) }
    #expect(
      queue.entries.map(\.name)
        == ["first-steps_10-1", "second-steps_10-1", "second-steps_10-2", "first-steps_10-2"])
    #expect(queue.sweepName == "second")
    #expect(queue.sweepEntries.map(\.id) == [2, 3])
  }

  @Test(arguments: [true, false]) func aHoldEndsWithWhatItHeld(_ isRemoved: Bool) throws {
    var queue = try Self.queue("a")
    queue.isHeld = true
    if isRemoved { queue.remove(0) } else { queue.stopWaiting() }
    let later = try Self.document("later")
    queue.add(later, try later.recipe(Self.vocabulary))
    #expect(!queue.isHeld)
    #expect(Self.next(&queue)?.name == "later")
  }

  @Test func anEqualArmIsNotGivenUp() throws {
    var queue = RunQueue()
    queue.add(
      try Self.planned(
        "{ seeds: [1], abandon: { after: 0, below: 1 }, arms: [{ name: a }, { name: b }] }"))
    for _ in 0..<2 {
      let id = try #require(Self.begin(&queue))
      for record in Self.answers(5, at: 50) { queue.take(record, of: id) }
      #expect(!Self.givesUp(&queue, id))
      queue.ended(id, .finished)
    }
  }
}
