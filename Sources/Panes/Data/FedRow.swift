/// A row of tokens as the model is fed it.
public struct FedRow: Sendable, Equatable {
  /// Position ids of the row by one kind of positions.
  public struct Ids: Sendable, Equatable {
    /// Name of the kind.
    public let kind: String
    /// One id for each token, [T].
    public let ids: [Int32]

    /// Ids of a kind.
    public init(kind: String, ids: [Int32]) {
      self.kind = kind
      self.ids = ids
    }
  }

  /// The source that the row is of.
  public let source: String
  /// The first tokens as text, [T] or fewer.
  public let words: [String]
  /// The position ids that the stage trains with.
  public let own: Ids
  /// The same row by every kind of positions, the own one among them.
  public let kinds: [Ids]
  /// Whether the prediction of the next token is learnt, [T].
  public let isLearnt: [Bool]
  /// First token that each may attend to, [T].
  public let documentStarts: [Int32]

  /// A row of these values; all lists are of one length, but for the words.
  public init(
    source: String, words: [String], own: Ids, kinds: [Ids], isLearnt: [Bool],
    documentStarts: [Int32]
  ) {
    self.source = source
    self.words = words
    self.own = own
    self.kinds = kinds
    self.isLearnt = isLearnt
    self.documentStarts = documentStarts
  }

  /// Tokens whose id does not follow that of the token before.
  var skips: Int {
    zip(own.ids, own.ids.dropFirst()).count { $1 != $0 + 1 }
  }
}

/// What a source holds, as far as it was looked at.
public struct SourceFacts: Sendable, Equatable {
  /// Lengths of documents as a stage is fed them, in tokens.
  public let lengths: [Int]
  /// Tokens of one pass; nil without an end, or when only reading all of it tells.
  public let passTokens: Int?

  /// Facts of these values.
  public init(lengths: [Int], passTokens: Int?) {
    self.lengths = lengths
    self.passTokens = passTokens
  }

  /// How often so many tokens read the source; nil without an end.
  public func passes(of tokens: Double) -> Double? {
    passTokens.map { tokens / Double(max(1, $0)) }
  }

  /// Lower ends of the buckets of `lengthShares`, in tokens; powers of four.
  static let buckets = [0, 256, 1_024, 4_096, 16_384, 65_536]

  /// Share of the tokens in documents of each bucket of lengths, 0...1.
  var lengthShares: [Double] {
    var tokens = [Double](repeating: 0, count: Self.buckets.count)
    for length in lengths {
      tokens[Self.buckets.lastIndex { $0 <= length } ?? 0] += Double(length)
    }
    let all = tokens.reduce(0, +)
    return tokens.map { all > 0 ? $0 / all : 0 }
  }
}

/// What a stage feeds, as far as it is shown.
public struct FedStage: Sendable, Equatable {
  /// What the sources hold, by name.
  public var facts: [String: SourceFacts]
  /// Documents of each source as text, by its name.
  public var samples: [String: [String]]
  /// The first rows.
  public var rows: [FedRow]

  /// A feed of these values.
  public init(
    facts: [String: SourceFacts] = [:], samples: [String: [String]] = [:], rows: [FedRow] = []
  ) {
    self.facts = facts
    self.samples = samples
    self.rows = rows
  }
}
