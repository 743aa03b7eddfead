/// One step's rows: B rows of T tokens, all arrays of shape [B, T], row after row.
public struct Batch: Sendable, Equatable {
  /// Bytes of a token in all arrays together.
  public static let bytesPerToken =
    4 * MemoryLayout<Int32>.stride + MemoryLayout<TokenRole>.stride + MemoryLayout<UInt8>.stride

  /// Rows, B.
  public var rows: Int
  /// Tokens a row, T.
  public var length: Int
  /// Token numbers, [B, T].
  public var tokens: [Int32] = []
  /// The next token, or -1 where nothing is to be predicted, [B, T].
  public var targets: [Int32] = []
  /// Position numbers, [B, T].
  public var positions: [Int32] = []
  /// Index inside the row of the first token that this token may attend to, [B, T].
  public var documentStarts: [Int32] = []
  /// What the target of each token is, [B, T].
  public var roles: [TokenRole] = []
  /// The number of each token's source in `sourceNames`, [B, T].
  public var sources: [UInt8] = []
  /// The names of all sources of the stream.
  public var sourceNames: [String]

  /// An empty batch with room for `rows` times `length` tokens.
  public init(rows: Int, length: Int, sourceNames: [String]) {
    self.rows = rows
    self.length = length
    self.sourceNames = sourceNames
    tokens.reserveCapacity(rows * length)
    targets.reserveCapacity(rows * length)
    positions.reserveCapacity(rows * length)
    documentStarts.reserveCapacity(rows * length)
    roles.reserveCapacity(rows * length)
    sources.reserveCapacity(rows * length)
  }
}
