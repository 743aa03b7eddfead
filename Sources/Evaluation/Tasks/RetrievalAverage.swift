public import Support

/// The mean accuracy of single, multi-key, multi-value and multi-query needles (RetAvg).
public struct RetrievalAverage: EvaluationTask {
  /// `retavg`.
  public static let kind = KindDescription(
    "retavg", "RetAvg: the mean accuracy of single, multikey, multivalue and multiquery.",
    source: "after LongRecipe's NIAH(M) (arXiv:2409.00509), table 1",
    settings: RecallGrid.settings)

  private let grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  init(grid: RecallGrid) { self.grid = grid }

  private var parts: [any RecallTask] {
    [
      SingleNeedle(grid: grid), MultiKey(grid: grid), MultiValue(grid: grid),
      MultiQuery(grid: grid),
    ]
  }

  /// The sequences of all four.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    try parts.flatMap { try $0.passes(tokenizer: subject.tokenizer) }
  }

  /// The cells of all four, each one's accuracy, and the mean at each length.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    for (length, shares) in try columns(subject, monitor) {
      let mean = MeanProportion(shares)
      monitor.report(
        "retavg.\(length)", task: Self.kind.name, "RetAvg at \(length)", mean.score, mean.low,
        mean.high, samples: mean.trials)
    }
  }

  /// The accuracies of the four at each length, in that order; none when cancelled.
  func columns(
    _ subject: EvaluationSubject, _ monitor: EvaluationMonitor
  ) throws -> [(length: Int, shares: [Proportion])] {
    let evaluation = try NeedleEvaluation(subject)
    var shares: [Int: [Proportion]] = [:]
    for part in parts {
      try evaluation.run(part, step: monitor.step, isCancelled: monitor.isCancelled) { column in
        for cell in column.cells { monitor.cell(cell) }
        column.report(task: part.name, to: monitor)
        shares[column.length, default: []].append(column.accuracy)
      }
    }
    return shares.filter { $0.value.count == parts.count }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }
}

/// The mean of several independent proportions, with an interval from theirs.
///
/// The distances of the mean's ends are the root of the sum of the squares of the parts' distances,
/// divided by their number, so that the interval has a width even when every trial succeeded.
///
/// - SeeAlso: Zou and Donner, "Construction of confidence limits about effect measures", Statistics
///   in Medicine 27, 2008 (method of variance estimates recovery).
public struct MeanProportion: Sendable, Equatable {
  /// The mean; not a number of no parts.
  public let score: Double
  /// Lower end of the 95 % interval.
  public let low: Double
  /// Upper end of the 95 % interval.
  public let high: Double
  /// Trials of all parts.
  public let trials: Int

  /// The mean of proportions, each of the same weight.
  public init(_ parts: [Proportion]) {
    let count = Double(parts.count)
    func root(_ distance: (Proportion) -> Double) -> Double {
      parts.reduce(0) { $0 + distance($1) * distance($1) }.squareRoot() / count
    }
    score = parts.reduce(0) { $0 + $1.score } / count
    low = score - root { $0.score - $0.low }
    high = score + root { $0.high - $0.score }
    trials = parts.reduce(0) { $0 + $1.trials }
  }
}
