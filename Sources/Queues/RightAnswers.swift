import Records

/// Right answers of a run's recall tasks by step.
struct RightAnswers: Sendable {
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
    case .done(let done) where done.status == "done": lastStep = newest
    default: break
    }
  }

  /// Share of right answers over all cells; nil when nothing was asked at that step.
  func share(at step: Int) -> Double? {
    guard let asked = trials[step], asked > 0 else { return nil }
    return Double(correct[step] ?? 0) / Double(asked)
  }
}
