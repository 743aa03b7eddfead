import Glibc

/// Exponential average with a half-life in units of x, weighted by the distance between points.
///
/// Runs that are logged at different intervals smooth alike. The average is freed of its start
/// bias, and it is written as a correction of the last output, so that a constant series stays
/// constant to the last bit. Non-finite values leave a gap and do not enter.
public struct ExponentialAverage: Sendable {
  /// Distance in x after which a value counts half; 0 means no smoothing.
  public let halfLife: Double
  private var average = 0.0
  private var weight = 0.0
  private var lastPosition: Double?

  /// Creates an average that has seen nothing.
  ///
  /// - Parameter halfLife: in units of x, at least 0.
  public init(halfLife: Double) {
    self.halfLife = max(0, halfLife)
  }

  /// Takes the next point and returns the average there; not a number where `value` is not finite.
  public mutating func next(_ value: Double, at position: Double) -> Double {
    guard value.isFinite else { return .nan }
    guard halfLife > 0 else { return value }
    let distance = lastPosition.map { max(0, position - $0) } ?? 1
    let kept = exp2(-distance / halfLife)
    weight = kept * weight + (1 - kept)
    if lastPosition == nil || weight <= 0 {
      average = value
    } else {
      average += (1 - kept) / weight * (value - average)
    }
    lastPosition = position
    return average
  }
}

/// A raw series beside its average; the average is taken over all points before any reduction.
public struct SmoothedSeries: Sendable {
  /// The points as they came.
  public private(set) var raw = SeriesPyramid()
  /// The average at the same x.
  public private(set) var smooth = SeriesPyramid()
  private var state: ExponentialAverage

  /// Creates an empty series.
  ///
  /// - Parameter halfLife: of the average, in units of x.
  public init(halfLife: Double = 0) {
    state = ExponentialAverage(halfLife: halfLife)
  }

  /// Half-life of the average in units of x.
  public var halfLife: Double { state.halfLife }

  /// Adds a point; a smaller x than the last rewinds to it.
  public mutating func append(_ value: Double, at position: Double) {
    if let last = raw.positions.last, position < last {
      raw.truncate(to: raw.lowerBound(position))
      resmooth(halfLife: halfLife)
    }
    raw.append(value, at: position)
    smooth.append(state.next(value, at: position), at: position)
  }

  /// Averages the whole series again with another half-life.
  public mutating func resmooth(halfLife: Double) {
    state = ExponentialAverage(halfLife: halfLife)
    smooth = SeriesPyramid()
    for (value, position) in zip(raw.values, raw.positions) {
      smooth.append(state.next(value, at: position), at: position)
    }
  }
}
