public import Support

/// A change of relative positions at inference, so that no distance is longer than those trained on.
///
/// Every pair of a query and a key belongs to one region; inside a region both have positions of their
/// own, whose difference is the distance that attention sees.
public protocol PositionRemap: CatalogKind {
  /// The regions of a row.
  ///
  /// - Parameters:
  ///   - length: tokens of the row, at least 1.
  ///   - trainedContext: the longest distance that the model knows, in tokens.
  /// - Returns: regions whose visible keys part 0...i for every query i.
  func regions(length: Int, trainedContext: Int) -> [PositionRegion]
}

/// Pairs of queries and keys that share a way to count positions.
public struct PositionRegion: Sendable, Equatable {
  /// Position of each query, shape [T].
  public let queries: [Int32]
  /// Position of each key, shape [T].
  public let keys: [Int32]
  /// The keys that each query sees in this region, shape [T].
  public let visible: [Range<Int>]
}

/// Every change of positions that an evaluation's `remap` may name.
public let positionRemaps = Catalog<any PositionRemap>(
  "remap", [SelfExtend.self, DualChunkAttention.self])
