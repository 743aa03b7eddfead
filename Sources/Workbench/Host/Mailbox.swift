import Foundation
import Panes
import Queues
import Terminal

/// What workers have found, for the screen's thread to take, and what they need not look for any more.
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

  // The lock guards `news` and `planned`, the only mutable state.
  private let lock = NSLock()
  nonisolated(unsafe) private var news: [News] = []
  nonisolated(unsafe) private var planned = ""
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

  /// Asks for the plan of a recipe's text; those that were asked for before are of no use any more.
  func want(planOf text: String) { lock.withLock { planned = text } }

  /// Whether the plan of a recipe's text is still asked for.
  func wants(planOf text: String) -> Bool { lock.withLock { planned == text } }

  func take() -> [News] {
    lock.lock()
    defer { lock.unlock() }
    let taken = news
    news = []
    return taken
  }
}
