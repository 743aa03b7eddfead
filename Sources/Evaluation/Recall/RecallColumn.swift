public import Records
public import Support

/// What a recall task scored at one length.
public struct RecallColumn: Sendable {
  /// Context length in tokens.
  public let length: Int
  /// One cell for each depth.
  public internal(set) var cells: [NeedleRecord]
  /// Sum over all answers of a blind guess's probability to be right.
  var chanceSum = 0.0
  /// Wrong answers that are right for something else in the text.
  var confused = 0

  init(task: String, length: Int, depths: [Double], step: Int?) {
    self.length = length
    cells = depths.map { depth in
      NeedleRecord(
        step: step, task: task, length: length, depth: depth, correct: 0, trials: 0, score: .nan,
        low: 0, high: 1)
    }
  }

  /// The share of right answers over all depths.
  public var accuracy: Proportion {
    Proportion(cells.reduce(0) { $0 + $1.correct }, of: cells.reduce(0) { $0 + $1.trials })
  }

  /// The accuracy of answering with any number of the right form that stands in the text.
  public var chance: Double { chanceSum / Double(max(1, accuracy.trials)) }

  /// The share of all answers that belong to another key of the text.
  public var confusion: Proportion { Proportion(confused, of: accuracy.trials) }

  /// Fills in score and interval of every cell.
  mutating func finish() {
    for index in cells.indices {
      let share = Proportion(cells[index].correct, of: cells[index].trials)
      (cells[index].score, cells[index].low, cells[index].high) =
        (share.score, share.low, share.high)
    }
  }

  /// Reports accuracy, chance and confusion.
  func report(task: String, to monitor: EvaluationMonitor) {
    let share = accuracy
    monitor.report(
      "\(task).\(length)", task: task, "accuracy at \(length)", share.score, share.low, share.high,
      samples: share.trials)
    monitor.report(
      "\(task).\(length).chance", task: task, "chance at \(length)", chance, chance, chance,
      samples: share.trials)
    let other = confusion
    monitor.report(
      "\(task).\(length).confused", task: task, "other key's answer at \(length)", other.score,
      other.low, other.high, samples: other.trials)
  }
}
