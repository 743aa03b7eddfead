import Support
public import Terminal

/// Wavelength of each rotary pair on a log axis: the base model's and the transformed one's, with
/// the trained and the target context as dashed lines.
///
/// A pair above the trained line has never made a full turn in training. Where there is room the pane
/// tells how far the base serves: B(m) is negative where a like key no longer outscores a random one.
public struct WavelengthPane {
  /// The wavelengths; nil while the base model is unknown.
  public var rotary: RotaryFace?

  /// A pane of these values.
  public init(rotary: RotaryFace?) {
    self.rotary = rotary
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    guard let rotary, !rotary.scaled.isEmpty else {
      canvas.pane("Wavelength per RoPE pair", focused: focused)
        .blank(["How far each rotary pair turns,", "once the base model is known."])
      return
    }
    let view = canvas.pane(
      canvas.width >= 50 ? "Wavelength per RoPE pair" : "RoPE wavelength",
      note: "base \(Format.number(rotary.base))  pairs \(rotary.scaled.count)", focused: focused)
    let finite = (rotary.original + rotary.scaled).filter { $0.isFinite && $0 > 0 }
    let extra = [Double(rotary.trained), Double(rotary.target)].filter { $0 > 0 }
    guard let low = finite.min(), let high = (finite + extra).max(), view.height >= 5,
      view.width >= 20
    else { return }
    let axis = Axis(low: low, high: high * 1.2, scale: .logarithmic)
    let left = 7
    let height = view.height - (view.height >= 9 ? 3 : 2)
    let width = view.width - left - 1
    guard width > 0, height > 0 else { return }
    view.leftAxis(
      Ticks.log(axis.low, axis.high, limit: max(2, height / 2)), axis: axis, x: left - 1, y: 0,
      height: height)
    let references = [("target", rotary.target), ("trained", rotary.trained)]
    for (_, tokens) in references {
      guard let row = Self.row(tokens, axis, height) else { continue }
      view.horizontalLine(x: left, y: row, width: width, glyph: view.glyphs.dashedHorizontal)
    }
    var raster = BrailleRaster(width: width, height: height, glyphs: view.glyphs)
    plot(rotary.original, axis, &raster, .init(.faint, rank: 1, mark: ":", dash: 2))
    plot(rotary.scaled, axis, &raster, .init(Style(.series(0), [.bold]), rank: 0, mark: "*"))
    raster.draw(on: view, x: left, y: 0)
    for (name, tokens) in references {
      label(name, tokens, axis, view, left, width, height)
    }
    let pairs = Axis(low: 0, high: Double(max(1, rotary.scaled.count - 1)))
    if view.height >= 9 {
      view.bottomAxis(
        Ticks.nice(0, pairs.high, limit: max(2, width / 9)), axis: pairs, x: left, y: height,
        width: width)
    }
    let unfinished = rotary.scaled.count { $0 > Double(rotary.trained) }
    let words = view.width >= 48 ? " of \(rotary.scaled.count) turn <1× in " : " turn <1× in "
    let reach = min(rotary.target, RotaryFace.lookedAt)
    let bound =
      rotary.weakDistance.map { "   B<0 from \(Format.tokens($0))" }
      ?? "   B>0 to \(Format.tokens(reach))"
    view.runs(
      [
        (rotary.kind == "none" || view.width < 40 ? "━ " : "╌ base  ━ ", .faint),
        (rotary.kind, .text),
        ("   \(unfinished)", .strong), (words + Format.tokens(rotary.trained), .faint),
        (view.width >= 54 ? bound : "", .faint),
      ], x: 0, y: view.height - 1)
  }

  private static func row(_ tokens: Int, _ axis: Axis, _ height: Int) -> Int? {
    let place = axis.row(Double(tokens), count: height)
    guard place.isFinite, place >= 0, place <= Double(height - 1) else { return nil }
    return Int(place.rounded())
  }

  private func label(
    _ name: String, _ tokens: Int, _ axis: Axis, _ view: Canvas, _ left: Int, _ width: Int,
    _ height: Int
  ) {
    guard let row = Self.row(tokens, axis, height) else { return }
    let words = view.width >= 48 ? name + " " : ""
    let label = " \(words)\(Format.tokens(tokens)) "
    // The curves rise from lower left to upper right: labels stand in the other two corners.
    let start = row * 2 < height ? left + 2 : max(left, left + width - label.count - 2)
    view.text(label, x: start, y: row, style: .faint)
  }

  private func plot(
    _ values: [Double], _ axis: Axis, _ raster: inout BrailleRaster, _ pen: BrailleRaster.Pen
  ) {
    let last = Double(max(1, values.count - 1))
    raster.polyline(
      values.enumerated().map { index, value in
        (
          x: Double(index) / last * Double(raster.dotWidth - 1),
          y: value.isFinite ? axis.row(value, count: raster.dotHeight) : .nan
        )
      }, pen: pen)
  }
}
