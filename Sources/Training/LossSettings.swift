public import Corpora

/// Which tokens count how much in the loss that is minimised.
public struct LossSettings: Sendable, Equatable {
  /// What is averaged.
  public enum Average: String, Sendable, CaseIterable {
    /// All targets of the optimizer step alike.
    case tokens
    /// Targets inside each row first, then the rows.
    case rows
    /// The sum of the step's losses divided by a fixed number of tokens.
    case fixed
  }

  /// Bytes of a token's weight while `weights` makes them, and of its loss.
  public static let bytesPerToken = MemoryLayout<Double>.stride + 2 * MemoryLayout<Float>.stride

  /// What is averaged.
  public var average: Average
  /// Weight of answer and recall tokens; others have 1.
  public var answerWeight: Double
  /// True when answer and recall tokens alone are learnt.
  public var isOnAnswersOnly: Bool
  /// What the sum is divided by when the average is `fixed`, in tokens.
  public var count: Double

  /// Loss settings of these values.
  public init(
    average: Average = .tokens, answerWeight: Double = 1, isOnAnswersOnly: Bool = false,
    count: Double = 1
  ) {
    self.average = average
    self.answerWeight = answerWeight
    self.isOnAnswersOnly = isOnAnswersOnly
    self.count = count
  }

  /// Factor of each token's loss in what is minimised, for all micro-batches of a step.
  ///
  /// - Parameter batches: the micro-batches.
  /// - Returns: for each micro-batch [B * T]; they sum to 1 over the step, except when the
  ///   average is `fixed`; all are 0 when nothing is a target.
  public func weights(_ batches: [Batch]) -> [[Float]] {
    var weights: [[Double]] = []
    var total = 0.0
    for batch in batches {
      var values = [Double](repeating: 0, count: batch.targets.count)
      for index in values.indices where batch.targets[index] >= 0 {
        let role = batch.roles[index]
        let isAnswer = role == .answer || role == .recall
        values[index] = isAnswer ? answerWeight : isOnAnswersOnly ? 0 : 1
      }
      if average == .rows { total += Self.equaliseRows(&values, length: batch.length) }
      if average == .tokens { total = values.reduce(total, +) }
      weights.append(values)
    }
    if average == .fixed { total = count }
    guard total > 0 else { return weights.map { [Float](repeating: 0, count: $0.count) } }
    return weights.map { $0.map { Float($0 / total) } }
  }

  /// Makes each row's weights sum to 1 and returns the number of rows with any weight.
  private static func equaliseRows(_ values: inout [Double], length: Int) -> Double {
    var rows = 0.0
    for start in stride(from: 0, to: values.count, by: max(length, 1)) {
      let range = start..<min(start + length, values.count)
      let sum = values[range].reduce(0, +)
      guard sum > 0 else { continue }
      for index in range { values[index] /= sum }
      rows += 1
    }
    return rows
  }
}
