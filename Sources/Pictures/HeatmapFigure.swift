import Records
public import Support

/// Lays a heatmap out as a figure for a paper: cells with numbers, means, axes, scale, caption.
struct HeatmapFigure {
  private let map: Heatmap
  private let cellWidth: Double
  private let cellHeight: Double
  private let left = 84.0
  private let top = 92.0
  private let gap = 7.0
  private var marks: [Figure.Mark] = []

  /// The figure of a map.
  static func figure(of map: Heatmap) -> Figure {
    var layout = HeatmapFigure(map)
    return layout.draw()
  }

  private init(_ map: Heatmap) {
    self.map = map
    cellWidth = max(22, min(64, 660 / Double(max(map.lengths.count, 1))))
    cellHeight = max(18, min(40, 300 / Double(max(map.depths.count, 1))))
  }

  private var right: Double { left + cellWidth * Double(map.lengths.count) }
  private var bottom: Double { top + cellHeight * Double(map.depths.count) }
  private var meanRight: Double { right + gap + 44 }
  private var meanBottom: Double { bottom + gap + cellHeight }

  private mutating func draw() -> Figure {
    let width = max(meanRight + 104, 520)
    text(map.title, 24, 32, Figure.Style(size: 17, isBold: true))
    text(map.subtitle, 24, 52, Figure.Style(size: 12, colour: .faint))
    cells()
    means()
    let labelDepth = axes()
    contexts()
    scale()
    var y = meanBottom + labelDepth + 54
    let lines = caption.wrapped(size: 11, width: width - 48)
    for line in lines {
      text(line, 24, y, Figure.Style(size: 11, colour: .faint))
      y += 15
    }
    return Figure(
      width: width, height: y + 4, title: map.title, caption: lines.joined(separator: " "),
      marks: marks)
  }

  private mutating func cells() {
    for column in map.lengths.indices {
      for row in map.depths.indices {
        let length = Labels.grouped(map.lengths[column])
        let depth = Labels.percent(map.depths[row])
        let cell = map.cell(column: column, row: row)
        let share = cell.map { Proportion($0.correct, of: $0.trials) }
        box(
          share, map.difference(column: column, row: row), x: left + Double(column) * cellWidth,
          y: top + Double(row) * cellHeight, width: cellWidth,
          note: "\(length) tokens, depth \(depth) %")
      }
    }
  }

  private mutating func means() {
    for column in map.lengths.indices {
      box(
        map.mean(column: column), map.difference(column: column),
        x: left + Double(column) * cellWidth, y: bottom + gap,
        width: cellWidth, note: "\(Labels.grouped(map.lengths[column])) tokens, all depths")
    }
    for row in map.depths.indices {
      box(
        map.mean(row: row), map.difference(row: row), x: right + gap,
        y: top + Double(row) * cellHeight, width: 44,
        note: "depth \(Labels.percent(map.depths[row])) %, all lengths")
    }
    box(map.mean, map.difference, x: right + gap, y: bottom + gap, width: 44, note: "all cells")
  }

  /// A coloured box with its share in percent, or a grey one when nothing was run.
  ///
  /// With a reference: signed points, on colour only where the intervals do not overlap.
  private mutating func box(
    _ share: Proportion?, _ difference: ProportionDifference?, x: Double, y: Double, width: Double,
    note: String
  ) {
    let isDifference = map.reference != nil
    let run =
      isDifference ? difference?.shown : share.flatMap { $0.trials > 0 ? $0 : nil }
    let fill =
      isDifference
      ? difference.map { $0.isClear ? Colour.diverging($0.value) : .unclear } ?? .absent
      : run.map { Colour.viridis($0.score) } ?? .absent
    var words =
      run.map { "\($0.correct) of \($0.trials) right, \(Labels.interval($0))" } ?? "not run"
    if let there = difference?.reference {
      words += "; against \(there.correct) of \(there.trials), \(Labels.interval(there))"
    }
    let isFaint = run == nil || difference.map { !$0.isClear } ?? false
    marks.append(
      .box(
        origin: Figure.Point(x: x + 0.5, y: y + 0.5), width: width - 1, height: cellHeight - 1,
        fill: fill, note: "\(note): \(words)"))
    let size = min(12, width * 0.4)
    text(
      difference?.points ?? run.map { Labels.percent($0.score) } ?? "\u{B7}", x + width / 2,
      y + cellHeight / 2 + size * 0.36,
      Figure.Style(size: size, anchor: .middle, colour: isFaint ? .faint : fill.text))
  }

  /// Tick labels and axis titles; gives the height that the labels below the map take.
  private mutating func axes() -> Double {
    let small = Figure.Style(size: 11)
    for row in map.depths.indices {
      text(
        Labels.percent(map.depths[row]), left - 8, top + (Double(row) + 0.5) * cellHeight + 4,
        Figure.Style(size: 11, anchor: .end))
    }
    text("mean", left - 8, bottom + gap + cellHeight / 2 + 4, Figure.Style(size: 11, anchor: .end))
    let names = map.lengths.map(Labels.grouped)
    let widest = names.map { StrokeFont.width($0, size: small.size) }.max() ?? 0
    let isTurned = widest > cellWidth - 4
    for (column, name) in names.enumerated() {
      let x = left + (Double(column) + 0.5) * cellWidth
      if isTurned {
        text(name, x + 4, meanBottom + 12, Figure.Style(size: 11, anchor: .end, turn: 45))
      } else {
        text(name, x, meanBottom + 16, Figure.Style(size: 11, anchor: .middle))
      }
    }
    text("mean", right + gap + 22, meanBottom + 16, Figure.Style(size: 11, anchor: .middle))
    let depth = isTurned ? widest * 0.71 + 8 : 8
    text(
      "Context length (tokens)", (left + right) / 2, meanBottom + depth + 27,
      Figure.Style(size: 12.5, anchor: .middle))
    let name = "Needle depth (% of the context)"
    let hasRoom = StrokeFont.width(name, size: 12.5) < bottom - top + 40
    text(
      hasRoom ? name : "Depth (%)", 34, (top + bottom) / 2,
      Figure.Style(size: 12.5, anchor: .middle, turn: 90))
    return depth
  }

  /// Lines where the trained context ends and where the target lies.
  private mutating func contexts() {
    let trained = map.trainedContext.flatMap { tokens in
      map.firstUntrainedColumn.map { ($0, "trained on \(Labels.grouped(tokens))") }
    }
    let target = map.targetContext.flatMap { tokens in
      map.firstColumnAfterTarget.map { ($0, "target \(Labels.grouped(tokens))") }
    }
    if let (column, words) = trained { border(column, words, isDashed: true) }
    if let (column, words) = target {
      let isNear = trained.map { abs($0.0 - column) * Int(cellWidth) < 150 } ?? false
      border(column, words, isDashed: false, lift: isNear ? 14 : 0)
    }
  }

  private mutating func border(_ column: Int, _ words: String, isDashed: Bool, lift: Double = 0) {
    let x = left + Double(column) * cellWidth
    let (start, end) = (Figure.Point(x: x, y: top - 6), Figure.Point(x: x, y: meanBottom + 2))
    marks.append(.line(from: start, to: end, width: 3.5, colour: .white, isDashed: false))
    marks.append(.line(from: start, to: end, width: 1.6, colour: .ink, isDashed: isDashed))
    let half = StrokeFont.width(words, size: 11) / 2
    text(
      words, max(left - 60 + half, min(x, meanRight - half)), top - 11 - lift,
      Figure.Style(size: 11, anchor: .middle))
  }

  /// The colour scale, 0 to 100 %; for differences -100 to 100 points.
  private mutating func scale() {
    let (x, width, steps) = (meanRight + 24, 13.0, 100)
    let height = meanBottom - top
    for step in 0..<steps {
      let y = top + height * Double(step) / Double(steps)
      // Half a point over the next step, so that no seam shows between them.
      marks.append(
        .box(
          origin: Figure.Point(x: x, y: y), width: width,
          height: height / Double(steps) + (step == steps - 1 ? 0 : 0.5),
          fill: scaleColour(1 - (Double(step) + 0.5) / Double(steps)), note: ""))
    }
    for tick in [0, 25, 50, 75, 100] {
      let y = top + height * (1 - Double(tick) / 100)
      marks.append(
        .line(
          from: Figure.Point(x: x + width, y: y), to: Figure.Point(x: x + width + 4, y: y),
          width: 1, colour: .ink, isDashed: false))
      let value = map.reference == nil ? tick : tick * 2 - 100
      text("\(value)", x + width + 7, y + 4, Figure.Style(size: 10.5))
    }
    text(
      map.reference == nil ? "Right answers (%)" : "Difference (points)", x + width + 44,
      (top + meanBottom) / 2,
      Figure.Style(size: 12.5, anchor: .middle, turn: 90))
  }

  private func scaleColour(_ share: Double) -> Colour {
    map.reference == nil ? .viridis(share) : .diverging(share * 2 - 1)
  }

  private var caption: String {
    if let reference = map.reference {
      var words = "Share of questions answered exactly right, by greedy decoding: points above "
      words += "\(reference.title). Colour marks cells whose 95 % Wilson "
      words += "intervals do not overlap; the rest may be chance. "
      if let all = map.difference {
        words += "All cells: \(Labels.interval(all.shown)) against "
        words += "\(Labels.interval(all.reference)). "
      }
      return words + (map.source.isEmpty ? "" : "Source: \(map.source).")
    }
    var words = "Share of questions answered exactly right, in percent, by greedy decoding. "
    let mean = map.mean
    if mean.trials > 0 {
      words += "All cells: \(Labels.interval(mean)) of \(Labels.grouped(mean.trials)) trials"
      words += " (95 % Wilson interval). "
      let widest = map.records.map { $0.high - $0.low }.max() ?? 0
      words += "The interval of a single cell is up to \(Labels.percent(widest)) points wide. "
    }
    return words + (map.source.isEmpty ? "" : "Source: \(map.source).")
  }

  private mutating func text(_ words: String, _ x: Double, _ y: Double, _ style: Figure.Style) {
    if !words.isEmpty { marks.append(.text(words, at: Figure.Point(x: x, y: y), style)) }
  }
}

extension Heatmap {
  /// The map as an SVG document for papers and browsers.
  public var svg: String { HeatmapFigure.figure(of: self).svg }

  /// The map as the bytes of a PNG file, three pixels a point.
  ///
  /// - Throws: `UserError` when the library refuses.
  public func png() throws(UserError) -> [UInt8] {
    try HeatmapFigure.figure(of: self).png(scale: 3)
  }
}
