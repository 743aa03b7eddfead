import Synchronization

/// Memory for the work on one text.
final class EncodingSpace: @unchecked Sendable {
  // Sendable: the pool hands it to one text at a time.
  var merger = PairMerger()
  var memory = PieceMemory()
}

/// Spaces that are not in use, one for each thread that encodes at the same time.
final class EncodingSpaces: Sendable {
  private let idle = Mutex<[EncodingSpace]>([])

  /// Calls `body` with a space of its own.
  func with<Result>(_ body: (EncodingSpace) throws -> Result) rethrows -> Result {
    let space = idle.withLock { $0.popLast() } ?? EncodingSpace()
    defer { idle.withLock { $0.append(space) } }
    return try body(space)
  }
}
