import Pictures
import Records
import Support

/// Made-up maps for the tests.
enum Samples {
  /// A needle cell with its interval.
  static func cell(
    _ length: Int, _ depth: Double, _ correct: Int, of trials: Int = 10, step: Int? = nil,
    task: String = "keyed"
  ) -> NeedleRecord {
    let share = Proportion(correct, of: trials)
    return NeedleRecord(
      step: step, task: task, length: length, depth: depth, correct: correct, trials: trials,
      score: share.score, low: share.low, high: share.high)
  }

  /// A model that answers up to 512 tokens and fails beyond: 5 lengths by 10 depths.
  static let cliff: Heatmap = {
    let correctByLength = [256: 10, 512: 8, 1024: 3, 2048: 1, 4096: 0]
    var cells: [NeedleRecord] = []
    for (length, correct) in correctByLength {
      for row in 0..<10 {
        let bonus = length > 256 && length < 4096 && row > 6 ? 1 : 0
        cells.append(cell(length, Double(row) / 9, correct + bonus, step: 200))
      }
    }
    return Heatmap(
      cells, source: "base-256.h5, seed 1", trainedContext: 256, targetContext: 4096)
  }()

  /// Two lengths by two depths, one cell not run.
  static let small = Heatmap(
    [cell(256, 0, 10), cell(256, 1, 5), cell(1024, 1, 0)], title: "small & <sharp>",
    trainedContext: 256, targetContext: 1024)
}
