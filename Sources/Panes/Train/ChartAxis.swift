import Records
public import Terminal

/// The x axis of a chart: steps, tokens or time, linear or logarithmic, for several runs at once.
///
/// Points are kept by step; the axis turns its columns into steps of each run, so that a column
/// holds the points that were trained there, however unevenly the unit grows with the steps.
public struct ChartAxis: Sendable {
  /// What lies along it.
  public let unit: Budget
  /// Its range and spacing.
  public let axis: Axis

  /// The axis of a view.
  ///
  /// - Parameters:
  ///   - chart: what is in sight.
  ///   - history: the shown run.
  ///   - others: runs laid over it.
  public init(_ chart: ChartView, _ history: RunHistory, others: [RunHistory] = []) {
    unit = chart.unit
    let end: Double? =
      switch unit {
      case .steps: history.stageEnd.map(Double.init)
      case .tokens: history.plan.map { Double($0.tokens) }
      default: nil
      }
    let runs = [history] + others
    let last = runs.compactMap { $0.spent(chart.unit) }.max() ?? 0
    let domain = chart.domain(last: last, end: end.map { max($0, last) })
    // A log axis starts at the first point: nothing lies before it.
    let first = runs.compactMap { $0.spent(chart.unit, at: 0) }.filter { $0 > 0 }.min() ?? 1
    axis = Axis(
      low: chart.logarithmicX ? max(domain.lowerBound, first) : domain.lowerBound,
      high: domain.upperBound, scale: chart.logarithmicX ? .logarithmic : .linear)
  }

  /// The axis with everything in sight, for zooming.
  public static func whole(
    _ chart: ChartView, _ history: RunHistory, others: [RunHistory] = []
  ) -> Axis {
    var all = chart
    all.range = nil
    return ChartAxis(all, history, others: others).axis
  }

  /// Edges of equal columns as steps of a run.
  public func edges(_ columns: Int, in history: RunHistory) -> [Double] {
    (0...max(0, columns)).map { column in
      // The ends as they are: what rounding makes of them could leave the first point out.
      let amount =
        column == 0
        ? axis.low
        : column == columns ? axis.high : axis.value(at: Double(column) / Double(columns))
      return history.step(reaching: amount, of: unit)
    }
  }

  /// The column of a step of a run; nil when it is out of sight.
  public func column(ofStep step: Double, in history: RunHistory, count: Int) -> Int? {
    guard let amount = history.amount(unit, atStep: step) else { return nil }
    let place = axis.position(amount, count: count)
    guard place.isFinite, place >= 0, place <= Double(count - 1) else { return nil }
    return Int(place.rounded())
  }

  /// The step of a datum about so many columns from a step, at least one datum away.
  public func step(from step: Double, columns: Int, of count: Int, in history: RunHistory) -> Double
  {
    let positions = history.loss.raw.positions
    guard let newest = positions.last, let here = history.amount(unit, atStep: step) else {
      return step
    }
    let place = axis.fraction(here) + Double(columns) / Double(max(1, count - 1))
    let wanted = history.step(reaching: axis.value(at: place), of: unit)
    let present = min(history.loss.raw.lowerBound(step), positions.count - 1)
    var index = min(history.loss.raw.lowerBound(min(wanted, newest)), positions.count - 1)
    if columns > 0 { index = max(index, min(present + 1, positions.count - 1)) }
    if columns < 0 { index = min(index, max(present - 1, 0)) }
    return positions[index]
  }

  /// Marks from low to high.
  public func ticks(limit: Int) -> [Tick] { axis.ticks(limit: limit) }
}
