import CNCurses
private import Glibc
import Support

/// What the terminal can show, decided once at the start, with the reasons for `doctor`.
public struct TerminalCapabilities: Hashable, Sendable {
  /// What the user asked for on the command line or in the configuration.
  public struct Wishes: Hashable, Sendable {
    /// ASCII glyphs even where UTF-8 works (`--ascii`).
    public var ascii: Bool
    /// `auto`, `always`, `never`, `256` or `16` (`--color`); anything else counts as `auto`.
    public var color: String
    /// Background to assume.
    public var theme: Palette.Theme

    /// Wishes; none unless told.
    public init(ascii: Bool = false, color: String = "auto", theme: Palette.Theme = .dark) {
      self.ascii = ascii
      self.color = color
      self.theme = theme
    }
  }

  /// What was found out about the terminal before the decision.
  public struct Facts: Hashable, Sendable {
    /// TERM, nil when not set.
    public var term: String?
    /// Codeset of the locale.
    public var codeset: String
    /// Colours of the terminal description, -1 for none.
    public var colors: Int
    /// NO_COLOR, nil when not set.
    public var noColor: String?

    /// Facts, for tests and for `detect`.
    public init(term: String?, codeset: String, colors: Int, noColor: String?) {
      self.term = term
      self.codeset = codeset
      self.colors = colors
      self.noColor = noColor
    }
  }

  /// TERM.
  public let term: String
  /// Glyphs to draw with.
  public let glyphs: GlyphSet
  /// Colours to draw with.
  public let colors: ColorDepth
  /// Background assumed.
  public let theme: Palette.Theme
  /// Whether bracketed paste, synchronized output and SGR mouse reports are worth asking for.
  public let isModern: Bool
  /// The reasons, one line each.
  public let reasons: [String]

  /// Decides from facts alone.
  public init(facts: Facts, wishes: Wishes = Wishes()) {
    let term = facts.term ?? ""
    var notes = ["TERM=\(term)"]
    let codeset = facts.codeset.lowercased().filter { $0.isLetter || $0.isNumber }
    let isUTF8 = codeset == "utf8"
    let plain = ["linux", "vt", "ansi", "cons"].contains { term.hasPrefix($0) }
    if wishes.ascii {
      glyphs = .ascii
      notes.append("glyphs: ascii, as asked")
    } else if !isUTF8 {
      glyphs = .ascii
      notes.append("glyphs: ascii, the locale's codeset is \(facts.codeset)")
    } else if plain {
      glyphs = .basic
      notes.append("glyphs: basic, this terminal's font lacks braille")
    } else {
      glyphs = .full
      notes.append("glyphs: full, the locale's codeset is UTF-8")
    }
    let offered: ColorDepth =
      switch facts.colors {
      case (1 << 24)...: .direct
      case 256...: .full
      case 16...: .sixteen
      case 8...: .eight
      default: .none
      }
    let quiet = !(facts.noColor ?? "").isEmpty
    switch wishes.color {
    case "never":
      colors = .none
      notes.append("colours: none, as asked")
    case "16" where offered.canShowMaps:
      // A terminal of direct colours has the numbers of the eight, and none for their bright forms.
      colors = offered == .direct ? .eight : .sixteen
      notes.append("colours: \(offered == .direct ? 8 : 16), as asked")
    case "always", "256", "16":
      colors = offered
      notes.append("colours: as asked, the terminal has \(max(0, facts.colors))")
    default:
      colors = quiet ? .none : offered
      notes.append(
        quiet
          ? "colours: none, NO_COLOR is set" : "colours: the terminal has \(max(0, facts.colors))")
    }
    self.term = term
    theme = wishes.theme
    isModern = !plain && facts.term != nil && facts.colors >= 8
    reasons = notes.map { DisplayText($0).description }
  }

  /// Looks at the process's terminal.
  ///
  /// Sets the locale's character category of the process as a side effect.
  ///
  /// - Parameters:
  ///   - wishes: what the user asked for.
  ///   - input: descriptor of the keyboard.
  ///   - output: descriptor of the screen.
  /// - Returns: what can be shown.
  /// - Throws: `TerminalError` when there can be no screen.
  public static func detect(
    wishes: Wishes = Wishes(), input: Int32 = 0, output: Int32 = 1
  ) throws(TerminalError) -> TerminalCapabilities {
    guard isatty(input) == 1, isatty(output) == 1 else { throw .notATerminal }
    guard let term = environment("TERM"), !term.isEmpty else { throw .termUnset }
    guard term != "dumb", term != "unknown" else {
      throw .cannotAddress(term: DisplayText(term, limit: 40).description)
    }
    var colors: Int32 = -1
    switch cncurses_lookup(term, output, &colors) {
    case 0: break
    case 2: throw .cannotAddress(term: DisplayText(term, limit: 40).description)
    default: throw .unknownTerm(DisplayText(term, limit: 40).description)
    }
    let facts = Facts(
      term: term, codeset: codeset(), colors: Int(colors), noColor: environment("NO_COLOR"))
    return TerminalCapabilities(facts: facts, wishes: wishes)
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func codeset() -> String {
    var bytes = [CChar](repeating: 0, count: 64)
    cncurses_locale(&bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
