/// Joins the symbols of a piece by a list of merges.
struct PairMerger {
  /// The tokens that the piece begins as.
  var symbols: [Int32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// Merges that may come, least first: the rank in the upper half, the place in the lower.
  private var heap = MinHeap<UInt64>()

  /// Appends the symbols after all merges, least rank first and of equal ones the leftmost.
  ///
  /// A heap over a linked list: n symbols take n log n steps, however long the piece is.
  mutating func merge(_ ranks: PairTable, _ results: [Int32], into ids: inout [Int32]) {
    let count = symbols.count
    heap.removeAll()
    for place in 0..<max(0, count - 1) {
      if let rank = ranks.value(symbols[place], symbols[place + 1]) {
        heap.push(Self.merge(rank, place))
      }
    }
    guard !heap.isEmpty else {
      ids += symbols
      return
    }
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    for place in 0..<Int32(count) {
      next.append(place + 1)
      previous.append(place - 1)
    }
    while let least = heap.pop() {
      let (rank, place) = (Int(least >> 32), Int(least & 0xFFFF_FFFF))
      // Symbols that were taken into their left neighbour are -1.
      let right = Int(next[place])
      guard symbols[place] >= 0, right < count,
        let now = ranks.value(symbols[place], symbols[right]), results[Int(now)] == results[rank]
      else { continue }
      symbols[place] = results[rank]
      symbols[right] = -1
      let after = Int(next[right])
      next[place] = Int32(after)
      if after < count {
        previous[after] = Int32(place)
        if let rank = ranks.value(symbols[place], symbols[after]) {
          heap.push(Self.merge(rank, place))
        }
      }
      let before = Int(previous[place])
      if before >= 0, let rank = ranks.value(symbols[before], symbols[place]) {
        heap.push(Self.merge(rank, before))
      }
    }
    for symbol in symbols where symbol >= 0 { ids.append(symbol) }
  }

  private static func merge(_ rank: Int32, _ place: Int) -> UInt64 {
    UInt64(UInt32(rank)) << 32 | UInt64(place)
  }
}
