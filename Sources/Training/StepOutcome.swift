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

/// Sums of losses by source and role.
struct LossTally {
  private var total = 0.0
  private var count = 0
  private var tokens = 0
  private var sources: [(name: String, sum: Double, count: Int)] = []
  private var roles = [(sum: Double, count: Int)](repeating: (0, 0), count: 4)

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
    return outcome
  }
}
