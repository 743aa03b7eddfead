import Foundation

/// Progress of work whose size is known: share done and the time that is left, on stderr.
struct WorkMeter {
  private let total: Double
  private let isShown: Bool
  private var done = 0.0
  private let start = Date()
  private var lastShown = Date.distantPast
  private let isTerminal = isatty(2) == 1

  init(total: Double, isShown: Bool) {
    self.total = total
    self.isShown = isShown
  }

  /// Counts finished work, in the units of the total.
  mutating func advance(by amount: Double, _ what: String) {
    done += amount
    let interval = isTerminal ? 0.1 : 5
    // Before anything is done nobody can tell how long the rest takes.
    guard isShown, done > 0, Date().timeIntervalSince(lastShown) > interval else { return }
    lastShown = Date()
    let share = min(1, done / max(total, 1))
    let left = Date().timeIntervalSince(start) * (1 - share) / max(share, 1e-9)
    let text = String(format: "%@  %3.0f %%  %.0f s left", what, 100 * share, left)
    try? FileHandle.standardError.write(
      contentsOf: Data((isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n").utf8))
  }

  /// Takes the line away.
  func finish() {
    guard isShown, isTerminal else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
  }
}
