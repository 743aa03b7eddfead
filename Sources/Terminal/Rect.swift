/// A rectangle of cells; the origin is the top left cell of whatever contains it.
public struct Rect: Hashable, Sendable {
  /// Left column.
  public var x: Int
  /// Top row.
  public var y: Int
  /// Columns, never negative.
  public var width: Int
  /// Rows, never negative.
  public var height: Int

  /// A rectangle; negative sizes become 0.
  public init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The column right of the last one.
  public var maxX: Int { x + width }
  /// The row below the last one.
  public var maxY: Int { y + height }
  /// Whether there is no cell inside.
  public var isEmpty: Bool { width == 0 || height == 0 }

  /// Whether a cell lies inside.
  public func contains(x column: Int, y row: Int) -> Bool {
    column >= x && column < maxX && row >= y && row < maxY
  }

  /// The cells that both rectangles hold.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
  }

  /// The rectangle without a margin on each side.
  public func inset(_ columns: Int, _ rows: Int) -> Rect {
    Rect(x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
  }

  /// The rectangle moved.
  public func moved(x columns: Int, y rows: Int) -> Rect {
    Rect(x: x + columns, y: y + rows, width: width, height: height)
  }

  /// The left part of the given width, and the rest; the parts never exceed the whole.
  public func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
    let cut = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: cut, height: height),
      Rect(x: x + cut, y: y, width: width - cut, height: height)
    )
  }

  /// The top part of the given height, and the rest; the parts never exceed the whole.
  public func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
    let cut = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: cut),
      Rect(x: x, y: y + cut, width: width, height: height - cut)
    )
  }

  /// The bottom part of the given height, and what is above it.
  public func splitBottom(_ rows: Int) -> (rest: Rect, bottom: Rect) {
    let cut = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: height - cut),
      Rect(x: x, y: y + height - cut, width: width, height: cut)
    )
  }
}
