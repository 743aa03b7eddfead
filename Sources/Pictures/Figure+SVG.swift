extension Figure {
  /// The figure as an SVG document of its own.
  var svg: String {
    let size = "\(Self.number(width)) \(Self.number(height))"
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\""
        + " width=\"\(Self.number(width))\" height=\"\(Self.number(height))\" role=\"img\""
        + " font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">",
      "<title>\(Self.escaped(title))</title>",
      "<desc>\(Self.escaped(caption))</desc>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
    ]
    lines += marks.map(Self.element)
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func element(_ mark: Mark) -> String {
    switch mark {
    case .box(let origin, let width, let height, let fill, let note):
      let start =
        "<rect x=\"\(number(origin.x))\" y=\"\(number(origin.y))\" width=\"\(number(width))\""
        + " height=\"\(number(height))\" fill=\"\(fill.hex)\""
      return note.isEmpty ? start + "/>" : start + "><title>\(escaped(note))</title></rect>"
    case .line(let from, let to, let width, let colour, let isDashed):
      return "<line x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\""
        + " y2=\"\(number(to.y))\" stroke=\"\(colour.hex)\" stroke-width=\"\(number(width))\""
        + (isDashed ? " stroke-dasharray=\"6 4\"/>" : "/>")
    case .path(let points, let width, let colour, let isDashed):
      let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
      return "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(colour.hex)\""
        + " stroke-width=\"\(number(width))\" stroke-linejoin=\"round\""
        + (isDashed ? " stroke-dasharray=\"6 4\"/>" : "/>")
    case .text(let text, let at, let style):
      var attributes = "x=\"\(number(at.x))\" y=\"\(number(at.y))\""
      attributes += " font-size=\"\(number(style.size))\" fill=\"\(style.colour.hex)\""
      if style.anchor != .start { attributes += " text-anchor=\"\(style.anchor.rawValue)\"" }
      if style.isBold { attributes += " font-weight=\"bold\"" }
      if style.turn != 0 {
        let turn = "\(number(-style.turn)) \(number(at.x)) \(number(at.y))"
        attributes += " transform=\"rotate(\(turn))\""
      }
      // A tooltip under a number must not be hidden by it.
      return "<text \(attributes) pointer-events=\"none\">\(escaped(text))</text>"
    }
  }

  /// A coordinate with two decimals at most, in the C locale.
  private static func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  /// A text for an XML document: markup escaped, control characters left out.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default:
        let forbidden: [ClosedRange<UInt32>] = [0...0x1F, 0x7F...0x9F, 0xFFFE...0xFFFF]
        if !forbidden.contains(where: { $0.contains(scalar.value) }) {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out
  }
}
