/// Weights of a data mix that always sum to one, with locks.
///
/// Setting one weight rescales the free others in proportion. Values move on a grid of 0.0001 and
/// the rest of the rounding goes to the largest remainders, so the shown decimals sum to one exactly.
public struct MixWeights: Equatable, Sendable {
  /// Source names in recipe order.
  public let names: [String]
  /// Share of tokens of each source, in ten-thousandths; the sum is 10,000 unless all are zero.
  public private(set) var units: [Int]
  /// Sources whose weight other edits leave alone.
  public private(set) var locked: Set<String>

  /// Weights as shares of tokens, each in 0...1.
  public var weights: [Double] { units.map { Double($0) / 10_000 } }

  /// Normalises what a recipe says.
  ///
  /// - Parameters:
  ///   - entries: name and weight, at least 0, of any sum.
  ///   - locked: names whose weights stay when others change.
  public init(_ entries: [(name: String, weight: Double)], locked: Set<String> = []) {
    names = entries.map(\.name)
    let clean = entries.map { $0.weight.isFinite ? max(0, $0.weight) : 0 }
    units = Self.apportion(clean, total: clean.contains { $0 > 0 } ? 10_000 : 0)
    self.locked = locked.intersection(names)
  }

  /// Largest weight `index` may take while the locked others stay, 0...1.
  public func limit(of index: Int) -> Double {
    let held = names.indices.reduce(0) { sum, other in
      other != index && locked.contains(names[other]) ? sum + units[other] : sum
    }
    return Double(10_000 - held) / 10_000
  }

  /// Switches the lock of a source.
  public mutating func toggleLock(_ index: Int) {
    guard names.indices.contains(index) else { return }
    if locked.remove(names[index]) == nil { locked.insert(names[index]) }
  }

  /// Sets one weight and rescales the free others; the value is clamped to what the locks leave.
  ///
  /// - Returns: false when nothing could change: the source is locked or no other is free.
  @discardableResult
  public mutating func set(_ index: Int, to weight: Double) -> Bool {
    guard names.indices.contains(index), weight.isFinite, !locked.contains(names[index]) else {
      return false
    }
    let free = names.indices.filter { $0 != index && !locked.contains(names[$0]) }
    guard !free.isEmpty else { return false }
    let most = Int((limit(of: index) * 10_000).rounded())
    let wanted = min(most, max(0, Int((min(1, max(0, weight)) * 10_000).rounded())))
    guard wanted != units[index] else { return false }
    let old = free.map { Double(units[$0]) }
    let base = old.contains { $0 > 0 } ? old : Array(repeating: 1, count: free.count)
    let shares = Self.apportion(base, total: most - wanted)
    units[index] = wanted
    for (slot, share) in zip(free, shares) { units[slot] = share }
    return true
  }

  /// Splits `total` in proportion to `parts`; what rounding down leaves goes to the largest
  /// remainders, so that no part is negative and the sum is exact.
  private static func apportion(_ parts: [Double], total: Int) -> [Int] {
    let sum = parts.reduce(0, +)
    guard sum > 0, total > 0 else { return Array(repeating: 0, count: parts.count) }
    let exact = parts.map { $0 / sum * Double(total) }
    var result = exact.map { Int($0) }
    let order = exact.indices.sorted {
      let (left, right) = (exact[$0] - Double(result[$0]), exact[$1] - Double(result[$1]))
      return left == right ? $0 < $1 : left > right
    }
    for index in order.prefix(max(0, total - result.reduce(0, +))) { result[index] += 1 }
    return result
  }
}
