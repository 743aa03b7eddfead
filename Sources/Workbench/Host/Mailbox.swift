import Foundation
import Panes
import Queues
import Terminal

/// What workers have found, for the screen's thread to take.
final class Mailbox: Sendable {
  enum News: Sendable {
    case plan(PlanReport, of: String)
    case feed(Result<[String: FedStage], any Error>, of: String)
    case recipes([RecipeListing])
    case runs([RunSummary])
    case opened(PastRun?, at: String)
    case read(PastRun?, at: String)
    case models([ModelFile])
    case sweep(Result<PlannedSweep, any Error>)
    case table(SweepTable)
    case merged(Result<String, any Error>)
    case exported(Result<[String], any Error>)
  }

  // The lock guards `news`, the only mutable state.
  private let lock = NSLock()
  nonisolated(unsafe) private var news: [News] = []
  private let waker: Waker

  init(waker: Waker) {
    self.waker = waker
  }

  func post(_ item: News) {
    lock.lock()
    news.append(item)
    lock.unlock()
    waker.wake()
  }

  func take() -> [News] {
    lock.lock()
    defer { lock.unlock() }
    let taken = news
    news = []
    return taken
  }
}
