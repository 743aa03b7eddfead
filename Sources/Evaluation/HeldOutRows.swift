import Corpora
import Models
import Support

/// The mean of losses with its interval, in nats.
public struct LossMean: Sendable, Equatable {
  /// Mean over all targets.
  public let mean: Double
  /// Lower end of the 95 % interval.
  public let low: Double
  /// Upper end of the 95 % interval.
  public let high: Double
  /// Targets scored.
  public let targets: Int
}

/// Losses on rows of text that training never sees.
///
/// The interval is the normal 95 % interval of the mean over rows, since tokens of one row are not
/// independent of each other.
struct HeldOutRows: Sendable {
  /// What a recipe may say of the rows.
  static let settings =
    [
      EvaluationSettings.every,
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
    ] + RemapChoice.settings

  /// What was measured.
  struct Result {
    /// Over all targets.
    let total: LossMean
    /// Of each source that was drawn.
    let bySource: [(name: String, loss: LossMean)]
    /// By the place of the target in rows that are full, first and last place of each bucket.
    let byPosition: [(places: ClosedRange<Int>, loss: LossMean)]
  }

  let sequence: Int?
  let tokens: Int
  let seed: UInt64
  let remap: RemapChoice

  init(_ values: SettingsValues) throws {
    remap = try RemapChoice(values)
    sequence = values.integer("sequence")
    tokens = values.integer("tokens") ?? 32_768
    seed = UInt64(values.integer("seed") ?? 1)
  }

  /// Rows of the length that the settings or the model name.
  func length(of subject: EvaluationSubject) -> Int { sequence ?? subject.trainedContext }

  /// The rows; tries to open them.
  func passes(of subject: EvaluationSubject, sequence: Int) throws -> [ForwardPasses] {
    _ = try subject.heldOut(sequence, seed)
    return [
      ForwardPasses(
        rows: (tokens + sequence - 1) / sequence, length: sequence,
        regions: try remap.regionCount)
    ]
  }

  /// Scores rows until the number of tokens is reached; nil when cancelled.
  func measure(
    _ subject: EvaluationSubject, _ monitor: EvaluationMonitor, sequence: Int
  ) throws -> Result? {
    var stream = try subject.heldOut(sequence, seed)
    var total = RowMeans()
    var sources = [RowMeans](repeating: RowMeans(), count: stream.sourceNames.count)
    var buckets = Self.buckets(sequence).map { (places: $0, means: RowMeans()) }
    var seen = 0
    while seen < tokens {
      if monitor.isCancelled() { return nil }
      let batch = try stream.next()
      seen += batch.tokens.count
      let losses = try subject.model.under(remap, trainedContext: subject.trainedContext) {
        subject.model.losses(ModelInput(batch), targets: batch.targets)
      }
      for row in 0..<batch.rows {
        let range = row * batch.length..<(row + 1) * batch.length
        let scored = range.filter { batch.targets[$0] >= 0 }
        total.add(scored.map { losses[$0] })
        for source in sources.indices {
          sources[source].add(
            scored.filter { Int(batch.sources[$0]) == source }.map { losses[$0] })
        }
        // A balanced panel: the same rows in every bucket, so only rows that are full.
        guard scored.count >= batch.length - 1 else { continue }
        for index in buckets.indices {
          buckets[index].means.add(
            scored.filter { buckets[index].places.contains($0 - range.lowerBound + 1) }
              .map { losses[$0] })
        }
      }
    }
    guard total.targets > 0 else { return nil }
    return Result(
      total: total.loss,
      bySource: zip(stream.sourceNames, sources).filter { $1.targets > 0 }
        .map { ($0, $1.loss) },
      byPosition: buckets.filter { $0.means.targets > 0 }.map { ($0.places, $0.means.loss) })
  }

  /// Places from 1 to the length in buckets that double, such as 1, 2-3 and 4-7.
  static func buckets(_ length: Int) -> [ClosedRange<Int>] {
    var buckets: [ClosedRange<Int>] = []
    var first = 1
    while first <= length {
      buckets.append(first...min(length, 2 * first - 1))
      first *= 2
    }
    return buckets
  }
}

/// Losses by row.
private struct RowMeans {
  private var means: [Double] = []
  private var sum = 0.0
  private(set) var targets = 0

  mutating func add(_ losses: [Float]) {
    guard !losses.isEmpty else { return }
    let rowSum = losses.reduce(0) { $0 + Double($1) }
    means.append(rowSum / Double(losses.count))
    sum += rowSum
    targets += losses.count
  }

  var loss: LossMean {
    let mean = sum / Double(targets)
    let half = 1.96 * standardError
    return LossMean(mean: mean, low: mean - half, high: mean + half, targets: targets)
  }

  private var standardError: Double {
    guard means.count > 1 else { return 0 }
    let mean = means.reduce(0, +) / Double(means.count)
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(means.count - 1)
    return (variance / Double(means.count)).squareRoot()
  }
}
