// Trains the runs of a queue without a screen: some at a time, the rest as these end. The queue decides;
// here are the threads that do as it says.

import Foundation
import Kernels
public import Queues
public import Recipes
public import Records
import RunStore
import Support

/// The runs of a queue in work.
///
/// Belongs to one thread, which calls `advance` until `isOver`.
public final class QueueRunner {
  /// The queue: what waits, what is in work, and what came of the rest.
  public private(set) var queue: RunQueue
  private let parent: String
  /// Threads of each run; nil leaves it to the run.
  private let threads: Int?
  private let jobs: Int
  private var active: [Int: TrainingRun]

  /// A runner of a queue.
  ///
  /// - Parameters:
  ///   - queue: what to train.
  ///   - parent: folder of the run folders.
  ///   - jobs: runs at a time.
  ///   - threads: of the engine, shared by the runs; nil for one a core, or for one run at a time for as many
  ///     as it would have by itself.
  ///   - active: its runs that are in work already, by their numbers in the queue.
  public init(
    _ queue: RunQueue, parent: String, jobs: Int = 1, threads: Int?,
    active: [Int: TrainingRun] = [:]
  ) {
    self.queue = queue
    self.parent = parent
    self.jobs = max(1, min(jobs, queue.entries.count))
    self.threads =
      self.jobs == 1 ? threads : max(1, (threads ?? Machine.coreCount) / self.jobs)
    self.active = active
  }

  /// A runner of the sweep of a recipe.
  ///
  /// - Throws: `RecipeFaults`, `UserError`; nothing was begun.
  public convenience init(
    _ document: RecipeDocument, parent: String, jobs: Int, threads: Int?, seeds: [Int]? = nil
  ) throws {
    var queue = RunQueue()
    queue.add(try PlannedSweep(document, parent: parent, seeds: seeds))
    self.init(queue, parent: parent, jobs: jobs, threads: threads)
  }

  /// The runs in the order in which they begin.
  public var entries: [RunQueue.Entry] { queue.entries }

  /// True when nothing is in work and nothing will begin.
  public var isOver: Bool { queue.isOver }

  /// Begins what has its turn and takes what the runs in work have said.
  ///
  /// - Returns: records with the number of the entry that they belong to.
  public func advance() -> [(entry: Int, record: RunRecord)] {
    while let entry = queue.next(at: ProcessInfo.processInfo.systemUptime, jobs: jobs) {
      begin(entry)
    }
    return active.keys.sorted().flatMap { id in follow(id).map { (id, $0) } }
  }

  /// Stops all runs after the step they are in; each keeps a checkpoint.
  public func stop() {
    queue.stopWaiting()
    for run in active.values { run.send(.stop) }
  }

  private func begin(_ entry: RunQueue.Entry) {
    do {
      let run =
        try entry.folder.map { try TrainingRun.resume($0, threads: threads) }
        ?? TrainingRun(entry.document, parent: parent, threads: threads)
      active[entry.id] = run
      queue.began(entry.id, folder: run.folder, steps: entry.steps)
      run.begin()
    } catch {
      queue.ended(entry.id, .failed("\(error)"))
    }
  }

  private func follow(_ id: Int) -> [RunRecord] {
    guard let run = active[id] else { return [] }
    let state = run.state
    let records = run.drain()
    for record in records { queue.take(record, of: id) }
    if state.isOver {
      queue.ended(id, state)
      active[id] = nil
    } else if queue.givesUp(id) {
      run.send(.stop)
    }
    return records
  }
}
