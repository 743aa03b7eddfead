import Support
import Terminal

extension HeatmapPane {
  /// A cell of a difference: the signed points, on colour only when the intervals do not overlap.
  func drawDifference(_ difference: ProportionDifference?, on cell: Canvas) {
    let middle = (cell.height - 1) / 2
    guard let difference else {
      cell.put(cell.glyphs.absent, x: cell.width / 2, y: middle, style: .faint)
      return
    }
    let text = difference.points
    let step = Int(((difference.value + 1) / 2 * Double(Color.divergingSteps - 1)).rounded())
    guard difference.isClear else {
      if cell.width >= 3 {
        cell.text(text, y: middle, style: Style(.faint, [.dim]), width: cell.width, align: .right)
      } else {
        cell.text(String(text.prefix(1)), y: middle, style: .faint)
      }
      return
    }
    let style = Style.diverging(step).with(.bold)
    cell.fill(style: style)
    cell.text(
      cell.width >= 3 ? text : String(text.prefix(1)), y: middle, style: style, width: cell.width,
      align: .right)
    // Where colours are few, the full glyph says what the colour would.
    if !cell.colors.canShowMaps, cell.width > text.count {
      cell.put(cell.glyphs.density[4], x: 0, y: middle, style: style)
    }
  }

  func drawDifferenceLegend(on view: Canvas, y: Int) {
    guard view.colors.canShowMaps else {
      let glyph = String(Character(view.glyphs.density[4].scalar))
      view.text("\(glyph) intervals do not overlap; faint: may be chance", y: y, style: .faint)
      return
    }
    var x = view.text("-100 ", y: y, style: .faint)
    for step in 0..<Color.divergingSteps {
      view.put(.space, x: x, y: y, style: .diverging(step))
      x += 1
    }
    x += view.text(" +100", x: x, y: y, style: .faint)
    view.text("   no colour: the intervals overlap", x: x, y: y, style: .faint)
  }

  /// A difference in words: counts, points, and whether it is more than chance.
  static func words(_ difference: ProportionDifference) -> String {
    let (shown, other) = (difference.shown, difference.reference)
    return "\(shown.correct)/\(shown.trials) − \(other.correct)/\(other.trials)   "
      + difference.points
      + "   95 % CI \(Self.points(shown.low))-\(Self.points(shown.high)) and "
      + "\(Self.points(other.low))-\(Self.points(other.high))"
      + (difference.isClear ? "" : ", overlapping")
  }
}
