public import Support

/// Something that shows frames and reads keys.
///
/// Use from one thread for its whole life.
public protocol Screen: AnyObject {
  /// Columns, at least 1.
  var width: Int { get }
  /// Rows, at least 1.
  var height: Int { get }
  /// What can be shown.
  var capabilities: TerminalCapabilities { get }
  /// Whether a frame would be shown at once: the terminal has taken the one before.
  var isReady: Bool { get }
  /// Shows a frame; only what changed is sent. A frame of another size is cut or padded.
  func present(_ frame: CellBuffer)
  /// Keys read since the last call, without waiting.
  func readKeys() -> [Key]
  /// Sends everything again with the next frame.
  func repaint()
  /// Takes over the terminal's present size.
  ///
  /// - Returns: whether it changed.
  @discardableResult
  func updateSize() -> Bool
  /// Gives the terminal back to the shell, stops the process group as C-z does, and comes back.
  func suspend()
  /// Switches mouse reports on or off.
  func setMouse(_ isOn: Bool)
  /// Puts text on the terminal's clipboard (OSC 52), where the terminal allows it.
  func copy(_ text: DisplayText)
  /// Gives the terminal back for good; later calls do nothing.
  func close()
}

extension Screen {
  /// An empty canvas of the screen's size and abilities.
  public func canvas() -> Canvas {
    Canvas(width: width, height: height, glyphs: capabilities.glyphs, colors: capabilities.colors)
  }
}
