public import Recipes
public import Records

/// Runs that wait for their turn, those in work and those that are over, and the rules by which they
/// follow one another.
///
/// A value: whoever owns it starts the runs that `next` names and tells it what comes of them. The
/// command line and the workbench share it, so that a sweep means the same in both.
public struct RunQueue: Sendable {
  /// What became of a run.
  public enum State: Equatable, Sendable {
    /// It waits for its turn.
    case waiting
    /// It is in work.
    case running
    /// It is whole, now or since an earlier sweep.
    case done
    /// It was given up: too few right answers against the best arm at that step.
    case abandoned(step: Int)
    /// A person stopped it, in work or before it began.
    case stopped
    /// The time of its sweep was over before it began or went on.
    case outOfTime
    /// It failed or could not begin; why, in a sentence.
    case failed(String)

    /// True when nothing more will happen.
    public var isOver: Bool { outcome != nil }

    /// What became of the run, in words; nil while something may still happen.
    public var outcome: String? {
      switch self {
      case .waiting, .running: nil
      case .done: "done"
      case .abandoned(let step): "given up at step \(step): far behind the best arm"
      case .stopped: "stopped"
      case .outOfTime: "not begun: the time of the sweep is over"
      case .failed(let reason): "failed: \(reason)"
      }
    }
  }

  /// One run.
  public struct Entry: Sendable, Identifiable {
    /// Its number in the queue, for good.
    public let id: Int
    /// Its name.
    public let name: String
    /// The arm of the sweep that it belongs to; nil outside of sweeps.
    public let arm: String?
    /// Its seed.
    public let seed: UInt64
    /// Its recipe, without a sweep.
    public let document: RecipeDocument
    /// Its state.
    public internal(set) var state = State.waiting
    /// Its folder; nil before it has one.
    public internal(set) var folder: String?
    /// Its last step; nil before the first.
    public internal(set) var last: StepRecord?
    /// Steps of its plan, at most.
    public internal(set) var steps: Int
    /// The sweep that it belongs to.
    let sweep: Int?
    var answers = RightAnswers()
    var isGivenUp = false
    /// Whether a person asked for it although its sweep had passed it over: the rules hold it no more.
    var isExempt = false

    /// Share of right answers of its last whole evaluation; nil without one.
    public var rightAnswers: Double? { answers.lastStep.flatMap(answers.share) }

    mutating func take(_ record: RunRecord) {
      if case .step(let step) = record { last = step }
      answers.add(record)
    }
  }

  /// A sweep in the queue.
  struct Group: Sendable {
    let sweep: Sweep
    /// Name of the recipe that it varies.
    let name: String
    /// When its first run had its turn; nil before.
    var begun: Double?
  }

  /// The runs in the order in which they begin.
  public internal(set) var entries: [Entry] = [] {
    // A hold is on what waits; what is queued later begins as ever.
    didSet { if waiting == 0 { isHeld = false } }
  }
  /// Whether nothing begins until it is let go again; false when nothing waits.
  public var isHeld = false
  var groups: [Group] = []
  private var count = 0

  /// An empty queue.
  public init() {}

  /// Runs that wait.
  public var waiting: Int { entries.count { $0.state == .waiting } }
  /// True when nothing is in work and nothing will begin.
  public var isOver: Bool { entries.allSatisfy(\.state.isOver) }

  /// The entry of a number.
  public func entry(_ id: Int) -> Entry? { entries.first { $0.id == id } }

  /// Adds a run, behind all others unless it is to be first.
  ///
  /// - Parameters:
  ///   - document: its recipe; a sweep in it is ignored, since the variants of one are added by `add(_:)`.
  ///   - recipe: the same, typed.
  ///   - folder: of a run that was stopped, which is to go on.
  ///   - isFirst: whether it stands before all that wait.
  /// - Returns: its number.
  @discardableResult
  public mutating func add(
    _ document: RecipeDocument, _ recipe: Recipe, folder: String? = nil, isFirst: Bool = false
  ) -> Int {
    var entry = Entry(
      id: nextID(), name: recipe.name, arm: nil, seed: recipe.seed, document: document,
      steps: recipe.plannedSteps, sweep: nil)
    entry.folder = folder
    let place = isFirst ? entries.firstIndex { $0.state == .waiting } : nil
    entries.insert(entry, at: place ?? entries.count)
    return entry.id
  }

  /// Adds the runs of a sweep; what is over of them already makes room.
  ///
  /// - Returns: how many runs wait now because of it; nil, and nothing is added, when some of its runs
  ///   still wait or train.
  @discardableResult
  public mutating func add(_ planned: PlannedSweep) -> Int? {
    let texts = Set(planned.runs.map(\.variant.document.text))
    let present = entries.filter { texts.contains($0.document.text) }
    guard present.allSatisfy(\.state.isOver) else { return nil }
    entries.removeAll { texts.contains($0.document.text) }
    groups.append(Group(sweep: planned.sweep, name: planned.name))
    let before = waiting
    for run in planned.runs {
      var entry = Entry(
        id: nextID(), name: run.name, arm: run.variant.arm, seed: UInt64(run.variant.seed),
        document: run.variant.document, steps: run.steps, sweep: groups.count - 1)
      entry.folder = run.folder
      if run.isDone { entry.state = .done }
      for record in run.records { entry.take(record) }
      entries.append(entry)
    }
    return waiting - before
  }

  private mutating func nextID() -> Int {
    defer { count += 1 }
    return count
  }

  /// Lets a run that was stopped or failed wait again, to go on in its folder; rules of its sweep that would
  /// end it again do not hold any more.
  public mutating func requeue(_ id: Int) {
    change(id) { entry in
      guard entry.state.isOver, entry.state != .done else { return }
      (entry.state, entry.isGivenUp, entry.isExempt) = (.waiting, false, true)
    }
  }

  /// Takes a run out; one in work stays.
  public mutating func remove(_ id: Int) {
    entries.removeAll { $0.id == id && $0.state != .running }
  }

  /// Lets a waiting run change places with the one that waits before (-1) or behind (1) it.
  ///
  /// - Returns: its new place; nil when it cannot move.
  public mutating func move(_ id: Int, by direction: Int) -> Int? {
    let places = entries.indices.filter { entries[$0].state == .waiting }
    guard let here = places.firstIndex(where: { entries[$0].id == id }),
      places.indices.contains(here + direction)
    else { return nil }
    entries.swapAt(places[here], places[here + direction])
    return places[here + direction]
  }
}

extension Recipe {
  /// Optimizer steps of all stages, at most.
  public var plannedSteps: Int { stages.reduce(0) { $0 + ($1.training?.steps ?? 0) } }
}
