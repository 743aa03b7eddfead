/// Curves of one or several runs over a common axis, ready to be drawn.
public struct LineChart: Picture, Equatable {
  /// A point of a curve.
  public struct Point: Sendable, Equatable {
    /// Optimizer step, or what else is counted along the curve.
    public let step: Int
    /// Place on the x axis.
    public let x: Double
    /// The value as measured; may be non-finite.
    public let raw: Double
    /// The smoothed value.
    public let smooth: Double

    /// A point of these values.
    public init(step: Int, x: Double, raw: Double, smooth: Double) {
      self.step = step
      self.x = x
      self.raw = raw
      self.smooth = smooth
    }
  }

  /// The points of one run.
  public struct Curve: Sendable, Equatable {
    /// Name of the run.
    public let name: String
    /// Its points, x never falling.
    public let points: [Point]

    /// A curve of these points.
    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// Something that happened at a place of the x axis.
  public struct Event: Sendable, Equatable {
    /// Where.
    public let x: Double
    /// What, in a word or two.
    public let label: String

    /// An event at a place.
    public init(x: Double, label: String) {
      self.x = x
      self.label = label
    }
  }

  /// A value that the curves are held against.
  public struct Level: Sendable, Equatable {
    /// The value.
    public let y: Double
    /// What it is, in a word or two.
    public let label: String

    /// A level at a value.
    public init(y: Double, label: String) {
      self.y = y
      self.label = label
    }
  }

  /// What the chart shows, one line.
  public var title: String
  /// Where the numbers come from, for the caption.
  public var source: String
  /// Name of the x axis with its unit.
  public var xLabel: String
  /// Name of the y axis with its unit.
  public var yLabel: String
  /// Log x; points at or below 0 are then left out.
  public var isLogX = false
  /// Log y; points at or below 0 are then left out.
  public var isLogY = false
  /// The visible part of x; all points when nil.
  public var range: ClosedRange<Double>?
  /// Half-life of the smoothed values in steps; 0 when they are the raw ones.
  public var halfLife: Double
  /// The curves; the first one is drawn on top.
  public var curves: [Curve]
  /// Stages and edits of the first run.
  public var events: [Event]
  /// Values to hold the curves against.
  public var levels: [Level] = []
  /// What the points are counted by, in tables.
  public var indexName = "step"
  /// Where values that are not smoothed come from, a sentence.
  public var origin = "Values as measured."

  /// A chart of these values.
  public init(
    title: String, source: String, xLabel: String, yLabel: String, halfLife: Double,
    curves: [Curve], events: [Event] = []
  ) {
    self.title = title
    self.source = source
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.halfLife = halfLife
    self.curves = curves
    self.events = events
  }

  /// The visible points of a curve, those that have a place on the axes.
  func points(_ curve: Curve) -> [Point] {
    curve.points.filter { point in
      (range?.contains(point.x) ?? true) && (!isLogX || point.x > 0) && point.x.isFinite
    }
  }

  /// What the smoothing is, in words; empty without.
  var smoothing: String {
    guard halfLife > 0 else { return "" }
    return "exponential average with a half-life of \(halfLifeText) "
      + (halfLife == 1 ? "step" : "steps")
  }

  var halfLifeText: String {
    Int(exactly: halfLife).map(String.init) ?? "\(halfLife)"
  }
}
