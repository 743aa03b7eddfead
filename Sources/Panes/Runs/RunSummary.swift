public import Recipes
public import Support

/// One run of the checkpoints folder.
public struct RunSummary: Sendable, Equatable {
  /// Its folder.
  public var path: String
  /// Its name.
  public var name: String
  /// When it started, as shown, such as `2026-11-21 12:41`.
  public var when: String
  /// `running`, `done`, `stopped` or `failed`.
  public var status: String
  /// Optimizer steps done.
  public var steps: Int
  /// Tokens trained on.
  public var tokens: Int
  /// Loss at the end in nats, smoothed as screens do at first; nil when it has none.
  public var loss: Double?
  /// Right answers at the longest length of the last needle evaluation that is not above the
  /// target; nil when there was none.
  public var needle: Proportion?
  /// Training time in seconds.
  public var seconds: Double
  /// Its checkpoints, newest first.
  public var checkpoints: [String]
  /// The checkpoint or run folder that it started from; nil for a new model.
  public var base: String?
  /// Steps from which it went on after a stop.
  public var resumed: [Int]
  /// Why it failed; nil when it did not, or does not say.
  public var failure: String?
  /// Every field of its recipe; empty when the recipe cannot be read.
  public var fields: [RecipeField]

  /// A summary of these values.
  public init(
    path: String, name: String, when: String, status: String, steps: Int, tokens: Int,
    loss: Double?, needle: Proportion?, seconds: Double, checkpoints: [String] = [],
    base: String? = nil, resumed: [Int] = [], failure: String? = nil, fields: [RecipeField] = []
  ) {
    self.path = path
    self.name = name
    self.when = when
    self.status = status
    self.steps = steps
    self.tokens = tokens
    self.loss = loss
    self.needle = needle
    self.seconds = seconds
    self.checkpoints = checkpoints
    self.base = base
    self.resumed = resumed
    self.failure = failure
    self.fields = fields
  }
}

extension RunSummary {
  /// Newest checkpoint; nil when it has none.
  public var checkpoint: String? { checkpoints.first }
}

/// A run read back from its folder, with everything that screens show of it.
public struct PastRun: Sendable {
  /// Where it is and what came of it.
  public var summary: RunSummary
  /// Its records.
  public var history: RunHistory
  /// Context that its base was trained at, in tokens; nil when unknown.
  public var trained: Int?
  /// Context that it aims at, in tokens; nil when unknown.
  public var target: Int?

  /// A run of these values.
  public init(summary: RunSummary, history: RunHistory, trained: Int? = nil, target: Int? = nil) {
    self.summary = summary
    self.history = history
    self.trained = trained
    self.target = target
  }

  /// The seed of its recipe; nil when the recipe has its default.
  public var seed: String? { summary.fields.first { $0.path == "seed" }?.text }

  /// Its name, without the seed that ends the names of a sweep's runs.
  public var nameWithoutSeed: String {
    guard let ending = seed.map({ "-\($0)" }), summary.name.hasSuffix(ending) else {
      return summary.name
    }
    return String(summary.name.dropLast(ending.count))
  }
}
