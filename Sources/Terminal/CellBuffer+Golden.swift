extension CellBuffer {
  /// The rows of the frame for golden files: the glyphs between bars, then how they look, in runs.
  ///
  /// A run is a number of cells and the code of their style: `|on 3 Train| 3. 7a*` has three plain cells,
  /// then seven bold ones in the accent colour. Plain cells at the end of a row are left out.
  public var golden: [String] {
    zip(0..<height, lines).map { y, glyphs in
      var runs: [(count: Int, style: Style)] = []
      for x in 0..<width {
        let style = self[x, y].style
        if runs.last?.style == style {
          runs[runs.count - 1].count += 1
        } else {
          runs.append((1, style))
        }
      }
      if runs.last?.style == .text { runs.removeLast() }
      return "|\(glyphs)|" + runs.map { " \($0.count)\($0.style.code)" }.joined()
    }
  }
}

extension Style {
  /// The style in a few letters, the same in every frame: `f` faint, `a*` accent and bold, `h7` text on heat 7.
  public var code: String {
    var code = foreground.code(on: background)
    let all: [(Attributes, String)] = [
      (.bold, "*"), (.dim, "~"), (.reverse, "!"), (.underline, "_"),
    ]
    for (attribute, sign) in all where attributes.contains(attribute) { code += sign }
    return code
  }

  /// The style in words, for legends of golden frames: `faint`, `text on heat 3, bold`.
  public var name: String {
    var words = foreground.name
    if background != .standard { words += " on \(background.name)" }
    let all: [(Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"),
    ]
    for (attribute, word) in all where attributes.contains(attribute) { words += ", \(word)" }
    return words
  }
}

extension Color {
  /// Letters for the two colours of a cell; texts on the steps of a map are meant with the step.
  fileprivate func code(on background: Color) -> String {
    if background == .standard { return short }
    let isOnMap = (32..<96).contains(background.code) && code == background.code + 16
    return isOnMap ? background.short : short + "/" + background.short
  }

  private var short: String {
    switch code {
    case 0..<7: ["-", ".", "f", "a", "w", "g", "b"][Int(code)]
    case 16..<32: "s\(code - 16)"
    case 32..<48: "h\(code - 32)"
    case 48..<64: "on-h\(code - 48)"
    case 64..<80: "d\(code - 64)"
    case 80..<96: "on-d\(code - 80)"
    default: "c\(Int(code) - 256)"
    }
  }

  /// The role in words.
  public var name: String {
    switch code {
    case 0..<7:
      ["standard", "text", "faint", "accent", "warning", "good", "bad"][Int(code)]
    case 16..<32: "series \(code - 16)"
    case 32..<48: "heat \(code - 32)"
    case 48..<64: "on heat \(code - 48)"
    case 64..<80: "diverging \(code - 64)"
    case 80..<96: "on diverging \(code - 80)"
    default: "colour \(Int(code) - 256)"
    }
  }
}
