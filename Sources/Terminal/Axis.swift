private import Glibc

/// Maps values to places along an axis.
public struct Axis: Hashable, Sendable {
  /// Spacing of values.
  public enum Scale: Hashable, Sendable {
    /// Equal steps.
    case linear
    /// Equal ratios; values at or below 0 have no place.
    case logarithmic
  }

  /// Least value.
  public let low: Double
  /// Greatest value, above `low`.
  public let high: Double
  /// Spacing.
  public let scale: Scale

  /// An axis over a range; an empty or unusable range is widened to a usable one.
  public init(low: Double, high: Double, scale: Scale = .linear) {
    var bottom = low.isFinite ? low : 0
    var top = high.isFinite ? high : bottom + 1
    if scale == .logarithmic {
      if top <= 0 { top = 1 }
      if bottom <= 0 { bottom = top / 1000 }
    }
    if !(top > bottom) {
      let middle = bottom
      let half = max(abs(middle) * 0.05, 1e-9)
      top = middle + half
      bottom = middle - half
    }
    self.low = bottom
    self.high = top
    self.scale = scale
  }

  /// The axis that holds all finite values of a list, nil when there are none.
  public init?(fitting values: some Sequence<Double>, scale: Scale = .linear) {
    var bottom = Double.infinity
    var top = -Double.infinity
    for value in values where value.isFinite && (scale == .linear || value > 0) {
      bottom = min(bottom, value)
      top = max(top, value)
    }
    guard bottom <= top else { return nil }
    self.init(low: bottom, high: top, scale: scale)
  }

  /// Place of a value from 0 at `low` to 1 at `high`; outside that range for values outside, not a
  /// number where the value has no place.
  public func fraction(_ value: Double) -> Double {
    switch scale {
    case .linear: (value - low) / (high - low)
    case .logarithmic: value > 0 ? (log(value) - log(low)) / (log(high) - log(low)) : .nan
    }
  }

  /// The value at a place from 0 to 1.
  public func value(at fraction: Double) -> Double {
    switch scale {
    case .linear: low + fraction * (high - low)
    case .logarithmic: exp(log(low) + fraction * (log(high) - log(low)))
    }
  }

  /// Centre of a value in a row of dots or cells, 0 to `count` - 1 for values inside.
  public func position(_ value: Double, count: Int) -> Double {
    fraction(value) * Double(max(0, count - 1))
  }

  /// The same from the bottom up, for rows counted from the top.
  public func row(_ value: Double, count: Int) -> Double {
    (1 - fraction(value)) * Double(max(0, count - 1))
  }

  /// Round numbers inside the axis.
  public func ticks(limit: Int) -> [Tick] {
    switch scale {
    case .linear: Ticks.nice(low, high, limit: limit)
    case .logarithmic: Ticks.log(low, high, limit: limit)
    }
  }
}
