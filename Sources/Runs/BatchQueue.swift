import Corpora
import Foundation

/// Makes the batches of some steps in order, on a thread of its own, a few steps ahead.
final class BatchQueue: @unchecked Sendable {
  // Sendable: everything that changes is touched under `condition` only.

  /// What a step trains on.
  struct Step: Sendable {
    let batches: [Batch]
    /// The streams behind these batches.
    let after: StageFeed
  }

  /// Steps that lie ready at most; more would cost memory and save no time.
  static let depth = 2

  private let condition = NSCondition()
  private var ready: [Result<Step, any Error>] = []
  private var isCancelled = false

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - feed: the streams before the first of the steps.
  ///   - steps: numbers of the stage's steps to make.
  init(_ feed: StageFeed, steps: Range<Int>) {
    let thread = Thread { [self] in
      var feed = feed
      for step in steps {
        let made = Result { Step(batches: try feed.next(step: step), after: feed) }
        guard put(made) else { return }
      }
    }
    thread.name = "data"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The next step's batches; waits until they are made.
  ///
  /// - Throws: `UserError` when a source can no longer be read; no more steps follow.
  func next() throws -> Step {
    try condition.withLock {
      while ready.isEmpty { condition.wait() }
      condition.broadcast()
      return ready.removeFirst()
    }.get()
  }

  /// Ends the thread; what lies ready is dropped.
  func cancel() {
    condition.withLock {
      isCancelled = true
      ready.removeAll()
      condition.broadcast()
    }
  }

  /// Lays a step ready when there is room for it; false when no more are wanted.
  private func put(_ made: Result<Step, any Error>) -> Bool {
    condition.withLock {
      while ready.count >= Self.depth, !isCancelled { condition.wait() }
      guard !isCancelled else { return false }
      ready.append(made)
      condition.broadcast()
      if case .failure = made { return false }
      return true
    }
  }
}
