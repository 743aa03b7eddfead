public import Corpora
public import Models
public import Records
public import Support

/// Mean loss on text that training never sees.
///
/// The interval is the normal 95 % interval of the mean over rows, since tokens of one row are not
/// independent of each other.
public struct HeldOutLoss {
  /// What a recipe's `evaluate:` item of kind `loss` may say.
  public static let kind = KindDescription(
    "loss",
    "Loss on held-out rows of the last training stage's mix, one document a row, plain positions.",
    settings: [
      Setting(
        "every", .integer(0...1_000_000_000), default: .integer(0),
        help: "Steps between evaluations; 0 evaluates at the end only.", applies: .nextStep),
      Setting(
        "sequence", .size(16...(1 << 24)), default: nil,
        help: "Length of the rows in tokens; the base's trained context when absent.",
        applies: .nextStep),
      Setting(
        "tokens", .size(16...(1 << 40)), default: .integer(32_768),
        help: "Tokens of the rows to score, padding included.", applies: .nextStep),
      Setting(
        "seed", .integer(0...Int.max), default: .integer(1),
        help: "Seed of the held-out rows; equal for all runs that are compared."),
    ])

  /// The figures of one evaluation, in nats.
  public struct Result: Sendable, Equatable {
    /// Mean loss over all targets.
    public let mean: Double
    /// Lower end of the 95 % interval.
    public let low: Double
    /// Upper end of the 95 % interval.
    public let high: Double
    /// Targets scored.
    public let targets: Int
    /// Mean loss of each source that was drawn.
    public let bySource: [NamedNumber]
  }

  /// Scores batches until the asked number of tokens is reached.
  ///
  /// - Parameters:
  ///   - model: the model, its rotary angles set as it will be used.
  ///   - stream: a stream over evaluation data, at its beginning.
  ///   - tokens: tokens to score, at least one batch.
  ///   - isCancelled: asked between batches; the result covers what was scored so far.
  /// - Returns: mean and interval in nats, and the mean of each source.
  /// - Throws: `UserError` when a source can no longer be read.
  public static func measure(
    _ model: Transformer, stream: inout BatchStream, tokens: Int,
    isCancelled: () -> Bool = { false }
  ) throws -> Result {
    var rowMeans: [Double] = []
    var sum = 0.0
    var targets = 0
    var sourceSums = [Double](repeating: 0, count: stream.sourceNames.count)
    var sourceCounts = [Int](repeating: 0, count: stream.sourceNames.count)
    var seen = 0
    while seen < tokens, !isCancelled() {
      let batch = try stream.next()
      seen += batch.tokens.count
      let losses = model.losses(ModelInput(batch), targets: batch.targets)
      for row in 0..<batch.rows {
        var rowSum = 0.0
        var rowCount = 0
        for index in row * batch.length..<(row + 1) * batch.length where batch.targets[index] >= 0 {
          let loss = Double(losses[index])
          rowSum += loss
          rowCount += 1
          sourceSums[Int(batch.sources[index])] += loss
          sourceCounts[Int(batch.sources[index])] += 1
        }
        guard rowCount > 0 else { continue }
        rowMeans.append(rowSum / Double(rowCount))
        sum += rowSum
        targets += rowCount
      }
    }
    let mean = targets > 0 ? sum / Double(targets) : .nan
    let half = 1.96 * standardError(rowMeans)
    let bySource = stream.sourceNames.indices.compactMap { index in
      sourceCounts[index] > 0
        ? NamedNumber(
          stream.sourceNames[index], sourceSums[index] / Double(sourceCounts[index])) : nil
    }
    return Result(
      mean: mean, low: mean - half, high: mean + half, targets: targets, bySource: bySource)
  }

  private static func standardError(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance =
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    return (variance / Double(values.count)).squareRoot()
  }
}
