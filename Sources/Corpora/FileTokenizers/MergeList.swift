import Support

/// The merges of a tokenizer.json.
enum MergeList {
  /// Rank of each pair and the token of each rank.
  ///
  /// - Throws: `UserError` when a half or the whole of a merge is no token.
  static func read(
    _ part: TokenizerPart, _ vocabulary: TokenVocabulary
  ) throws -> (ranks: PairTable, results: [Int32]) {
    guard case .list(let merges) = part.value else { throw part.error("no list found") }
    var ranks = PairTable(capacity: merges.count)
    var results: [Int32] = []
    results.reserveCapacity(merges.count)
    var joined: [UInt8] = []
    for (rank, merge) in merges.enumerated() {
      joined.removeAll(keepingCapacity: true)
      var border: Int?
      switch merge {
      case .text(let text):
        border = text.utf8.firstIndex(of: 0x20).map { space in
          joined += text.utf8[..<space]
          let left = joined.count
          joined += text.utf8[space...].dropFirst()
          return left
        }
        if joined.contains(0x20) { border = nil }
      case .list(let halves):
        if halves.count == 2, case .text(let left) = halves[0], case .text(let right) = halves[1] {
          joined += left.utf8
          border = joined.count
          joined += right.utf8
        }
      default: break
      }
      guard let border else {
        throw part.error("merge \(rank) is \(merge.line)", remedy: "A merge is two tokens.")
      }
      let found = joined.withUnsafeBufferPointer { joined in
        [0..<border, border..<joined.count, 0..<joined.count].compactMap {
          vocabulary.id(UnsafeBufferPointer(rebasing: joined[$0]))
        }
      }
      guard found.count == 3 else {
        throw part.error("merge \(rank), \(merge.line), has a token that the vocabulary has not")
      }
      ranks.set(found[0], found[1], Int32(rank))
      results.append(found[2])
    }
    return (ranks, results)
  }
}
