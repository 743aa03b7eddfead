import Support

/// What the sources of a stage were asked for and what they gave, from the stage's begin on.
public struct LedgerRecord: Sendable, Equatable {
  /// The figures of one source.
  public struct Source: Sendable, Equatable {
    /// The source's name in the recipe.
    public var name: String
    /// Tokens that its weight asked for.
    public var askedTokens: Double
    /// Tokens given, padding not counted.
    public var tokens: Int
    /// How often it has been read to its end.
    public var epochs: Int
    /// Tokens lost where a document did not fit into a row.
    public var croppedTokens: Int
    /// Tokens that a selection left out.
    public var leftOutTokens: Int

    /// Figures of these values.
    public init(
      name: String,
      askedTokens: Double,
      tokens: Int,
      epochs: Int,
      croppedTokens: Int,
      leftOutTokens: Int = 0
    ) {
      self.name = name
      self.askedTokens = askedTokens
      self.tokens = tokens
      self.epochs = epochs
      self.croppedTokens = croppedTokens
      self.leftOutTokens = leftOutTokens
    }
  }

  /// Optimizer steps done in the whole run.
  public var step: Int
  /// Number of the stage, from 0.
  public var stage: Int
  /// The sources of the mix, in its order.
  public var sources: [Source]
  /// The same sources in the short rows of the replay; empty without one.
  public var replay: [Source]

  /// A record of these values.
  public init(
    step: Int,
    stage: Int,
    sources: [Source],
    replay: [Source] = []
  ) {
    self.step = step
    self.stage = stage
    self.sources = sources
    self.replay = replay
  }
}

extension LedgerRecord: RecordFields {
  static var event: String { "ledger" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .integer(step)),
      ("stage", .integer(stage)),
      ("sources", Self.json(sources)),
      ("replay", Self.json(replay)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let step = reader.integer("step"),
      let stage = reader.integer("stage"),
      let sources = reader.value("sources").flatMap(Self.sources)
    else { return nil }
    self.init(
      step: step,
      stage: stage,
      sources: sources,
      replay: reader.value("replay").flatMap(Self.sources) ?? [])
  }

  private static func json(_ sources: [Source]) -> JSONValue {
    .object(
      sources.map { source in
        (
          source.name,
          .object([
            ("asked_tokens", .number(source.askedTokens)),
            ("tokens", .integer(source.tokens)),
            ("epochs", .integer(source.epochs)),
            ("cropped_tokens", .integer(source.croppedTokens)),
            ("left_out_tokens", .integer(source.leftOutTokens)),
          ])
        )
      })
  }

  private static func sources(_ value: JSONValue) -> [Source]? {
    value.objectValue?.compactMap { name, value in
      let reader = FieldReader(value)
      guard
        let asked = reader.number("asked_tokens"),
        let tokens = reader.integer("tokens"),
        let epochs = reader.integer("epochs"),
        let cropped = reader.integer("cropped_tokens")
      else { return nil }
      return Source(
        name: name, askedTokens: asked, tokens: tokens, epochs: epochs, croppedTokens: cropped,
        leftOutTokens: reader.integer("left_out_tokens") ?? 0)
    }
  }
}
