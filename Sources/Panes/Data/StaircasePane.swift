import Support
public import Terminal

/// Position id over token index of a fed row, with the ids of plain positions as a dashed line.
public struct StaircasePane {
  /// The row; nil while there is none.
  public var row: FedRow?
  /// Whether every kind of positions is drawn.
  public var comparesKinds: Bool

  /// A pane of these values.
  public init(row: FedRow?, comparesKinds: Bool) {
    self.row = row
    self.comparesKinds = comparesKinds
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let view = canvas.pane("token → position id", focused: focused)
    guard let row, let last = row.kinds.compactMap({ $0.ids.max() }).max(), last > 0 else {
      view.blank(["Drawn from the fed row."])
      return
    }
    let left = 6
    let height = view.height - 3
    let width = view.width - left - 1
    guard height >= 3, width >= 12 else { return }
    let axis = Axis(low: 0, high: Double(last))
    let tokens = Axis(low: 0, high: Double(max(1, row.own.ids.count - 1)))
    view.leftAxis(
      Ticks.nice(0, axis.high, limit: max(2, height / 3)), axis: axis, x: left - 1, y: 0,
      height: height)
    var raster = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
    var legend: [(String, Style)] = [("╌ plain", .faint)]
    for (number, kind) in row.kinds.enumerated() {
      let isOwn = kind.kind == row.own.kind
      guard isOwn || comparesKinds || kind.kind == "plain" else { continue }
      let isPlain = kind.kind == "plain" && !isOwn
      let color = Style(.series(number), isOwn ? [.bold] : [])
      let pen: BrailleRaster.Pen =
        isPlain
        ? .init(.faint, rank: 2, mark: ":", dash: 2) : .init(color, rank: isOwn ? 0 : 1, mark: "*")
      raster.polyline(points(kind.ids, axis, tokens, raster), pen: pen)
      if !isPlain { legend.append(("  ━ \(kind.kind)", color)) }
    }
    raster.draw(on: view, x: left, y: 0)
    view.bottomAxis(
      Ticks.nice(0, tokens.high, limit: max(2, width / 9)), axis: tokens, x: left, y: height,
      width: width)
    view.runs(legend, x: 0, y: view.height - 1)
  }

  /// The ids at the columns of the raster, and no more of them.
  private func points(
    _ ids: [Int32], _ axis: Axis, _ tokens: Axis, _ raster: BrailleRaster
  ) -> [(x: Double, y: Double)] {
    let step = max(1, ids.count / (4 * raster.dotWidth))
    return stride(from: 0, to: ids.count, by: step).map { index in
      (
        x: tokens.position(Double(index), count: raster.dotWidth),
        y: axis.row(Double(ids[index]), count: raster.dotHeight)
      )
    }
  }
}
