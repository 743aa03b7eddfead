public import Support

/// One stage of a recipe as the stages pane shows it.
public struct RecipeStageFace: Sendable, Equatable {
  /// Its name.
  public let name: String
  /// What it does when it does not train, such as `merge`; nil for training.
  public let kind: String?
  /// Steps as written; nil when it ends by tokens or on a skill.
  public let steps: Int?
  /// Tokens it trains on; nil when open.
  public let tokens: Int?
  /// Learning rate and schedule.
  public let rate: String
  /// Tokens in a row.
  public let sequence: Int?

  /// A stage of these values.
  public init(
    name: String, kind: String?, steps: Int?, tokens: Int?, rate: String, sequence: Int?
  ) {
    self.name = name
    self.kind = kind
    self.steps = steps
    self.tokens = tokens
    self.rate = rate
    self.sequence = sequence
  }
}

/// One difference between the recipe as edited and its file.
public struct RecipeChange: Sendable, Equatable {
  /// Key path.
  public let path: String
  /// Value in the file.
  public let old: String
  /// Value now.
  public let new: String
  /// When it takes effect.
  public let applies: Setting.Applies

  /// A change of these values.
  public init(path: String, old: String, new: String, applies: Setting.Applies) {
    self.path = path
    self.old = old
    self.new = new
    self.applies = applies
  }
}

/// What the plan of a recipe says: cost, memory, and what is wrong with it.
public struct RecipePlanFace: Sendable, Equatable {
  /// Tokens trained on in all stages.
  public var tokens: Int
  /// Floating point operations.
  public var flops: Double
  /// Peak of resident memory in bytes.
  public var peakBytes: Int
  /// Wall time in seconds; nil until a speed was measured.
  public var seconds: Double?
  /// Sentences of what is wrong; a recipe with faults cannot start.
  public var faults: [String]

  /// A plan of these values.
  public init(
    tokens: Int = 0, flops: Double = 0, peakBytes: Int = 0, seconds: Double? = nil,
    faults: [String] = []
  ) {
    self.tokens = tokens
    self.flops = flops
    self.peakBytes = peakBytes
    self.seconds = seconds
    self.faults = faults
  }
}

/// The rotary embedding before and after a recipe's transform.
public struct RotaryFace: Sendable, Equatable {
  /// Wavelengths in tokens of the base model, shape [E/2].
  public let original: [Double]
  /// Wavelengths in tokens with the stage's transform, shape [E/2].
  public let scaled: [Double]
  /// Name of the transform.
  public let kind: String
  /// Context the base was trained at, in tokens.
  public let trained: Int
  /// Context the recipe aims at, in tokens.
  public let target: Int
  /// Rotary base of the scaled frequencies, dimensionless.
  public let base: Double
  /// First distance at which a like key no longer outscores a random one on average; nil when there
  /// is none up to the target, or none was looked for.
  public let weakDistance: Int?

  /// A picture of these values.
  public init(
    original: [Double], scaled: [Double], kind: String, trained: Int, target: Int, base: Double,
    weakDistance: Int? = nil
  ) {
    self.original = original
    self.scaled = scaled
    self.kind = kind
    self.trained = trained
    self.target = target
    self.base = base
    self.weakDistance = weakDistance
  }
}
