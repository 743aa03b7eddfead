/// A plain font of pen strokes for the texts of PNG figures: printable ASCII, any size, any angle.
///
/// Drawn for this program, so that a picture needs no font of the system and looks the same on
/// every machine. A glyph is its width and its strokes; a stroke is a row of points, two characters
/// each (x, then y, as digits of base 36). The baseline lies at y = 4, small letters reach 12 (c),
/// capitals 16 (g), descenders 0. `~` marks a stroke that bends smoothly (a quadratic B-spline that
/// begins at its first point and ends at its last), `o` one that also closes.
enum StrokeFont {
  /// Units of a glyph's grid in one em.
  static let unitsPerEm = 16.5
  /// Free units behind each glyph.
  private static let gap = 2.6

  /// Width of a text in points at a size in points.
  static func width(_ text: String, size: Double) -> Double {
    let units = text.reduce(0.0) { $0 + glyph($1).width + gap }
    return max(0, units - gap) * size / unitsPerEm
  }

  /// The pen strokes of a text at size 1, starting at the origin: rows of points, y upwards.
  static func strokes(_ text: String) -> [[Figure.Point]] {
    var all: [[Figure.Point]] = []
    var pen = 0.0
    for character in text {
      let glyph = glyph(character)
      for stroke in glyph.strokes {
        all.append(
          stroke.map {
            Figure.Point(x: ($0.x + pen) / unitsPerEm, y: ($0.y - 4) / unitsPerEm)
          })
      }
      pen += glyph.width + gap
    }
    return all
  }

  private struct Glyph: Sendable {
    var width = 0.0
    var strokes: [[Figure.Point]] = []
  }

  private static func glyph(_ character: Character) -> Glyph {
    glyphs[character] ?? missing
  }

  private static let missing = parse("6 040g6g6404")
  private static let glyphs = table.mapValues(parse)

  private static func parse(_ text: String) -> Glyph {
    var glyph = Glyph()
    for (index, word) in text.split(separator: " ").enumerated() {
      if index == 0 {
        glyph.width = Double(word.first?.hexDigitValue ?? 0)
        continue
      }
      let isClosed = word.hasPrefix("o")
      let isSmooth = isClosed || word.hasPrefix("~")
      let digits = word.dropFirst(isSmooth ? 1 : 0).map { Double(Int(String($0), radix: 36) ?? 0) }
      let points = stride(from: 0, to: digits.count - 1, by: 2).map {
        Figure.Point(x: digits[$0], y: digits[$0 + 1])
      }
      glyph.strokes.append(isSmooth ? bent(points, isClosed: isClosed) : points)
    }
    return glyph
  }

  /// Points along the quadratic B-spline of control points.
  private static func bent(_ controls: [Figure.Point], isClosed: Bool) -> [Figure.Point] {
    guard controls.count > 2 else { return controls }
    func middle(_ a: Figure.Point, _ b: Figure.Point) -> Figure.Point {
      Figure.Point(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
    }
    let last = controls.count - 1
    var points: [Figure.Point] = []
    for index in isClosed ? 0...last : 1...(last - 1) {
      let control = controls[index]
      let before = controls[(index + last) % controls.count]
      let after = controls[(index + 1) % controls.count]
      let start = !isClosed && index == 1 ? before : middle(before, control)
      let end = !isClosed && index == last - 1 ? after : middle(control, after)
      for step in 0...8 {
        let t = Double(step) / 8
        let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
        points.append(
          Figure.Point(
            x: a * start.x + b * control.x + c * end.x,
            y: a * start.y + b * control.y + c * end.y))
      }
    }
    return points
  }

  private static let table: [Character: String] = [
    " ": "3", "!": "2 1g18 1415", "\"": "4 1g1d 3g3d", "#": "8 2g14 7g64 0c8c 0888",
    "$": "8 ~8e7g4g0g0a4a8a84441406 4h43", "%": "9 049g o0g3g3c0c o68989464",
    "&": "9 ~942d2g6g6d0a045499", "'": "2 1g1d", "(": "3 ~3h0d0732", ")": "3 ~0h3d3702",
    "*": "6 3e38 0c6a 0a6c", "+": "7 0979 3c36", ",": "2 1502", "-": "5 0959", ".": "2 1415",
    "/": "5 025h", "0": "7 o0g7g7404", "1": "7 1d4g44", "2": "7 ~0d0g7g7b4804 0474",
    "3": "7 ~0e0g7g7a3a ~3a7a740406", "4": "7 545g0878", "5": "7 6g1g0a ~0a2b7c740406",
    "6": "7 o0b7b7404 ~6f5g0g07", "7": "7 0g7g24", "8": "7 o0g7g7a0a o0a7a7404",
    "9": "7 o0g7g7909 ~7d742415", ":": "2 1415 1a1b", ";": "2 1502 1a1b", "<": "6 6d0965",
    "=": "7 0b7b 0777", ">": "6 0d6905", "?": "6 ~0d0g6g6b3a38 3435",
    "@": "c o4d8d8747 ~8d87c7cbcg6g0g0a046494", "A": "8 044g84 1878",
    "B": "8 040g ~0g4g7g7a4a0a ~0a5a8a845404", "C": "8 ~8e7g4g0g0a04447486",
    "D": "8 040g ~0g4g8g8a844404", "E": "7 7g0g0474 0a6a", "F": "7 7g0g04 0a6a",
    "G": "8 ~8e7g4g0g0a04448489 8959", "H": "8 040g 848g 0a8a", "I": "2 141g",
    "J": "6 6g68 ~6864340407", "K": "8 040g 8g09 2b84", "L": "7 0g0474", "M": "a 040g56aga4",
    "N": "8 040g848g", "O": "9 o0g9g9404", "P": "8 040g ~0g5g8g895909",
    "Q": "9 o0g9g9404 5793", "R": "8 040g ~0g5g8g895909 4984",
    "S": "8 ~8e7g4g0g0a4a8a84441406", "T": "8 0g8g 4g44", "U": "8 0g09 ~09048489 898g",
    "V": "8 0g448g", "W": "c 0g346g94cg", "X": "8 048g 0g84", "Y": "8 0g4a8g 4a44",
    "Z": "8 0g8g0484", "[": "3 3h0h0232", "\\": "5 0h52", "]": "3 0h3h3202", "^": "6 0d3g6d",
    "_": "7 0373", "`": "3 0g2d", "a": "7 o0c7c7404 7c74", "b": "7 0g04 o0c7c7404",
    "c": "6 ~6a6c3c0c0804346466", "d": "7 7g74 o0c7c7404", "e": "7 0878 ~787c3c0c0804446476",
    "f": "5 ~5g2g2c 2c24 0c4c", "g": "7 o0c7c7404 7c73 ~73703001",
    "h": "7 040g ~090c7c79 7974", "i": "2 1c14 1f1g", "j": "3 2c23 ~232000 2f2g",
    "k": "6 0g04 6c07 2964", "l": "2 1g14", "m": "a 0c04 ~090c5c59 5954 ~595caca9 a9a4",
    "n": "7 0c04 ~090c7c79 7974", "o": "7 o0c7c7404", "p": "7 0c00 o0c7c7404",
    "q": "7 7c70 o0c7c7404", "r": "5 0c04 ~080b3c5c", "s": "6 ~6b5c3c0c08386864341405",
    "t": "5 2g27 ~272454 0c5c", "u": "7 0c07 ~07047477 7c74", "v": "6 0c346c",
    "w": "a 0c345c74ac", "x": "6 046c 0c64", "y": "6 0c34 6c10", "z": "6 0c6c0464",
    "{": "4 ~4h2h2c0a ~0a282242", "|": "2 1h12", "}": "4 ~0h2h2c4a ~4a282202",
    "~": "7 ~092d577b", "\u{B7}": "2 o0c2c2a0a 1b1b",
  ]
}

extension String {
  /// The text in lines that fit a width in points, broken at spaces.
  func wrapped(size: Double, width: Double) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      let longer = (lines.last.map { $0 + " " } ?? "") + word
      if !lines.isEmpty, StrokeFont.width(longer, size: size) <= width {
        lines[lines.count - 1] = longer
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
