import Panes
import Pictures
import Recipes
import Terminal

extension LineChart {
  /// Wavelength of each rotary pair on a log axis, of the base model and as transformed, with the contexts
  /// that it was trained at and aims at.
  init(_ rotary: RotaryFace, source: String) {
    func curve(_ name: String, _ tokens: [Double]) -> Curve {
      Curve(
        name: name,
        points: tokens.enumerated().map { pair, tokens in
          Point(step: pair, x: Double(pair), raw: tokens, smooth: tokens)
        })
    }
    let plain = rotary.kind == "none" ? [] : [curve("base model", rotary.original)]
    self.init(
      title: "Wavelength per RoPE pair, \(rotary.kind), base \(Quantity.text(rotary.base))",
      source: source, xLabel: "Rotary pair", yLabel: "Wavelength (tokens)", halfLife: 0,
      curves: [curve(rotary.kind, rotary.scaled)] + plain)
    isLogY = true
    indexName = "pair"
    origin = "Tokens in which a pair turns once, by formula."
    levels = [("trained", rotary.trained), ("target", rotary.target)].map { name, tokens in
      Level(y: Double(tokens), label: "\(name) \(Format.count(tokens))")
    }
  }

  /// Position id over token of a row, under the kinds named; the first one is drawn on top.
  init(positions kinds: [(kind: String, ids: [Int32])], title: String, source: String) {
    self.init(
      title: title, source: source, xLabel: "Token of the row", yLabel: "Position id", halfLife: 0,
      curves: kinds.map { kind, ids in
        Curve(
          name: kind,
          points: ids.enumerated().map { index, id in
            Point(step: index, x: Double(index), raw: Double(id), smooth: Double(id))
          })
      })
    indexName = "token"
    origin = "Position ids as the model is fed them."
  }
}
