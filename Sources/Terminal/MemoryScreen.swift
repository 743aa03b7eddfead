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
  /// Whether it pretends to be ready for a frame.
  public var isReady = true
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
    let counts: [ColorDepth: Int] = [.direct: 1 << 24, .full: 256, .sixteen: 16, .eight: 8]
    let facts = TerminalCapabilities.Facts(
      term: glyphs == .basic ? "linux" : "memory", codeset: glyphs == .ascii ? "ASCII" : "UTF-8",
      colors: counts[colors] ?? -1, noColor: nil)
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
