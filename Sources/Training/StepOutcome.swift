import Corpora
public import Records

/// What one optimizer step saw and did.
public struct StepOutcome: Sendable, Equatable {
  /// Mean loss over all targets, unweighted, in nats.
  public var loss = 0.0
  /// Mean loss of each source's targets, in nats; sources without targets are left out.
  public var lossBySource: [NamedNumber] = []
  /// Mean loss of each role's targets, in nats; roles without targets are left out.
  public var lossByRole: [NamedNumber] = []
  /// Mean loss by position ids, in nats: ids to 256, then buckets that double.
  ///
  /// Empty where all lie in the first bucket.
  public var lossByPosition: [NamedNumber] = []
  /// Global norm of the gradient before clipping.
  public var gradientNorm = 0.0
  /// Targets that counted.
  public var validTokens = 0
  /// Tokens fed, targets or not.
  public var tokens = 0
  /// True when loss or gradient was not finite, or nothing was a target: nothing was changed.
  public var skipped = false

  /// An outcome of an empty step.
  public init() {}
}

/// Sums of losses by source, role and position id.
struct LossTally {
  private var total = 0.0
  private var count = 0
  private var tokens = 0
  private var sources: [(name: String, sum: Double, count: Int)] = []
  private var roles = [(sum: Double, count: Int)](repeating: (0, 0), count: 4)
  /// By `bucket(of:)`; 24 doublings of 256 hold every position id.
  private var positions = [(sum: Double, count: Int)](repeating: (0, 0), count: 25)

  /// Ids of the first bucket.
  private static let firstBucket = 256

  /// 0 for ids below 256, 1 below 512, and so on.
  static func bucket(of position: Int32) -> Int {
    let doublings = max(0, Int(position)) / firstBucket
    return Int.bitWidth - doublings.leadingZeroBitCount
  }

  mutating func add(_ batch: Batch, losses: [Float]) {
    tokens += batch.tokens.count
    let places = batch.sourceNames.map { place(of: $0) }
    for index in losses.indices where batch.targets[index] >= 0 {
      let loss = Double(losses[index])
      total += loss
      count += 1
      let role = Int(batch.roles[index].rawValue)
      roles[role].sum += loss
      roles[role].count += 1
      let bucket = Self.bucket(of: batch.positions[index])
      positions[bucket].sum += loss
      positions[bucket].count += 1
      let source = Int(batch.sources[index])
      guard source < places.count else { continue }
      sources[places[source]].sum += loss
      sources[places[source]].count += 1
    }
  }

  private mutating func place(of name: String) -> Int {
    if let place = sources.firstIndex(where: { $0.name == name }) { return place }
    sources.append((name, 0, 0))
    return sources.count - 1
  }

  var outcome: StepOutcome {
    var outcome = StepOutcome()
    outcome.loss = count > 0 ? total / Double(count) : 0
    outcome.validTokens = count
    outcome.tokens = tokens
    outcome.lossBySource = sources.filter { $0.count > 0 }.map {
      NamedNumber($0.name, $0.sum / Double($0.count))
    }
    for role in [TokenRole.text, .answer, .recall] {
      let tally = roles[Int(role.rawValue)]
      guard tally.count > 0 else { continue }
      outcome.lossByRole.append(NamedNumber("\(role)", tally.sum / Double(tally.count)))
    }
    if positions.dropFirst().contains(where: { $0.count > 0 }) {
      for (bucket, tally) in positions.enumerated() where tally.count > 0 {
        let end = Self.firstBucket << bucket
        let name = "ids to " + (end < 1024 ? "\(end)" : "\(end >> 10)k")
        outcome.lossByPosition.append(NamedNumber(name, tally.sum / Double(tally.count)))
      }
    }
    return outcome
  }
}
