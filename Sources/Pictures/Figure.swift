/// A drawing of boxes, lines and texts, from which both SVG and PNG are made.
///
/// Coordinates are in points of a figure, x to the right, y down.
struct Figure: Sendable {
  /// A point.
  struct Point: Sendable, Equatable {
    var x: Double
    var y: Double
  }

  /// The end of a text that stands at its point.
  enum Anchor: String, Sendable {
    case start
    case middle
    case end
  }

  /// How a text looks.
  struct Style: Sendable {
    var size = 12.0
    var anchor = Anchor.start
    var colour = Colour.ink
    var isBold = false
    /// Turn against the clock, in degrees.
    var turn = 0.0
  }

  /// One thing drawn; later ones lie on top.
  enum Mark: Sendable {
    /// A filled box; the note is shown where a viewer has tooltips.
    case box(origin: Point, width: Double, height: Double, fill: Colour, note: String)
    /// A straight line; dashes of six points with gaps of four when dashed.
    case line(from: Point, to: Point, width: Double, colour: Colour, isDashed: Bool)
    /// A line through points; dashes as above.
    case path([Point], width: Double, colour: Colour, isDashed: Bool)
    /// A text whose baseline begins, centres or ends at a point.
    case text(String, at: Point, Style)
  }

  /// Width in points.
  let width: Double
  /// Height in points.
  let height: Double
  /// What it shows, for readers that see no picture.
  let title: String
  /// The words below it, for the same readers.
  let caption: String
  /// What is drawn.
  let marks: [Mark]
}
