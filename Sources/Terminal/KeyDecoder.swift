import CNCurses

/// Turns what curses reads into keys; a pure state machine, so that tests can feed it.
///
/// Pastes and mouse reports may arrive in pieces. Unknown escape sequences are swallowed up to their
/// final byte and counted, never typed into a field.
package struct KeyDecoder {
  package init() {}

  /// One reading.
  package enum Input: Hashable {
    /// A character.
    case character(UInt32)
    /// A key code of the shim.
    case code(Int)
    /// Nothing more for now.
    case nothing
  }

  private enum State {
    case plain
    case escape
    /// CSI: up to the final byte.
    case sequence
    /// SS3: one more byte.
    case single
    /// OSC, DCS and their kin: up to BEL or the string terminator.
    case string(afterEscape: Bool)
    case mouse(String)
    case paste(String)
  }

  /// Codes that begin and end a paste and begin a mouse report.
  package static let pasteBegin = CNCURSES_PASTE_BEGIN
  package static let pasteEnd = CNCURSES_PASTE_END
  package static let mouseBegin = CNCURSES_MOUSE
  /// The code of the arrow up.
  package static let up = CNCURSES_UP

  /// Pasted characters kept at most.
  static let pasteLimit = 1 << 20

  private var state = State.plain
  /// Escape sequences nobody knew.
  package private(set) var swallowed = 0

  /// Whether a paste has begun and not ended.
  package var isPasting: Bool { if case .paste = state { true } else { false } }

  /// Ends a paste whose end never came.
  package mutating func endPaste() -> [Key] {
    guard case .paste(let text) = state else { return [] }
    state = .plain
    return [.paste(text)]
  }

  /// Takes one reading and gives the keys it completes.
  package mutating func feed(_ input: Input) -> [Key] {
    switch (state, input) {
    case (.paste(let text), .code(CNCURSES_PASTE_END)):
      state = .plain
      return [.paste(text)]
    case (.paste(let text), .character(let value)):
      guard let scalar = Unicode.Scalar(value), text.unicodeScalars.count < KeyDecoder.pasteLimit
      else { return [] }
      var longer = text
      state = .plain  // gives the string up first, so that appending does not copy it
      longer.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
      state = .paste(longer)
      return []
    case (.paste, _): return []
    case (.mouse(let text), .character(let value)): return mouse(text, value)
    case (.escape, .nothing):
      state = .plain
      return [.escape]
    // A report or sequence may come in two packets: keep waiting for its rest.
    case (_, .nothing): return []
    case (.escape, .character(let value)): return afterEscape(value)
    case (.sequence, .character(let value)):
      if (0x40...0x7E).contains(value) { finishUnknown() }
      return []
    case (.single, .character):
      finishUnknown()
      return []
    case (.string(let afterEscape), .character(let value)):
      if value == 7 || (afterEscape && value == 0x5C) {
        finishUnknown()
      } else {
        state = .string(afterEscape: value == 27)
      }
      return []
    case (.escape, .code(let code)):
      state = .plain
      return [.escape] + key(code)
    case (_, .code(let code)):
      state = .plain
      return key(code)
    case (.plain, .character(27)):
      state = .escape
      return []
    case (.plain, .character(let value)): return KeyDecoder.character(value).map { [$0] } ?? []
    }
  }

  private mutating func finishUnknown() {
    swallowed += 1
    state = .plain
  }

  private mutating func afterEscape(_ value: UInt32) -> [Key] {
    switch value {
    case 0x5B: state = .sequence
    case 0x4F: state = .single
    case 0x5D, 0x50, 0x5E, 0x5F, 0x58: state = .string(afterEscape: false)
    case 27: return [.escape]
    default:
      // Alt and a key, or escape and a key typed quickly: the same bytes, both mean the latter here.
      state = .plain
      return [.escape] + (KeyDecoder.character(value).map { [$0] } ?? [])
    }
    return []
  }

  private mutating func mouse(_ text: String, _ value: UInt32) -> [Key] {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    if scalar == "M" || scalar == "m" {
      state = .plain
      let numbers = text.split(separator: ";").compactMap { Int($0) }
      guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else {
        swallowed += 1
        return []
      }
      return [KeyDecoder.mouse(numbers, pressed: scalar == "M")]
    }
    guard text.count < 24, scalar == ";" || ("0"..."9").contains(scalar) else {
      finishUnknown()
      return []
    }
    state = .mouse(text + String(scalar))
    return []
  }

  private static func mouse(_ numbers: [Int], pressed: Bool) -> Key {
    let code = numbers[0]
    let kind: MouseEvent.Kind
    if code & 64 != 0 {
      kind = code & 1 == 0 ? .wheelUp : .wheelDown
    } else if code & 32 != 0 {
      kind = .drag
    } else {
      kind = pressed ? .press : .release
    }
    let button = code & 64 != 0 ? 0 : code & 3
    return .mouse(MouseEvent(kind: kind, button: button, x: numbers[1] - 1, y: numbers[2] - 1))
  }

  private static func character(_ value: UInt32) -> Key? {
    switch value {
    case 0: return .control("@")
    case 8, 127: return .backspace
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 1...26: return Unicode.Scalar(value + 96).map { .control(Character($0)) }
    case 28...31: return Unicode.Scalar(value + 64).map { .control(Character($0)) }
    case 128..<160: return nil
    default: return Unicode.Scalar(value).map { .character(Character($0)) }
    }
  }

  private mutating func key(_ code: Int) -> [Key] {
    let function = code - CNCURSES_FUNCTION
    if (1...24).contains(function) { return [.function(function)] }
    switch code {
    case CNCURSES_PASTE_BEGIN: state = .paste("")
    case CNCURSES_MOUSE: state = .mouse("")
    case CNCURSES_OTHER: swallowed += 1
    default: return KeyDecoder.named[code].map { [$0] } ?? []
    }
    return []
  }

  private static let named: [Int: Key] = [
    CNCURSES_UP: .up, CNCURSES_DOWN: .down,
    CNCURSES_LEFT: .left, CNCURSES_RIGHT: .right,
    CNCURSES_HOME: .home, CNCURSES_END: .end,
    CNCURSES_PAGE_UP: .pageUp, CNCURSES_PAGE_DOWN: .pageDown,
    CNCURSES_INSERT: .insert, CNCURSES_DELETE: .delete,
    CNCURSES_BACKSPACE: .backspace, CNCURSES_ENTER: .enter,
    CNCURSES_BACK_TAB: .backTab,
  ]
}
