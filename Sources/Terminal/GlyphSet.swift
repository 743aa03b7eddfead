public import Support

/// The glyphs a terminal can show, by what they mean.
public struct GlyphSet: Hashable, Sendable {
  /// How much the terminal's character set and font offer.
  public enum Level: String, CaseIterable, Sendable {
    /// UTF-8 with braille, eighth blocks and heavy lines.
    case full
    /// UTF-8 with light lines and half blocks only, as the Linux console has.
    case basic
    /// ASCII.
    case ascii
  }

  /// The parts of a frame.
  public struct Lines: Hashable, Sendable {
    /// Corners.
    public let topLeft, topRight, bottomLeft, bottomRight: Glyph
    /// Edges.
    public let horizontal, vertical: Glyph
  }

  /// What this set is made for.
  public let level: Level

  /// The set of one level.
  public init(_ level: Level) { self.level = level }

  /// UTF-8 with everything.
  public static let full = GlyphSet(.full)
  /// UTF-8 with few blocks.
  public static let basic = GlyphSet(.basic)
  /// ASCII only.
  public static let ascii = GlyphSet(.ascii)

  private func pick(_ full: Glyph, _ basic: Glyph, _ ascii: Glyph) -> Glyph {
    switch level {
    case .full: full
    case .basic: basic
    case .ascii: ascii
    }
  }

  /// The frame of a pane without focus.
  public var light: Lines {
    switch level {
    case .full:
      Lines(
        topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─",
        vertical: "│")
    case .basic:
      Lines(
        topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘", horizontal: "─",
        vertical: "│")
    case .ascii:
      Lines(
        topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-",
        vertical: "|")
    }
  }

  /// The frame of the pane with focus.
  public var heavy: Lines {
    switch level {
    case .full:
      Lines(
        topLeft: "┏", topRight: "┓", bottomLeft: "┗", bottomRight: "┛", horizontal: "━",
        vertical: "┃")
    case .basic:
      Lines(
        topLeft: "╔", topRight: "╗", bottomLeft: "╚", bottomRight: "╝", horizontal: "═",
        vertical: "║")
    case .ascii:
      Lines(
        topLeft: "#", topRight: "#", bottomLeft: "#", bottomRight: "#", horizontal: "=",
        vertical: "#")
    }
  }

  /// A horizontal line that refers to something, dashed.
  public var dashedHorizontal: Glyph { pick("┄", "─", "-") }
  /// A vertical line that refers to something, dashed.
  public var dashedVertical: Glyph { pick("┊", "│", ":") }
  /// A tick on a left axis.
  public var tickLeft: Glyph { pick("┤", "┤", "+") }
  /// A tick on a bottom axis.
  public var tickBottom: Glyph { pick("┬", "┬", "+") }

  /// Running.
  public var running: Glyph { pick("►", "►", ">") }
  /// Finished.
  public var finished: Glyph { pick("●", "●", "*") }
  /// A checkpoint, or an empty state.
  public var checkpoint: Glyph { pick("○", "○", "o") }
  /// An evaluation.
  public var evaluation: Glyph { pick("◇", "+", "%") }
  /// A merge.
  public var merge: Glyph { pick("◆", "◆", "&") }
  /// Done well.
  public var passed: Glyph { pick("✓", "√", "v") }
  /// Failed.
  public var failed: Glyph { pick("✗", "x", "x") }
  /// Warning.
  public var warning: Glyph { pick("▲", "▲", "!") }
  /// The cursor of a list.
  public var cursor: Glyph { pick("▸", "►", ">") }
  /// Queued or absent.
  public var absent: Glyph { pick("·", "·", ".") }
  /// Text was cut here.
  public var ellipsis: Glyph { pick("…", "…", "~") }
  /// Edited by the user.
  public var edited: Glyph { pick("✎", "e", "e") }
  /// Up, better or worse as the sign says.
  public var up: Glyph { pick("↑", "↑", "^") }
  /// Down.
  public var down: Glyph { pick("↓", "↓", "v") }
  /// Left.
  public var left: Glyph { pick("←", "←", "<") }
  /// Right.
  public var right: Glyph { pick("→", "→", ">") }
  /// Around the cell under the cursor.
  public var cellBrackets: (open: Glyph, close: Glyph) {
    level == .full ? ("⟦", "⟧") : ("[", "]")
  }

  /// Caps of a bar.
  public var barEnds: (left: Glyph, right: Glyph) {
    switch level {
    case .full: ("▕", "▏")
    case .basic: ("│", "│")
    case .ascii: ("[", "]")
    }
  }

  /// Parts of a cell filled from the left, empty to full: 9, 3 or 2 glyphs.
  public var horizontalParts: [Glyph] {
    switch level {
    case .full: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
    case .basic: [" ", "▌", "█"]
    case .ascii: [" ", "#"]
    }
  }

  /// Parts of a cell filled from below, lowest to full; the first is visible.
  public var verticalParts: [Glyph] {
    switch level {
    case .full: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    case .basic: ["▄", "█"]
    case .ascii: ["_", ".", "-", "=", "#"]
    }
  }

  /// Density, nothing to full: five steps that tell a heat map without colour.
  public var density: [Glyph] {
    level == .ascii ? [" ", ".", "+", "%", "#"] : [" ", "░", "▒", "▓", "█"]
  }

  /// Upper half of a cell in the foreground, lower in the background; nil where it cannot be drawn.
  public var upperHalf: Glyph? { level == .ascii ? nil : "▀" }
  /// Lower half of a cell.
  public var lowerHalf: Glyph? { level == .ascii ? nil : "▄" }

  /// One mark for each series where only a point fits a cell.
  public var seriesMarks: [Glyph] { ["*", "o", "+", "x", "#", "@"] }

  /// The glyph as this terminal can show it.
  public func adapt(_ glyph: Glyph) -> Glyph { level == .ascii ? glyph.ascii : glyph }

  /// The text as this terminal can show it, in the same number of cells.
  public func adapt(_ text: DisplayText) -> DisplayText { level == .ascii ? text.ascii : text }
}
