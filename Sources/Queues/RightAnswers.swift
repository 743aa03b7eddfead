import Records

/// Right answers of a run's recall tasks by step.
struct RightAnswers: Sendable {
  private var cells = NeedleCells()
  private var correct: [Int: Int] = [:]
  private var trials: [Int: Int] = [:]
  private var newest: Int?
  /// Steps whose evaluation is whole: the run went on from it.
  private var whole: Set<Int> = []
  /// Last step whose evaluation is whole.
  private(set) var lastStep: Int?

  mutating func add(_ record: RunRecord) {
    switch record {
    case .needle(let cell): add(cell)
    // A run that goes on from a checkpoint may come by an evaluation that was cut short once more.
    case .step(let step) where step.step > newest ?? .max: finish()
    case .done(let done) where done.status == "done": finish()
    default: break
    }
  }

  private mutating func add(_ cell: NeedleRecord) {
    guard let step = cell.step else { return }
    // A queue counts; the texts of the answers are long.
    var counted = cell
    counted.answers = []
    let before = cells.add(counted)
    correct[step, default: 0] += cell.correct - (before?.correct ?? 0)
    trials[step, default: 0] += cell.trials - (before?.trials ?? 0)
    newest = step
  }

  private mutating func finish() {
    guard let newest else { return }
    whole.insert(newest)
    lastStep = newest
  }

  /// Share of right answers over all cells; nil when nothing was asked at that step, and while its evaluation
  /// is not whole.
  func share(at step: Int) -> Double? {
    guard whole.contains(step), let asked = trials[step], asked > 0 else { return nil }
    return Double(correct[step] ?? 0) / Double(asked)
  }
}
