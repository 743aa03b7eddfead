public import Terminal

/// What of a chart is in sight: a value that survives new data.
public struct ChartView: Sendable, Equatable {
  /// The curve.
  public var curve = ChartCurve.loss
  /// What lies along x.
  public var unit = Budget.steps
  /// Log x.
  public var logarithmicX = false
  /// Log y.
  public var logarithmic = false
  /// Whether the raw trace is drawn behind the smoothed line.
  public var showsRaw = true
  /// Whether marked runs are laid over.
  public var showsOverlay = false
  /// The visible part of x in its unit; nil shows all and follows the newest.
  public var range: ClosedRange<Double>?
  /// The step under the cursor; nil reads the newest.
  public var cursor: Double?

  /// Everything, without a cursor.
  public init() {}

  /// The visible part of x for a run that stands at `last` and ends at `end`, if that is known.
  ///
  /// Without a known end the right edge moves in eighths, so that the line does not crawl.
  public func domain(last: Double, end: Double?) -> ClosedRange<Double> {
    if let range { return range }
    if let end, end >= last, end > 0 { return 0...end }
    var step = 2.0
    while step * 8 < last { step *= 2 }
    return 0...max(16, ((last / step).rounded(.down) + 1) * step)
  }

  /// Zooms around a place, else around the middle.
  ///
  /// - Parameters:
  ///   - factor: below 1 shows less.
  ///   - whole: the axis with everything in sight.
  ///   - centre: what stays where it is, in the unit of x.
  ///   - least: the smallest width, in the unit of x.
  public mutating func zoom(
    by factor: Double, within whole: Axis, around centre: Double?, least: Double
  ) {
    let (low, high) = span(whole)
    let middle = centre.map { min(max($0, whole.low), whole.high) }.map(whole.fraction)
    let anchor = middle ?? (low + high) / 2
    let place = whole.value(at: anchor)
    let smallest = whole.fraction(place + least) - whole.fraction(place)
    let width = max(smallest, (high - low) * factor)
    guard width < 1 else {
      range = nil
      return
    }
    let share = min(1, max(0, (anchor - low) / max(1e-12, high - low)))
    show(from: anchor - width * share, width: width, of: whole)
  }

  /// Moves the visible part by a share of its width.
  public mutating func pan(by share: Double, within whole: Axis) {
    guard range != nil else { return }
    let (low, high) = span(whole)
    show(from: low + (high - low) * share, width: high - low, of: whole)
  }

  /// The visible part in places of the whole axis, where zooming is the same for every scale.
  private func span(_ whole: Axis) -> (low: Double, high: Double) {
    guard let range else { return (0, 1) }
    return (whole.fraction(max(range.lowerBound, whole.low)), whole.fraction(range.upperBound))
  }

  private mutating func show(from low: Double, width: Double, of whole: Axis) {
    let start = min(max(0, low), 1 - width)
    range = whole.value(at: start)...whole.value(at: start + width)
  }
}

/// A curve that the chart can show.
public enum ChartCurve: Sendable, Hashable {
  /// The training loss.
  case loss
  /// The training loss of one source.
  case source(String)
  /// The learning rate.
  case rate
  /// The gradient norm before clipping.
  case gradientNorm
  /// Tokens a second.
  case throughput

  /// The curves of a run in the order that `v` goes through them.
  public static func all(of history: RunHistory) -> [ChartCurve] {
    [.loss] + history.sources.map { .source($0.name) } + [.rate, .gradientNorm, .throughput]
  }

  /// Its title.
  public var title: String {
    switch self {
    case .loss: "loss"
    case .source(let name): "loss of \(name)"
    case .rate: "learning rate"
    case .gradientNorm: "gradient norm"
    case .throughput: "throughput"
    }
  }

  /// Its unit; empty for plain numbers.
  public var unit: String {
    switch self {
    case .loss, .source: "nats"
    case .rate, .gradientNorm: ""
    case .throughput: "tokens/s"
    }
  }

  /// Its points over the steps, raw and smoothed; nil when the run has no such curve.
  public func series(in history: RunHistory) -> (raw: SeriesPyramid, smooth: SeriesPyramid)? {
    switch self {
    case .loss: (history.loss.raw, history.loss.smooth)
    case .source(let name):
      history.sources.first { $0.name == name }.map { ($0.series.raw, $0.series.smooth) }
    case .rate: (history.rate, history.rate)
    case .gradientNorm: (history.gradientNorm, history.gradientNorm)
    case .throughput: (history.throughput, history.throughput)
    }
  }

  /// Whether raw and smoothed points differ.
  public var isSmoothed: Bool {
    switch self {
    case .loss, .source: true
    case .rate, .gradientNorm, .throughput: false
    }
  }
}
