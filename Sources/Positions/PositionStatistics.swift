/// How far apart the tokens of a row think they are.
public struct PositionStatistics: Sendable, Equatable {
  /// Mean distance over all pairs of tokens of a row, in positions; a third of the target when the
  /// ids are spread evenly.
  public let meanPairDistance: Double
  /// Mean length of a run of consecutive ids, in tokens.
  public let meanRun: Double

  /// The statistics of one row; both are 0 for an empty row.
  ///
  /// - Parameter ids: position ids in ascending order, shape [T].
  /// - Complexity: O(T).
  public init(_ ids: [Int32]) {
    guard !ids.isEmpty else {
      meanPairDistance = 0
      meanRun = 0
      return
    }
    // A token at rank k is the later one of k pairs and the earlier one of T - 1 - k.
    var sum = 0.0
    var runs = 1
    for (rank, id) in ids.enumerated() {
      sum += Double(2 * rank - (ids.count - 1)) * Double(id)
      if rank > 0, id != ids[rank - 1] + 1 { runs += 1 }
    }
    let pairs = Double(ids.count) * Double(ids.count - 1) / 2
    meanPairDistance = pairs > 0 ? sum / pairs : 0
    meanRun = Double(ids.count) / Double(runs)
  }
}
