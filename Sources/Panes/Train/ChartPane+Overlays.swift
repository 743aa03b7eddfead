import Records
import Support
import Terminal

extension ChartPane {
  /// The curve of an overlay in columns of the plot: the mean of its runs where all of them have got to.
  func columns(of overlay: Overlay, on x: ChartAxis, count: Int) -> [SeriesSummary?] {
    let runs = overlay.histories.map { history in
      chart.curve.series(in: history)?.smooth.columns(edges: x.edges(count, in: history)) ?? []
    }
    guard runs.count > 1 else { return runs.first ?? [] }
    let held = runs.map(Self.held)
    return (0..<count).map { column in
      SeriesSummary(meanOf: held.map { $0.indices.contains(column) ? $0[column] : nil })
    }
  }

  /// Columns between two points have the value of the first: the points of other runs may lie there.
  private static func held(_ columns: [SeriesSummary?]) -> [SeriesSummary?] {
    var value: SeriesSummary?
    let last = columns.lastIndex { $0 != nil } ?? -1
    return columns.enumerated().map { index, column in
      guard let column else { return index < last ? value : nil }
      value = column.count > 0 ? SeriesSummary(column.last) : nil
      return column
    }
  }

  /// The runs laid over at the same x, with their differences to this one.
  func drawOverlayReadout(on view: Canvas, y: Int) {
    guard let index, let amount = history.spent(chart.unit, at: index),
      let own = chart.curve.series(in: history)?.smooth
    else { return }
    let place = own.lowerBound(history.loss.raw.positions[index])
    var column = 0
    for overlay in overlays {
      let values = overlay.histories.compactMap { value(of: $0, at: amount) }
      guard !values.isEmpty else { continue }
      let runs = overlay.histories.count
      let name =
        overlay.mark.letter + (runs == 1 ? "" : view.width < 60 ? " mean" : " mean of \(runs)")
      column = view.runs([(name, overlay.mark.style)], x: column, y: y)
      guard overlay.histories.allSatisfy({ $0.spent(chart.unit) ?? 0 >= amount }) else {
        column = view.runs([(" ended before   ", .faint)], x: column, y: y)
        continue
      }
      let mean = values.reduce(0, +) / Double(values.count)
      var words = " \(Format.number(mean))"
      if own.values.indices.contains(place) {
        words += " \(Format.signed(mean - own.values[place]))"
      }
      column = view.runs([(words + "   ", .text)], x: column, y: y)
    }
  }

  /// The smoothed value of a run where it had spent so much; nil where it has none.
  private func value(of other: RunHistory, at amount: Double) -> Double? {
    guard let there = other.index(spending: amount, of: chart.unit),
      let series = chart.curve.series(in: other)?.smooth, series.count > 0
    else { return nil }
    let place = series.lowerBound(other.loss.raw.positions[there])
    return series.values[min(place, series.count - 1)]
  }
}
