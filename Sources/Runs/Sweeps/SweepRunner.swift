// Trains the runs of a sweep: some at a time, the rest as these end. What is on the disk already is not
// trained again, so that a sweep which was stopped goes on where it stood.

import Foundation
import Kernels
public import Recipes
public import Records
import RunStore
import Support

/// The runs of a sweep in work.
///
/// Belongs to one thread, which calls `advance` until `isOver`.
public final class SweepRunner {
  /// What became of a run.
  public enum State: Equatable {
    case waiting
    case running
    /// It is whole, now or since an earlier sweep.
    case done
    /// It was given up: too few right answers against the best arm at that step.
    case abandoned(step: Int)
    /// It was stopped, or the time was over before it began.
    case stopped
    case failed(String)
  }

  /// One run.
  public struct Entry {
    /// Arm, seed and recipe.
    public let run: SweepRun
    /// Its state.
    public fileprivate(set) var state = State.waiting
    /// Its folder; nil before it has one.
    public fileprivate(set) var folder: String?
    /// Its last step; nil before the first.
    public fileprivate(set) var last: StepRecord?
    /// Steps of its plan, at most.
    public fileprivate(set) var steps = 0
    fileprivate var active: TrainingRun?
    fileprivate var answers = RightAnswers()
  }

  /// The runs in the order in which they begin.
  public private(set) var entries: [Entry]
  private let sweep: Sweep
  private let parent: String
  private let threads: Int
  private let jobs: Int
  private let start = ContinuousClock.now
  private var isStopping = false

  /// Reads the sweep of a recipe and looks which of its runs are there already.
  ///
  /// - Parameters:
  ///   - document: the recipe with its `sweep`.
  ///   - parent: folder of the run folders.
  ///   - jobs: runs at a time.
  ///   - threads: of the engine, shared by the runs; nil for one a core.
  ///   - seeds: instead of the sweep's own.
  /// - Throws: `RecipeFaults`, `UserError`; nothing was begun.
  public init(
    _ document: RecipeDocument, parent: String, jobs: Int, threads: Int?, seeds: [Int]? = nil
  ) throws {
    let runs = try document.sweepRuns(.needlepoint, seeds: seeds)
    guard let sweep = try document.recipe(.needlepoint).sweep else { preconditionFailure() }
    self.sweep = sweep
    self.parent = parent
    self.jobs = max(1, min(jobs, runs.count))
    self.threads = max(1, (threads ?? Machine.coreCount) / self.jobs)
    entries = runs.map { Entry(run: $0) }
    let known = Self.runs(in: parent)
    for index in entries.indices {
      let document = entries[index].run.document
      let text = try RecipeLocation.anchored(document, try document.recipe(.needlepoint))
        .resolved(.needlepoint).text
      guard let reader = known[text] else { continue }
      entries[index].folder = reader.path
      if reader.done?.status == "done" { entries[index].state = .done }
    }
  }

  /// True when nothing is in work and nothing will begin.
  public var isOver: Bool {
    !entries.contains { $0.state == .running || $0.state == .waiting }
  }

  /// Begins what has its turn and takes what the runs in work have said.
  ///
  /// - Returns: records with the number of the entry that they belong to.
  public func advance() -> [(entry: Int, record: RunRecord)] {
    if let limit = sweep.seconds, start.duration(to: .now).seconds > limit { letNoneBegin() }
    for index in entries.indices where entries[index].state == .waiting {
      guard entries.count(where: { $0.state == .running }) < jobs else { break }
      begin(index)
    }
    return entries.indices.filter { entries[$0].state == .running }.flatMap { index in
      follow(index).map { (index, $0) }
    }
  }

  /// Stops all runs after the step they are in; each keeps a checkpoint.
  public func stop() {
    isStopping = true
    letNoneBegin()
    for entry in entries { entry.active?.send(.stop) }
  }

  private func letNoneBegin() {
    for index in entries.indices where entries[index].state == .waiting {
      entries[index].state = .stopped
    }
  }

  private func begin(_ index: Int) {
    do {
      let run =
        try entries[index].folder.map { try TrainingRun.resume($0, threads: threads) }
        ?? TrainingRun(entries[index].run.document, parent: parent, threads: threads)
      entries[index].folder = run.folder
      entries[index].steps = run.plan.stages.reduce(0) { $0 + $1.steps }
      entries[index].active = run
      entries[index].state = .running
      run.begin()
    } catch {
      entries[index].state = .failed("\(error)")
    }
  }

  private func follow(_ index: Int) -> [RunRecord] {
    guard let run = entries[index].active else { return [] }
    let state = run.state
    let records = run.drain()
    for record in records {
      if case .step(let step) = record { entries[index].last = step }
      entries[index].answers.add(record)
    }
    switch state {
    case .finished: end(index, .done)
    case .failed(let reason): end(index, .failed(reason))
    case .stopped:
      end(index, isStopping ? .stopped : .abandoned(step: entries[index].last?.step ?? 0))
    default: if isHopeless(index) { run.send(.stop) }
    }
    return records
  }

  private func end(_ index: Int, _ state: State) {
    entries[index].state = state
    entries[index].active = nil
  }

  /// Whether a run is far behind the best of the other arms at the same step.
  private func isHopeless(_ index: Int) -> Bool {
    guard let rule = sweep.abandon, let step = entries[index].answers.lastStep,
      Double(step) >= rule.after * Double(entries[index].steps),
      let own = entries[index].answers.share(at: step)
    else { return false }
    let others = entries.filter { $0.run.arm != entries[index].run.arm }
    guard let best = others.compactMap({ $0.answers.share(at: step) }).max() else { return false }
    return own < rule.below * best
  }

  /// The runs of a folder by their recipes.
  private static func runs(in parent: String) -> [String: RunReader] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    var runs: [String: RunReader] = [:]
    for name in names.sorted() {
      guard let reader = try? RunReader(parent + "/" + name), let recipe = try? reader.recipe()
      else { continue }
      if runs[recipe]?.done?.status != "done" { runs[recipe] = reader }
    }
    return runs
  }
}

/// Right answers of a run's recall tasks by step.
private struct RightAnswers {
  private var correct: [Int: Int] = [:]
  private var trials: [Int: Int] = [:]
  private var newest: Int?
  /// Last step whose evaluation is whole.
  private(set) var lastStep: Int?

  mutating func add(_ record: RunRecord) {
    switch record {
    case .needle(let cell):
      guard let step = cell.step else { return }
      correct[step, default: 0] += cell.correct
      trials[step, default: 0] += cell.trials
      newest = step
    case .step: lastStep = newest
    default: break
    }
  }

  /// Share of right answers over all cells; nil when nothing was asked at that step.
  func share(at step: Int) -> Double? {
    guard let asked = trials[step], asked > 0 else { return nil }
    return Double(correct[step] ?? 0) / Double(asked)
  }
}
