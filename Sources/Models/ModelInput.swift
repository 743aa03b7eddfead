/// Tokens of a batch with their positions and document borders, all flat [B * T].
public struct ModelInput: Sendable, Equatable {
  /// B, rows.
  public let rows: Int
  /// T, tokens of each row.
  public let length: Int
  /// Token numbers in 0 ..< V.
  public let tokens: [Int32]
  /// Position of each token for the rotary angles; any values of at least 0.
  public let positions: [Int32]
  /// Index, inside the row, of the first token of each token's document.
  ///
  /// Token t attends to documentStarts[t]...t.
  public let documentStarts: [Int32]

  /// A batch of rows.
  public init(
    rows: Int, length: Int, tokens: [Int32], positions: [Int32], documentStarts: [Int32]
  ) {
    let count = rows * length
    precondition(tokens.count == count, "\(tokens.count) tokens, \(rows) x \(length) expected")
    precondition(positions.count == count, "\(positions.count) positions, \(count) expected")
    precondition(
      documentStarts.count == count, "\(documentStarts.count) document starts, \(count) expected")
    self.rows = rows
    self.length = length
    self.tokens = tokens
    self.positions = positions
    self.documentStarts = documentStarts
  }

  /// Rows with positions 0 ..< T, each one document.
  public init(rows: Int, length: Int, tokens: [Int32]) {
    var positions = [Int32](repeating: 0, count: rows * length)
    for index in positions.indices { positions[index] = Int32(index % max(length, 1)) }
    self.init(
      rows: rows, length: length, tokens: tokens, positions: positions,
      documentStarts: [Int32](repeating: 0, count: rows * length))
  }

  /// One row with positions 0 ..< T, one document.
  public init(tokens: [Int32]) {
    self.init(rows: 1, length: tokens.count, tokens: tokens)
  }

  /// Pairs of a token and a token that it attends to, itself included, over all rows.
  public var attendedPairs: Int {
    var pairs = 0
    for index in documentStarts.indices {
      pairs += index % length - Int(documentStarts[index]) + 1
    }
    return pairs
  }
}

/// What the model says of one token.
public struct Prediction: Sendable, Equatable {
  /// The likeliest next token; the lowest number on a tie.
  public let token: Int32
  /// Natural logarithm of the target's probability; 0 when there is no target.
  public let targetLogProbability: Float

  /// A prediction of these values.
  public init(token: Int32, targetLogProbability: Float) {
    self.token = token
    self.targetLogProbability = targetLogProbability
  }
}
