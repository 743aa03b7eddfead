/// What of a chart is in sight: a value that survives new data.
public struct ChartView: Sendable, Equatable {
  /// Log y.
  public var logarithmic = false
  /// Whether the raw trace is drawn behind the smoothed line.
  public var showsRaw = true
  /// The visible steps; nil shows all and follows the newest.
  public var range: ClosedRange<Double>?
  /// The step under the cursor; nil reads the newest.
  public var cursor: Double?

  /// Everything, without a cursor.
  public init() {}

  /// The visible steps of a run that stands at `last` and ends at `end`, if that is known.
  ///
  /// Without a known end the right edge moves in eighths, so that the line does not crawl.
  public func domain(last: Double, end: Double?) -> ClosedRange<Double> {
    if let range { return range }
    if let end, end >= last, end > 0 { return 0...end }
    var step = 2.0
    while step * 8 < last { step *= 2 }
    return 0...max(16, ((last / step).rounded(.down) + 1) * step)
  }

  /// Zooms around the cursor, else around the middle; never to fewer than five steps.
  public mutating func zoom(by factor: Double, within whole: ClosedRange<Double>) {
    let current = range ?? whole
    let centre = cursor ?? (current.lowerBound + current.upperBound) / 2
    let width = max(5, (current.upperBound - current.lowerBound) * factor)
    guard width < whole.upperBound - whole.lowerBound else {
      range = nil
      return
    }
    let share =
      (centre - current.lowerBound) / max(1e-9, current.upperBound - current.lowerBound)
    place(centre - width * min(1, max(0, share)), width: width, within: whole)
  }

  /// Moves the visible steps by a share of their width.
  public mutating func pan(by share: Double, within whole: ClosedRange<Double>) {
    guard let range else { return }
    let width = range.upperBound - range.lowerBound
    place(range.lowerBound + width * share, width: width, within: whole)
  }

  private mutating func place(_ low: Double, width: Double, within whole: ClosedRange<Double>) {
    let start = min(max(whole.lowerBound, low), whole.upperBound - width)
    range = start...(start + width)
  }

  /// Moves the cursor to a datum about `columns` columns away; from none, to the newest one.
  public mutating func move(columns: Int, of width: Int, in series: SeriesPyramid, end: Double?) {
    guard let newest = series.positions.last else { return }
    guard let cursor else {
      self.cursor = newest
      return
    }
    let domain = domain(last: newest, end: end)
    let column = (domain.upperBound - domain.lowerBound) / Double(max(1, width - 1))
    let wanted = cursor + column * Double(columns)
    var index = min(series.lowerBound(wanted), series.count - 1)
    // Always by one datum at least, to the nearest one in the direction of travel.
    let here = min(series.lowerBound(cursor), series.count - 1)
    if columns > 0 { index = max(index, min(here + 1, series.count - 1)) }
    if columns < 0 { index = min(index, max(here - 1, 0)) }
    self.cursor = series.positions[index]
  }
}
