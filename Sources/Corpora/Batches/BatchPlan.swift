public import Support

/// Gives the position numbers [T] of one row from the lengths of its segments (sum T).
///
/// Segments are sentences, cut also where a document begins. In a row with skipped text they are
/// its chunks, and `isCut` is true.
public typealias PositionRule =
  @Sendable (_ segments: [Int], _ isCut: Bool, _ random: inout RandomStream) -> [Int32]

/// An open source and its share of the tokens.
public struct WeightedSource: Sendable {
  /// The source's name in the recipe.
  public let name: String
  /// Its weight; shares are weights divided by their sum.
  public let weight: Double
  /// The source itself.
  public let source: any DocumentSource
  /// How its documents become rows; nil for the rule of the plan.
  public let packer: (any Packer)?

  /// Joins a source with its name, its weight and its own packing, if it has one.
  public init(
    name: String, weight: Double, source: any DocumentSource, packer: (any Packer)? = nil
  ) {
    self.name = name
    self.weight = weight
    self.source = source
    self.packer = packer
  }
}

/// What a stream of batches is made of.
public struct BatchPlan: Sendable {
  /// Rows a batch, B.
  public var rows: Int
  /// Tokens a row, T.
  public var length: Int
  /// How documents become rows.
  public var packer: any Packer
  /// Position numbers of a row; nil means 0 ..< T.
  public var positions: PositionRule?
  /// The recipe's seed.
  public var seed: UInt64

  /// A plan; documents are packed with masks and positions are plain unless said otherwise.
  public init(
    rows: Int, length: Int, packer: any Packer = DocumentPacker(), positions: PositionRule? = nil,
    seed: UInt64
  ) {
    self.rows = rows
    self.length = length
    self.packer = packer
    self.positions = positions
    self.seed = seed
  }
}
