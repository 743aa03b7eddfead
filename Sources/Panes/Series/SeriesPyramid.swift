/// What a run of points looks like inside one plot column.
public struct SeriesSummary: Equatable, Sendable {
  /// First finite value by x.
  public var first: Double
  /// Last finite value by x.
  public var last: Double
  /// Smallest finite value.
  public var minimum: Double
  /// Largest finite value.
  public var maximum: Double
  /// Number of finite values.
  public var count: Int
  /// Number of values that are not finite.
  public var nonFinite: Int

  init(_ value: Double) {
    let finite = value.isFinite
    (first, last, minimum, maximum) = (value, value, value, value)
    count = finite ? 1 : 0
    nonFinite = finite ? 0 : 1
  }

  /// The mean of the summaries of several series; nil where one of them has no finite value.
  init?(meanOf summaries: [SeriesSummary?]) {
    let all = summaries.compactMap(\.self).filter { $0.count > 0 }
    guard all.count == summaries.count, !all.isEmpty else { return nil }
    func mean(_ value: (SeriesSummary) -> Double) -> Double {
      all.reduce(0) { $0 + value($1) } / Double(all.count)
    }
    (first, last) = (mean(\.first), mean(\.last))
    (minimum, maximum) = (mean(\.minimum), mean(\.maximum))
    count = all.reduce(0) { $0 + $1.count }
    nonFinite = 0
  }

  /// Adds the summary of the points that follow these.
  mutating func merge(_ next: Self) {
    nonFinite += next.nonFinite
    guard next.count > 0 else { return }
    guard count > 0 else {
      let counted = nonFinite
      self = next
      nonFinite = counted
      return
    }
    last = next.last
    minimum = min(minimum, next.minimum)
    maximum = max(maximum, next.maximum)
    count += next.count
  }
}

/// A series with exact first, last, smallest and largest value of any stretch at any zoom.
///
/// Level 0 holds the points; every level above holds complete blocks of four of the level below.
/// A stretch of indices is the union of O(log n) aligned blocks, so a view of ten million points
/// costs what its columns cost, and a spike of one step is never lost. Appending is O(1)
/// amortised; memory is about one third above the points.
///
/// Source: the M4 aggregation of Jugel et al., VLDB 2014, which draws the same pixels as all points.
public struct SeriesPyramid: Sendable {
  /// x of every point, never falling.
  public private(set) var positions: [Double] = []
  /// y of every point; may be non-finite.
  public private(set) var values: [Double] = []
  private var levels: [[SeriesSummary]] = []

  /// Creates an empty series.
  public init() {}

  /// Number of points.
  public var count: Int { values.count }

  /// Adds a point.
  ///
  /// A smaller x than the last rewinds the series: points from that x on are dropped.
  ///
  /// - Parameters:
  ///   - value: y; non-finite values are kept and counted.
  ///   - position: x.
  public mutating func append(_ value: Double, at position: Double) {
    if let last = positions.last, position < last {
      truncate(to: lowerBound(position))
    }
    positions.append(position)
    values.append(value)
    var level = 0
    var filled = values.count
    while filled % 4 == 0 {
      filled /= 4
      if level == levels.count { levels.append([]) }
      levels[level].append(block(level: level, index: filled - 1))
      level += 1
    }
  }

  /// Drops every point from `count` on.
  public mutating func truncate(to count: Int) {
    guard count < values.count else { return }
    values.removeLast(values.count - count)
    positions.removeLast(positions.count - count)
    var kept = count
    for level in levels.indices {
      kept /= 4
      levels[level].removeLast(levels[level].count - kept)
    }
  }

  /// Index of the first point whose x is at least `position`.
  public func lowerBound(_ position: Double) -> Int {
    var low = 0
    var high = positions.count
    while low < high {
      let middle = (low + high) / 2
      if positions[middle] < position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Summary of the points with index in `range`, nil when there are none.
  ///
  /// - Complexity: O(log n).
  public func summary(_ range: Range<Int>) -> SeriesSummary? {
    let clamped = range.clamped(to: 0..<count)
    guard !clamped.isEmpty else { return nil }
    var index = clamped.lowerBound
    var result = SeriesSummary(values[index])
    index += 1
    while index < clamped.upperBound {
      var size = 1
      var level = -1
      while level + 1 < levels.count, index % (size * 4) == 0,
        index + size * 4 <= clamped.upperBound
      {
        size *= 4
        level += 1
      }
      result.merge(level < 0 ? SeriesSummary(values[index]) : levels[level][index / size])
      index += size
    }
    return result
  }

  /// One summary for each of `columns` equal stretches of `range` in x; the last includes its end.
  public func columns(over range: ClosedRange<Double>, count columns: Int) -> [SeriesSummary?] {
    guard columns > 0 else { return [] }
    let width = range.upperBound - range.lowerBound
    return self.columns(
      edges: (0...columns).map {
        $0 == columns
          ? range.upperBound : range.lowerBound + width * Double($0) / Double(columns)
      })
  }

  /// One summary for each stretch between two neighbouring edges in x, which never fall; the last
  /// includes its end.
  public func columns(edges: [Double]) -> [SeriesSummary?] {
    guard let low = edges.first, let high = edges.last, edges.count > 1 else { return [] }
    guard count > 0 else { return Array(repeating: nil, count: edges.count - 1) }
    var start = lowerBound(low)
    return edges.indices.dropFirst().map { index in
      let edge = index == edges.count - 1 ? high.nextUp : edges[index]
      let stop = max(start, lowerBound(edge))
      defer { start = stop }
      return start < stop ? summary(start..<stop) : nil
    }
  }

  private func block(level: Int, index: Int) -> SeriesSummary {
    let start = index * 4
    if level == 0 {
      var result = SeriesSummary(values[start])
      for offset in 1..<4 { result.merge(SeriesSummary(values[start + offset])) }
      return result
    }
    var result = levels[level - 1][start]
    for offset in 1..<4 { result.merge(levels[level - 1][start + offset]) }
    return result
  }
}
