import Foundation
import Records

/// The line of a run without a screen: step, loss, speed and the time that is left.
struct ProgressLine {
  /// Tokens of the whole plan, for the ETA.
  var totalTokens = 0
  private let isShown: Bool
  private let isTerminal = isatty(2) == 1
  private var lastShown = Date.distantPast
  private var isOnScreen = false

  init(isShown: Bool) {
    self.isShown = isShown
  }

  /// Shows a step: rewritten in place on a terminal, else a line every five seconds.
  mutating func show(_ step: StepRecord, stages: Int) {
    let interval = isTerminal ? 0.1 : 5
    guard isShown, Date().timeIntervalSince(lastShown) > interval else { return }
    lastShown = Date()
    let left = Double(max(0, totalTokens - step.tokens))
    let eta = step.tokens > 0 ? left * step.seconds / Double(step.tokens) : 0
    let share = totalTokens > 0 ? 100 * Double(step.tokens) / Double(totalTokens) : 100
    let text = String(
      format: "step %d  stage %d/%d  %3.0f %%  loss %.3f  %.1fk tok/s  at most %@ left",
      step.step, step.stage + 1, stages, min(share, 100), step.loss,
      step.tokensPerSecond / 1000, Self.time(eta))
    let ending = isTerminal ? "" : "\n"
    let start = isTerminal ? "\r\u{1B}[K" : ""
    try? FileHandle.standardError.write(contentsOf: Data((start + text + ending).utf8))
    isOnScreen = isTerminal
  }

  /// Takes the line away, so that other output starts at the left edge.
  mutating func clear() {
    guard isOnScreen else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
    isOnScreen = false
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole)s" : "\(whole / 60)m\(String(format: "%02d", whole % 60))s"
  }
}

extension Int {
  /// With thousands separators: 12,345.
  var grouped: String {
    var digits = String(magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}

extension Double {
  /// Three digits with an SI prefix and a space: 1.75 T.
  var short: String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    var value = self
    var level = 0
    while abs(value) >= 999.5, level < prefixes.count - 1 {
      value /= 1000
      level += 1
    }
    let digits = abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
    return String(format: "%.\(digits)f ", value) + prefixes[level]
  }
}
