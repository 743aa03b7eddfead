import Foundation

/// Hears SIGINT, SIGTERM and SIGUSR1 while a run without a screen is in work.
///
/// The handler only counts; the reporter's loop does the rest between two looks at the run.
final class SignalWatch {
  /// Signals and the exit status that each asks for (contract: 130, 143, 85).
  private static let statuses: [(signal: Int32, status: Int32)] = [
    (SIGINT, 130), (SIGTERM, 143), (SIGUSR1, 85),
  ]

  private var sources: [DispatchSourceSignal] = []
  private let lock = NSLock()
  private var waiting: [Int32] = []
  private var seen: [Int32] = []

  /// Starts to listen; the default action of the signals is off from now on.
  init() {
    for (number, _) in Self.statuses {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak self] in self?.hear(number) }
      source.resume()
      sources.append(source)
    }
  }

  private func hear(_ number: Int32) {
    lock.withLock {
      waiting.append(number)
      seen.append(number)
    }
  }

  /// The next signal that nobody has taken yet.
  func next() -> Int32? {
    lock.withLock { waiting.isEmpty ? nil : waiting.removeFirst() }
  }

  /// Signals heard so far.
  var count: Int { lock.withLock { seen.count } }

  /// The exit status that the first signal asks for; nil when there was none.
  var exitStatus: Int32? {
    lock.withLock { seen.first }.flatMap { first in
      Self.statuses.first { $0.signal == first }?.status
    }
  }
}
