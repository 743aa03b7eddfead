public import Corpora
public import Models
public import Records
public import Support

/// Something that can be measured of a model, by name from a recipe or the command line.
public protocol EvaluationTask: CatalogKind {
  /// The forward passes of one measurement, for forecasts; tries everything that it needs.
  ///
  /// - Throws: `UserError` when lengths, data and tokenizer do not fit together.
  func passes(of subject: EvaluationSubject) throws -> [ForwardPasses]

  /// Measures, and reports as it goes.
  ///
  /// - Throws: `UserError` when data can no longer be read.
  func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws
}

/// Every task that a recipe's `evaluate` or `needlepoint evaluate --task` may name.
public let evaluationTasks = Catalog<any EvaluationTask>(
  "evaluate",
  [
    NeedleHeatmap.self, HeldOutLoss.self, PositionLoss.self, SourceLoss.self, KeyedNeedles.self,
    SingleNeedle.self, MultiKey.self, MultiValue.self, MultiQuery.self, VariableTracking.self,
    KeyValueRecall.self, TableCount.self, RetrievalAverage.self, ShortScore.self,
  ])

/// The model that is measured, and the data it may be measured on.
public struct EvaluationSubject {
  /// The model, its rotary angles set as it will be used.
  public let model: Transformer
  /// Its tokenizer.
  public let tokenizer: any Tokenizer
  /// The context that it was trained at before anything extended it, in tokens.
  public let trainedContext: Int
  /// Tokens of a text to hide needles in; nil for stories of the miniature world.
  public let haystack: [Int32]?
  /// Opens held-out rows of a length, one document a row, under a seed.
  public let heldOut: (_ length: Int, _ seed: UInt64) throws -> BatchStream

  /// A subject of these parts.
  public init(
    model: Transformer, tokenizer: any Tokenizer, trainedContext: Int, haystack: [Int32]? = nil,
    heldOut: @escaping (_ length: Int, _ seed: UInt64) throws -> BatchStream
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.trainedContext = trainedContext
    self.haystack = haystack
    self.heldOut = heldOut
  }
}

/// Who hears of a measurement, and may end it.
public struct EvaluationMonitor {
  /// The training step; nil outside training.
  public let step: Int?
  /// Asked between forward passes; what is cut short is not reported.
  public let isCancelled: () -> Bool
  /// Receives each cell of a needle heatmap.
  public let cell: (NeedleRecord) -> Void
  /// Receives each figure, with a short name such as `multikey.1024`.
  public let figure: (_ name: String, _ record: EvaluationRecord) -> Void

  /// A monitor of these parts.
  public init(
    step: Int? = nil, isCancelled: @escaping () -> Bool = { false },
    cell: @escaping (NeedleRecord) -> Void,
    figure: @escaping (_ name: String, _ record: EvaluationRecord) -> Void
  ) {
    self.step = step
    self.isCancelled = isCancelled
    self.cell = cell
    self.figure = figure
  }

  /// Reports a figure of a task.
  func report(
    _ name: String, task: String, _ metric: String, _ value: Double, _ low: Double, _ high: Double,
    samples: Int
  ) {
    figure(
      name,
      EvaluationRecord(
        step: step, task: task, metric: metric, value: value, low: low, high: high,
        samples: samples))
  }
}

/// Rows of a length that go through the model once.
public struct ForwardPasses: Sendable, Equatable {
  /// Tokens that one pass takes at most, so that short rows share a pass; one row may be longer.
  static let most = 8192

  /// Rows in all.
  public let rows: Int
  /// Tokens of a row.
  public let length: Int
  /// Ways to count positions when they are changed at inference; 0 when they are not.
  public var regions = 0

  /// Tokens of the largest pass.
  public var largest: Int { max(length, Self.most) }
}

/// Settings that many tasks share.
enum EvaluationSettings {
  static let every = Setting(
    "every", .integer(0...1_000_000_000), default: .integer(0),
    help: "Steps between evaluations; 0 evaluates at the end only.", applies: .nextStep)

  static let seed = Setting(
    "seed", .integer(0...Int.max), default: .integer(1),
    help: "Seed of the evaluation; equal for all runs that are compared.")
}
