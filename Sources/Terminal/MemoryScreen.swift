public import Support

/// A screen in memory, with scripted keys: for tests and golden frames.
public final class MemoryScreen: Screen {
  /// Columns.
  public private(set) var width: Int
  /// Rows.
  public private(set) var height: Int
  /// What is pretended.
  public let capabilities: TerminalCapabilities
  /// The last frame shown.
  public private(set) var frame: CellBuffer
  /// Frames shown so far.
  public private(set) var frameCount = 0
  /// What was copied last.
  public private(set) var clipboard: DisplayText?
  /// Times the program was suspended.
  public private(set) var suspendCount = 0
  /// Whether the screen was closed.
  public private(set) var isClosed = false
  /// Whether mouse reports are on.
  public private(set) var isMouseOn = false

  private var waiting: [Key] = []
  private var nextSize: (width: Int, height: Int)?

  /// A screen of a size.
  public init(
    width: Int, height: Int, glyphs: GlyphSet.Level = .full, colors: ColorDepth = .full
  ) {
    self.width = max(1, width)
    self.height = max(1, height)
    let count = colors == .full ? 256 : colors == .eight ? 8 : -1
    let facts = TerminalCapabilities.Facts(
      term: glyphs == .basic ? "linux" : "memory", codeset: glyphs == .ascii ? "ASCII" : "UTF-8",
      colors: count, noColor: nil)
    capabilities = TerminalCapabilities(facts: facts)
    frame = CellBuffer(width: width, height: height)
  }

  /// Presses keys, to be read by the program.
  public func press(_ keys: Key...) { waiting += keys }

  /// Types text, one key for each character.
  public func type(_ text: String) { waiting += text.map { .character($0) } }

  /// Changes the size, as a user drags a window; the program learns it from a resize key.
  public func resize(width: Int, height: Int) {
    nextSize = (max(1, width), max(1, height))
    waiting.append(.resize)
  }

  /// Keeps the frame.
  public func present(_ frame: CellBuffer) {
    self.frame = frame
    frameCount += 1
  }

  /// Scripted keys.
  public func readKeys() -> [Key] {
    defer { waiting = [] }
    return waiting
  }

  /// Does nothing: the whole frame is kept anyway.
  public func repaint() {}

  /// Takes over the size of the last `resize`.
  @discardableResult
  public func updateSize() -> Bool {
    guard let size = nextSize else { return false }
    nextSize = nil
    let changed = size.width != width || size.height != height
    (width, height) = size
    return changed
  }

  /// Counts.
  public func suspend() { suspendCount += 1 }
  /// Remembers.
  public func setMouse(_ isOn: Bool) { isMouseOn = isOn }
  /// Remembers.
  public func copy(_ text: DisplayText) { clipboard = text }
  /// Remembers.
  public func close() { isClosed = true }
}

extension CellBuffer {
  /// The frame as two planes of text: glyphs, then one letter for each style, then the legend.
  ///
  /// Letters are given in order of appearance; plain text is `.` and not in the legend. The right half
  /// of a wide glyph has `>` in the style plane.
  public var golden: String {
    var letters: [Style: Character] = [.text: "."]
    var legend: [String] = []
    let names = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    var plane: [String] = []
    for y in 0..<height {
      var row = ""
      for x in 0..<width {
        let cell = self[x, y]
        if cell.glyph.width == 0 {
          row.append(">")
          continue
        }
        if letters[cell.style] == nil {
          let letter = letters.count - 1 < names.count ? names[letters.count - 1] : "*"
          letters[cell.style] = letter
          legend.append("\(letter) \(cell.style.name)")
        }
        row.append(letters[cell.style] ?? "*")
      }
      plane.append(row)
    }
    let glyphs = lines.map { "|\($0)|" }
    let styles = plane.map { "|\($0)|" }
    return (glyphs + styles + legend).joined(separator: "\n") + "\n"
  }
}

extension Style {
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
