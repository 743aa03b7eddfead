/// The tokens of pieces that were encoded before: most words of a text come again.
struct PieceMemory {
  /// A longer piece is not worth remembering.
  private static let longestPiece = 128
  /// Pieces that are remembered before all are forgotten.
  private static let mostPieces = 1 << 16

  private var pieces = ByteTable(capacity: 1024)
  private var ends: [Int] = []
  private var tokens: [Int32] = []

  /// Appends the tokens of a piece that was seen before; false when it was not.
  func recall(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) -> Bool {
    guard piece.count <= Self.longestPiece, let entry = pieces.value(piece) else { return false }
    let end = ends[Int(entry)]
    ids += tokens[(entry == 0 ? 0 : ends[Int(entry) - 1])..<end]
    return true
  }

  /// Remembers the tokens of a piece.
  mutating func remember(_ piece: UnsafeBufferPointer<UInt8>, _ ids: ArraySlice<Int32>) {
    guard piece.count <= Self.longestPiece else { return }
    if pieces.count >= Self.mostPieces {
      pieces.removeAll()
      ends.removeAll(keepingCapacity: true)
      tokens.removeAll(keepingCapacity: true)
    }
    pieces.insert(piece, Int32(pieces.count))
    tokens += ids
    ends.append(tokens.count)
  }
}
