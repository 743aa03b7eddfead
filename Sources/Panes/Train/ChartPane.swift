import Records
import Support
public import Terminal

/// A curve of the run: every column's smallest to largest raw value behind the smoothed line, other
/// runs over it, and what happened on the axis below.
public struct ChartPane {
  /// A run that is laid over, or the mean of several that differ by their seeds.
  public struct Overlay: Sendable {
    /// Its letter and looks.
    public let mark: RunMark
    /// Records of each run, at least one.
    public let histories: [RunHistory]

    /// An overlay of runs.
    public init(mark: RunMark, histories: [RunHistory]) {
      self.mark = mark
      self.histories = histories
    }
  }

  /// The run.
  public var history: RunHistory
  /// What is in sight.
  public var chart: ChartView
  /// Runs laid over; drawn when the view shows them.
  public var overlays: [Overlay]
  /// Why the run failed; nil when it did not.
  public var failure: String?

  /// A pane of these values.
  public init(
    history: RunHistory, chart: ChartView, overlays: [Overlay] = [], failure: String? = nil
  ) {
    self.failure = failure
    self.history = history
    self.chart = chart
    self.overlays = chart.showsOverlay ? overlays : []
  }

  /// Columns of the plot inside a pane of so many columns.
  public static func plotWidth(paneWidth: Int) -> Int { max(1, paneWidth - 4 - labelWidth - 1) }
  private static let labelWidth = 7

  private var title: String {
    var words = [chart.curve.title]
    if chart.logarithmic { words.append("log y") }
    if chart.logarithmicX { words.append("log x") }
    return words.joined(separator: " · ")
  }

  private var isRaw: Bool {
    chart.showsRaw && history.loss.halfLife > 0 && chart.curve.isSmoothed
  }

  private func note(width: Int) -> String {
    let half = Format.count(Int(history.loss.halfLife))
    let isSmooth = history.loss.halfLife > 0 && chart.curve.isSmoothed
    let smoothing = isSmooth ? "half-life \(half) steps" : "no smoothing"
    guard width >= 44 else { return smoothing }
    let letters = overlays.map { " ╌ \($0.mark.letter)" }.joined()
    return (isRaw ? "·· raw  ━ " : "━ ") + (letters.isEmpty ? smoothing : "this\(letters)")
      + "  " + (chart.range == nil ? "follow" : "frozen")
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let curve = chart.curve.series(in: history).flatMap { $0.raw.count > 0 ? $0 : nil }
    let view = canvas.pane(
      title, note: curve == nil ? "" : note(width: canvas.width), focused: focused)
    guard let series = curve else {
      view.blank(emptyLines, failed: failure)
      return
    }
    let left = Self.labelWidth
    let height = view.height - (overlays.isEmpty ? 3 : 4)
    let width = view.width - left - 1
    guard height >= 2, width >= 8 else {
      view.text(readout(width: view.width), y: 0)
      return
    }
    let x = ChartAxis(chart, history, others: overlays.flatMap(\.histories))
    var raster = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
    let edges = x.edges(raster.dotWidth, in: history)
    let raw = series.raw.columns(edges: edges)
    let smooth = series.smooth.columns(edges: edges)
    let over = overlays.map { columns(of: $0, on: x, count: raster.dotWidth) }
    let shown = ((isRaw ? raw : smooth) + over.flatMap(\.self)).compactMap(\.self)
      .filter { $0.count > 0 }.flatMap { [$0.minimum, $0.maximum] }
    guard let y = Axis(fitting: shown, scale: chart.logarithmic ? .logarithmic : .linear) else {
      view.blank(["No finite value in sight.", "0 shows all steps"])
      return
    }
    view.leftAxis(y.ticks(limit: max(2, height / 2)), axis: y, x: left - 1, y: 0, height: height)
    let plot = view.view(Rect(x: left, width: width, height: view.height))
    drawStages(on: plot, x: x, width: width, height: height)
    // Two rasters: where both meet, the line alone is drawn, and stays a line.
    if isRaw {
      var behind = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
      drawRaw(raw, y, &behind, isJoined: view.colors != .none)
      behind.draw(on: plot)
    }
    for (overlay, columns) in zip(overlays, over) {
      let mark = overlay.mark
      drawLine(
        columns, y, &raster,
        BrailleRaster.Pen(
          mark.style, rank: 1 + mark.slot,
          mark: Glyph(mark.letter.unicodeScalars.first ?? "*"), dash: mark.dash))
    }
    drawLine(
      smooth, y, &raster, BrailleRaster.Pen(Style(.series(0), [.bold]), rank: 0, mark: "*"))
    raster.draw(on: plot)
    for (dot, column) in raw.enumerated() where (column?.nonFinite ?? 0) > 0 {
      plot.put(view.glyphs.failed, x: dot / raster.dotsAcross, y: 0, style: .bad)
    }
    view.bottomAxis(
      x.ticks(limit: max(2, width / 12)), axis: x.axis, x: left, y: height, width: width)
    if x.unit != .steps {
      view.text(x.unit.title, y: height + 1, style: .faint, width: left, align: .left)
    }
    drawEvents(on: plot, x: x, width: width, y: height)
    view.text(
      readout(width: view.width), y: height + 2, style: chart.cursor == nil ? .faint : .text)
    if !overlays.isEmpty { drawOverlayReadout(on: view, y: height + 3) }
  }

  private var emptyLines: [String] {
    if history.isEmpty, failure == nil {
      return ["No run yet.", "R starts the recipe as it stands."]
    }
    if history.done != nil || failure != nil {
      return ["The run ended before its first step.", "R starts the recipe anew."]
    }
    return history.evaluations.isEmpty
      ? ["Waiting for the first step …"]
      : ["The base is evaluated first.", "The curve starts with the first step."]
  }
}

extension ChartPane {
  /// Index of the datum that is read out: the one under the cursor, else the newest.
  var index: Int? {
    let series = history.loss.raw
    guard let newest = series.positions.last else { return nil }
    return min(series.lowerBound(chart.cursor ?? newest), series.count - 1)
  }

  /// All values at the cursor, or at the newest step, as many as fit.
  private func readout(width: Int) -> String {
    guard let index else { return "" }
    let step = history.loss.raw.positions[index]
    func at(_ pyramid: SeriesPyramid) -> String {
      let place = pyramid.lowerBound(step)
      guard pyramid.positions.indices.contains(place), pyramid.positions[place] == step else {
        return "—"
      }
      return Format.number(pyramid.values[place])
    }
    let mark = chart.cursor == nil ? "newest" : "┊"
    var words = ["\(mark) step \(Format.count(Int(step)))"]
    switch chart.curve {
    case .loss, .source:
      guard let series = chart.curve.series(in: history) else { break }
      words += ["smooth \(at(series.smooth))", "raw \(at(series.raw))"]
    case .rate, .gradientNorm, .throughput: words.append("loss \(at(history.loss.smooth))")
    }
    words += ["rate \(at(history.rate))", "grad \(at(history.gradientNorm))"]
    let kept = history.checkpoints.last { Double($0.step) <= step }
    words += kept.map { ["ckpt \(Format.count($0.step))"] } ?? []
    words += ["\(at(history.throughput)) tok/s", "\(at(history.tokens)) tokens"]
    while words.count > 1, words.joined(separator: "  ").count > width { words.removeLast() }
    return words.joined(separator: "  ")
  }
}
