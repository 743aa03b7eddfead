/// What a stream was asked for and what it gave, by source.
public struct TokenLedger: Codable, Equatable, Sendable {
  /// The figures of one source.
  public struct Entry: Codable, Equatable, Sendable {
    /// The source's name in the recipe.
    public let name: String
    /// Tokens the weights asked for so far.
    public var askedTokens = 0.0
    /// Tokens given, padding not counted.
    public var tokens = 0
    /// Rows given.
    public var rows = 0
    /// Documents; of a text that goes on from row to row, its pieces.
    public var documents = 0
    /// Tokens lost where a document did not fit into a row.
    public var croppedTokens = 0
    /// Tokens that a selection left out.
    public var leftOutTokens = 0
    /// Tokens of padding.
    public var paddedTokens = 0
    /// Targets whose answer stands earlier in the row.
    public var answerTokens = 0
    /// How often the source has been read to its end.
    public var epochs = 0

    init(name: String) { self.name = name }
  }

  /// One entry for each source, in the order of the stream.
  public var entries: [Entry]

  init(names: [String]) { entries = names.map(Entry.init) }

  /// Tokens given by all sources.
  public var tokens: Int { entries.reduce(0) { $0 + $1.tokens } }
}
