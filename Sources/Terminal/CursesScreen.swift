import CNCurses
private import Glibc
public import Support

/// The real terminal, through ncursesw.
///
/// One at a time, and all calls from the thread that made it.
/// While it is up, descriptors 1 and 2 lead to a pipe, so that nothing a library prints can spoil the
/// picture; `readNoise` gives what arrived. The terminal is given back by `close`, by `deinit`, by
/// `exit` and by the crash handler.
public final class CursesScreen: Screen {
  /// Columns.
  public private(set) var width = 1
  /// Rows.
  public private(set) var height = 1
  /// What can be shown.
  public let capabilities: TerminalCapabilities
  /// Escape sequences that no key is known for, for `doctor`.
  public var swallowedSequences: Int { decoder.swallowed }

  /// Whether the terminal did not take the last bytes within a second when it was closed; what is
  /// printed there would wait for ever.
  public private(set) var isStuck = false

  /// Our own copies of the terminal: nobody else prints there.
  let inputDescriptor: Int32
  private let outputDescriptor: Int32
  /// Where bytes for the terminal go in: curses and the modes, in one order.
  private let pump: Int32
  /// Where stray output can be read.
  let noiseDescriptor: Int32

  /// Last words on the normal screen after a crash: the run and its last good checkpoint, the log.
  public var crashNote = DisplayText("") { didSet { if isOpen { armReset() } } }

  private let savedOutput: Int32
  private let savedErrors: Int32
  private let palette: Palette
  private var decoder = KeyDecoder()
  private var pasteStart: ContinuousClock.Instant?
  private var shown: CellBuffer?
  private var pairs: [UInt64: Int32] = [:]
  private var isMouseOn = false
  private var isOpen = true

  /// Opens the screen on descriptors 0 and 1 of the process.
  ///
  /// - Parameters:
  ///   - capabilities: from `TerminalCapabilities.detect`.
  ///   - escapeDelay: milliseconds to wait for the rest of an escape sequence; 25 suits most links.
  /// - Throws: `TerminalError` when the terminal refuses; the process's descriptors are then as before.
  public init(
    capabilities: TerminalCapabilities, escapeDelay: Int = 25
  ) throws(TerminalError) {
    self.capabilities = capabilities
    palette = Palette(depth: capabilities.colors, theme: capabilities.theme)
    let noise = try Pipes.make()
    noiseDescriptor = noise.read
    inputDescriptor = try CursesScreen.duplicate(0)
    outputDescriptor = try CursesScreen.duplicate(1)
    savedOutput = try CursesScreen.duplicate(1)
    savedErrors = try CursesScreen.duplicate(2)
    fflush(nil)
    pump = cncurses_pump_start(outputDescriptor)
    guard pump >= 0 else { throw .system(call: "pipe", code: errno) }
    cncurses_guard_arm(outputDescriptor, noise.read, savedErrors)
    let delay = Int32(clamping: escapeDelay)
    let forCurses = (try CursesScreen.duplicate(0), try CursesScreen.duplicate(1))
    guard cncurses_open(capabilities.term, forCurses.0, forCurses.1, delay) == 0 else {
      cncurses_guard_disarm()
      Glibc.close(pump)
      isOpen = false
      throw .unknownTerm(capabilities.term)
    }
    cncurses_route(pump)
    dup2(noise.write, 1)
    dup2(noise.write, 2)
    Glibc.close(noise.write)
    setModes(on: true)
    updateSize()
  }

  deinit { close() }

  /// Whether the terminal has taken all of the last frame; if not, the wait that was made for this screen returns
  /// when it has.
  public var isReady: Bool { !isOpen || cncurses_pump_idle() != 0 }

  /// Waits until the terminal has taken all of the last frame, a second at most.
  ///
  /// - Returns: whether it has.
  @discardableResult
  public func drain() -> Bool { cncurses_pump_drain(1000) == 0 }

  /// Shows a frame: rows that changed go to curses, which sends only the cells that differ.
  public func present(_ frame: CellBuffer) {
    guard isOpen else { return }
    var changed = 0
    for y in 0..<height {
      if let shown, shown.rowEquals(frame, row: y), frame.width == width { continue }
      changed += 1
      put(row: y, of: frame)
    }
    shown = frame
    // A large frame should appear at once; terminals without this mode ignore it.
    let whole = capabilities.isModern && changed * width > 600
    if whole { write("\u{1B}[?2026h") }
    cncurses_update()
    if whole { write("\u{1B}[?2026l") }
  }

  /// Keys read since the last call.
  public func readKeys() -> [Key] {
    guard isOpen else { return [] }
    var keys: [Key] = []
    // Bounded, so that a flood of input cannot keep a frame from being drawn.
    for _ in 0..<4096 {
      var value: Int32 = 0
      let kind = cncurses_read(&value)
      guard kind != CNCURSES_NOTHING else {
        keys += decoder.feed(.nothing)
        break
      }
      keys += decoder.feed(
        kind == CNCURSES_KEY ? .code(Int(value)) : .character(UInt32(bitPattern: value)))
    }
    endStuckPaste(&keys)
    return keys
  }

  /// Sends everything again with the next frame.
  public func repaint() {
    guard isOpen else { return }
    shown = nil
    cncurses_repaint()
  }

  /// Asks the kernel for the size, else keeps what the terminal description says.
  @discardableResult
  public func updateSize() -> Bool {
    guard isOpen else { return false }
    var columns: Int32 = 0
    var rows: Int32 = 0
    if cncurses_window(outputDescriptor, &columns, &rows) == 0 {
      var present: (Int32, Int32) = (0, 0)
      cncurses_size(&present.0, &present.1)
      if present != (columns, rows) {
        _ = cncurses_resize(columns, rows)
        shown = nil
      }
    }
    cncurses_size(&columns, &rows)
    let before = (width, height)
    width = max(1, Int(columns))
    height = max(1, Int(rows))
    return before != (width, height)
  }

  /// Gives the terminal to the shell until the program is continued.
  public func suspend() {
    guard isOpen else { return }
    setModes(on: false)
    // The modes for the shell are set by curses itself, on the terminal.
    drain()
    cncurses_route(outputDescriptor)
    cncurses_leave()
    cncurses_stop()
    cncurses_return()
    cncurses_route(pump)
    setModes(on: true)
    shown = nil
    updateSize()
  }

  /// Switches mouse reports on or off: buttons, wheel and drags, in SGR form.
  public func setMouse(_ isOn: Bool) {
    guard isOpen, isOn != isMouseOn, capabilities.isModern else { return }
    isMouseOn = isOn
    armReset()
    write(isOn ? "\u{1B}[?1002h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1002l")
  }

  /// Puts text on the terminal's clipboard with OSC 52.
  public func copy(_ text: DisplayText) {
    guard isOpen, capabilities.isModern else { return }
    write("\u{1B}]52;c;\(Base64.encode(Array(text.description.utf8)))\u{7}")
  }

  /// What was printed on descriptors 1 and 2 since the last call, unsanitized.
  public func readNoise() -> String {
    String(decoding: Pipes.drain(noiseDescriptor, limit: 1 << 18), as: UTF8.self)
  }

  /// Gives the terminal back; stray output not read yet goes to standard error.
  ///
  /// Takes a second at most, also when the terminal takes nothing.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    setModes(on: false)
    cncurses_close()
    isStuck = !drain()
    cncurses_pump_off()
    cncurses_pump_wake(-1)
    Glibc.close(pump)
    cncurses_guard_disarm()
    fflush(nil)
    dup2(savedOutput, 1)
    dup2(savedErrors, 2)
    for line in DisplayText.lines(readNoise()) where line.width > 0 && !isStuck {
      let bytes = Array((line.description + "\n").utf8)
      bytes.withUnsafeBytes { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    }
    for descriptor in [savedOutput, savedErrors, inputDescriptor, noiseDescriptor] {
      Glibc.close(descriptor)
    }
    // The pump may still stand in a write to it.
    if !isStuck { Glibc.close(outputDescriptor) }
  }

  private func put(row y: Int, of frame: CellBuffer) {
    var cells: [cncurses_cell] = []
    cells.reserveCapacity(width)
    var column = 0
    while column < width {
      var cell = frame[column, y]
      if cell.glyph.width == 0 || column + cell.glyph.width > width { cell.glyph = .space }
      let glyph = capabilities.glyphs.adapt(cell.glyph)
      let resolved = palette.resolve(cell.style)
      var out = cncurses_cell()
      out.text.0 = glyph.scalar.value
      let marks = glyph.marks
      if marks.count > 0 { out.text.1 = marks[0].value }
      if marks.count > 1 { out.text.2 = marks[1].value }
      if marks.count > 2 { out.text.3 = marks[2].value }
      out.width = UInt16(glyph.width)
      out.attributes = UInt16(resolved.attributes.rawValue)
      out.pair = pair(resolved.foreground, resolved.background)
      cells.append(out)
      column += glyph.width
    }
    cncurses_row(Int32(y), cells, Int32(cells.count))
  }

  /// The number of a colour pair, made on demand; pair 0 when the terminal has no more.
  private func pair(_ foreground: Int, _ background: Int) -> Int32 {
    if foreground < 0 && background < 0 { return 0 }
    let key = UInt64(foreground + 1) << 32 | UInt64(background + 1)
    if let known = pairs[key] { return known }
    let next = Int32(pairs.count + 1)
    guard next < cncurses_pair_limit(),
      cncurses_define_pair(next, Int32(foreground), Int32(background)) == 0
    else { return 0 }
    pairs[key] = next
    return next
  }

  /// A paste whose end was lost must not swallow the keyboard for ever.
  private func endStuckPaste(_ keys: inout [Key]) {
    guard decoder.isPasting else {
      pasteStart = nil
      return
    }
    let now = ContinuousClock.now
    let start = pasteStart ?? now
    pasteStart = start
    if now - start > .seconds(5) {
      keys += decoder.endPaste()
      pasteStart = nil
    }
  }

  /// Bracketed paste, and the mouse if it was on; the reset string follows.
  private func setModes(on isOn: Bool) {
    armReset()
    guard capabilities.isModern else { return }
    write(isOn ? "\u{1B}[?2004h" : "\u{1B}[?2004l")
    if isMouseOn { write(isOn ? "\u{1B}[?1002h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1002l") }
  }

  /// Prepares the bytes that bring the terminal back, for whoever must send them in a hurry.
  private func armReset() {
    let ours = capabilities.isModern ? "\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?2004l" : ""
    var bytes = ours.utf8.map { CChar(bitPattern: $0) }
    var terminal = [CChar](repeating: 0, count: 512)
    let count = cncurses_guard_terminal(&terminal, Int32(terminal.count))
    bytes += terminal.prefix(Int(count))
    let note = crashNote.width > 0 ? "\r\n\(crashNote)\r\n" : "\r\n"
    bytes += note.utf8.prefix(400).map { CChar(bitPattern: $0) }
    cncurses_guard_reset(bytes, Int32(bytes.count))
  }

  private func write(_ text: String) {
    let bytes = text.utf8.map { CChar(bitPattern: $0) }
    _ = cncurses_write(pump, bytes, Int32(bytes.count))
  }

  private static func duplicate(_ descriptor: Int32) throws(TerminalError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    guard copy >= 0 else { throw .system(call: "dup", code: errno) }
    return copy
  }
}
