import Support
import Terminal

/// How much attention each layer and head gives the needle where the answer is foretold.
///
/// Where they do not all fit, the layers that look at the needle most are shown, in their order.
struct AttentionTable {
  /// Shares, [layer][head].
  let layers: [[Double]]

  /// Draws the table into some rows; nothing when it is empty or has no room.
  func draw(on view: Canvas, y: Int, rows: Int) {
    guard rows >= 2, let best = layers.joined().max(), best.isFinite else { return }
    view.runs(
      [("attention to the needle, % by head", .faint)], y: y)
    let strongest = layers.indices.sorted { (layers[$0].max() ?? 0) > (layers[$1].max() ?? 0) }
      .prefix(rows - 1).sorted()
    for (row, layer) in strongest.enumerated() {
      draw(layer, best, on: view, y: y + 1 + row)
    }
  }

  private func draw(_ layer: Int, _ best: Double, on view: Canvas, y: Int) {
    let label = "layer \(layer + 1)"
    view.text(label, y: y, style: .faint)
    let heads = layers[layer]
    let left = 9
    let isWide = left + 5 * heads.count <= view.width
    for (head, share) in heads.enumerated() {
      let style: Style = share == best ? .strong : .text
      if isWide {
        view.right(
          "\(Int((share * 100).rounded()))", before: left + 5 * head + 4, y: y, style: style)
      } else if left + head < view.width {
        view.text(
          share == best ? "*" : share >= 0.1 ? "+" : ".", x: left + head, y: y, style: style)
      }
    }
  }
}
