public import Terminal

/// Where everything stands: a pure function of the size, the screen and the focus.
public struct Layout: Sendable, Equatable {
  /// How much fits.
  public enum Class: Sendable, Equatable {
    /// 120x40 and more: every pane.
    case full
    /// 80x24 and more: the panes that matter most.
    case compact
    /// 60x16 and more: the pane in focus.
    case single
    /// 20x3 and more: the run in a few lines and the keys.
    case strip
    /// Less: the first characters of loss and step.
    case tiny
  }

  /// A pane and its place.
  public struct Place: Sendable, Equatable {
    /// The pane.
    public let pane: PaneName
    /// Its outer edge.
    public let rect: Rect
  }

  /// How much fits.
  public let size: Class
  /// The panes on the screen.
  public let places: [Place]
  /// The part that only shows: the small heatmap on Train, the margins on Needle.
  public let extra: Rect?
  /// The header's row.
  public let header: Rect
  /// The message row; empty when there is none.
  public let status: Rect
  /// The run strip.
  public let strip: Rect
  /// The keys.
  public let footer: Rect

  /// The layout of a screen in so many columns and rows.
  public init(
    width: Int, height: Int, screen: ScreenName, focused: PaneName, isZoomed: Bool = false
  ) {
    let all = Rect(width: width, height: height)
    size =
      width >= 120 && height >= 40
      ? .full
      : width >= 80 && height >= 24
        ? .compact
        : width >= 60 && height >= 16
          ? .single
          : width >= 20 && height >= 3
            ? .strip : .tiny
    guard size != .strip, size != .tiny else {
      (places, extra, header, status) = (
        [], nil, Rect(width: 0, height: 0), Rect(width: 0, height: 0)
      )
      let split = all.splitBottom(size == .strip ? 1 : 0)
      (strip, footer) = (split.rest, split.bottom)
      return
    }
    let (head, belowHead) = all.splitTop(1)
    let (aboveFooter, foot) = belowHead.splitBottom(1)
    let (aboveStrip, run) = aboveFooter.splitBottom(1)
    let (body, note) = aboveStrip.splitBottom(1)
    (header, footer, strip, status) = (head, foot, run, note)
    if isZoomed || size == .single {
      places = [Place(pane: focused, rect: body)]
      extra = nil
      return
    }
    var result: [Place] = []
    var shown: Rect?
    switch screen {
    case .recipe: result = Self.recipe(body, size, focused)
    case .data: result = Self.data(body, size, focused)
    case .train: (result, shown) = Self.train(body, size, focused)
    case .needle: (result, shown) = Self.needle(body, size)
    case .runs: result = Self.runs(body, size, focused)
    }
    places = result
    extra = shown
  }

  private static func recipe(_ body: Rect, _ size: Class, _ focused: PaneName) -> [Place] {
    let left = size == .full ? body.width * 29 / 60 : body.width * 11 / 20
    if size == .full {
      let lower = max(6, body.height / 6)
      let (rest, bottom) = body.splitBottom(lower)
      // A tall screen has room for every setting.
      let (top, middle) = rest.splitTop(
        rest.height >= 44 ? rest.height * 45 / 100 : (rest.height + 3) / 2)
      let (mix, waves) = top.splitLeft(left)
      let (settings, stages) = middle.splitLeft(left)
      return [
        Place(pane: .mix, rect: mix), Place(pane: .wavelengths, rect: waves),
        Place(pane: .settings, rect: settings), Place(pane: .stages, rect: stages),
        Place(pane: .changes, rect: bottom),
      ]
    }
    let (top, bottom) = body.splitTop(body.height * 3 / 5)
    let (mix, right) = top.splitLeft(left)
    // The pane in focus takes the place of its neighbour: settings and stages are a tab away.
    let upper: PaneName = focused == .settings ? .settings : .wavelengths
    let lower: PaneName = focused == .stages ? .stages : .changes
    return [
      Place(pane: .mix, rect: mix), Place(pane: upper, rect: right),
      Place(pane: lower, rect: bottom),
    ]
  }

  private static func data(_ body: Rect, _ size: Class, _ focused: PaneName) -> [Place] {
    let (left, right) = body.splitLeft(max(30, body.width * 3 / 10))
    guard size == .full else {
      // Rows, their ids as a plot and documents take turns in the same place.
      let shown = focused == .ledger ? .fed : focused
      return [Place(pane: .ledger, rect: left), Place(pane: shown, rect: right)]
    }
    let (ledger, staircase) = left.splitBottom(body.height * 2 / 5)
    let (fed, samples) = right.splitBottom(body.height * 2 / 5)
    return [
      Place(pane: .ledger, rect: ledger), Place(pane: .fed, rect: fed),
      Place(pane: .staircase, rect: staircase), Place(pane: .samples, rect: samples),
    ]
  }

  private static func train(_ body: Rect, _ size: Class, _ focused: PaneName) -> ([Place], Rect?) {
    // Loss and heatmap side by side: that the one falls while the other lights up is the point.
    let left = size == .full ? body.width * 57 / 100 : body.width * 55 / 100
    if size == .full {
      let (top, bottom) = body.splitBottom(max(15, body.height * 3 / 10))
      let (chart, map) = top.splitLeft(left)
      let (lower, events) = bottom.splitLeft(left)
      let (sources, strips) = lower.splitLeft(lower.width / 2)
      return (
        [
          Place(pane: .chart, rect: chart), Place(pane: .strips, rect: strips),
          Place(pane: .sources, rect: sources), Place(pane: .events, rect: events),
        ], map
      )
    }
    let (top, bottom) = body.splitBottom(max(6, body.height * 3 / 10))
    let (chart, map) = top.splitLeft(left)
    let (lower, events) = bottom.splitLeft(left)
    let shown: PaneName = focused == .sources ? .sources : .strips
    return (
      [
        Place(pane: .chart, rect: chart), Place(pane: shown, rect: lower),
        Place(pane: .events, rect: events),
      ], map
    )
  }

  private static func needle(_ body: Rect, _ size: Class) -> ([Place], Rect?) {
    if size == .full {
      let (rest, bottom) = body.splitBottom(max(13, body.height / 4))
      let (map, cell) = rest.splitLeft(body.width * 64 / 100)
      let (evaluations, margins) = bottom.splitLeft(body.width / 2)
      return (
        [
          Place(pane: .heatmap, rect: map), Place(pane: .cell, rect: cell),
          Place(pane: .evaluations, rect: evaluations),
        ], margins
      )
    }
    let (left, right) = body.splitLeft(body.width * 13 / 20)
    let (cell, evaluations) = right.splitTop(body.height * 2 / 3)
    return (
      [
        Place(pane: .heatmap, rect: left), Place(pane: .cell, rect: cell),
        Place(pane: .evaluations, rect: evaluations),
      ], nil
    )
  }

  private static func runs(_ body: Rect, _ size: Class, _ focused: PaneName) -> [Place] {
    guard size == .full else {
      // One pane at a time below the table; what is read closely gets more room.
      let shown = focused == .runs ? .runDetail : focused
      let isLarge = [.comparison, .sweep, .lineage].contains(shown)
      let (top, bottom) = body.splitBottom(isLarge ? body.height * 3 / 5 : 9)
      return [Place(pane: .runs, rect: top), Place(pane: shown, rect: bottom)]
    }
    let (left, right) = body.splitLeft(body.width * 11 / 20)
    let (upper, detail) = left.splitBottom(9)
    let (table, queue) = upper.splitBottom(10)
    let shown = [
      Place(pane: .runs, rect: table), Place(pane: .queue, rect: queue),
      Place(pane: .runDetail, rect: detail),
    ]
    // Comparing and reading a table need room; else the tree of what is there stands beside it.
    if focused == .comparison || focused == .sweep {
      return shown + [Place(pane: focused, rect: right)]
    }
    let (facts, lineage) = right.splitBottom(right.height / 2)
    return shown + [
      Place(pane: .comparison, rect: facts), Place(pane: .lineage, rect: lineage),
    ]
  }
}
