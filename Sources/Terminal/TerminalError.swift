/// Why there can be no screen; the caller goes on without one, or stops with status 2.
public enum TerminalError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Input or output is a file or a pipe.
  case notATerminal
  /// TERM is not set.
  case termUnset
  /// TERM names a terminal that cannot move its cursor.
  case cannotAddress(term: String)
  /// No description of this terminal is installed.
  case unknownTerm(String)
  /// The system refused something; with its name and error number.
  case system(call: String, code: Int32)

  /// Place, what is wrong, what to do.
  public var description: String {
    let remedy = "Use a full terminal, or run without a screen (--headless)."
    switch self {
    case .notATerminal: return "terminal: input or output is not a terminal. \(remedy)"
    case .termUnset: return "terminal: TERM is not set. \(remedy)"
    case .cannotAddress(let term):
      return "terminal: TERM=\(term) cannot move the cursor. \(remedy)"
    case .unknownTerm(let term):
      return "terminal: no description of TERM=\(term) is installed. Install ncurses-term, "
        + "set TERM=xterm-256color, or run without a screen (--headless)."
    case .system(let call, let code):
      return "terminal: \(call) failed with error \(code). \(remedy)"
    }
  }
}
