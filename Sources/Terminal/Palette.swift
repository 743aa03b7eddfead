/// Decides what colours and attributes a terminal gets for a style.
///
/// The lists for 256 colours are the nearest cube colours in OKLab, checked for rising lightness; good
/// and bad are blue and orange, which people with any colour vision tell apart.
public struct Palette: Hashable, Sendable {
  /// What the terminal's own background is like.
  public enum Theme: String, CaseIterable, Sendable {
    /// Light text on dark.
    case dark
    /// Dark text on light.
    case light
  }

  /// What is sent to the terminal: colours and attributes.
  ///
  /// A colour is a number of the terminal's table, or 0xRRGGBB where it shows any; -1 is its own.
  public struct Resolved: Hashable, Sendable {
    /// Foreground.
    public var foreground: Int
    /// Background.
    public var background: Int
    /// Attributes.
    public var attributes: Style.Attributes
  }

  /// Colours available.
  public let depth: ColorDepth
  /// Background assumed.
  public let theme: Theme

  /// A palette.
  public init(depth: ColorDepth, theme: Theme = .dark) {
    self.depth = depth
    self.theme = theme
  }

  /// Colour numbers of the heat map, low to high.
  static let viridis = [53, 54, 24, 30, 36, 71, 42, 77, 113, 148, 184, 220]
  /// The same steps of the map itself (van der Walt and Smith, matplotlib's viridis, CC0), as 0xRRGGBB.
  static let exactViridis = [
    0x440154, 0x482173, 0x433E85, 0x38588C, 0x2D708E, 0x25858E, 0x1E9B8A, 0x2BB07F, 0x51C56A,
    0x85D54A, 0xC2DF23, 0xFDE725,
  ]
  static let divergingDark = [111, 68, 25, 238, 235, 239, 130, 172, 215]
  static let divergingLight = [18, 25, 67, 116, 254, 223, 215, 172, 130]
  static let seriesDark = [75, 222, 166, 51, 144, 67]
  static let seriesLight = [32, 94, 88, 23, 101, 54]

  /// The colours and attributes of a style.
  public func resolve(_ style: Style) -> Resolved {
    var resolved = Resolved(foreground: -1, background: -1, attributes: style.attributes)
    switch depth {
    case .direct:
      resolved.foreground = direct(style.foreground)
      resolved.background = direct(style.background)
    case .full:
      resolved.foreground = full(style.foreground)
      resolved.background = full(style.background)
    case .eight, .sixteen:
      resolved.foreground = few(style.foreground)
      // So few colours cannot carry a map behind text: density glyphs and numbers do.
      let isMap = (32..<96).contains(style.background.code)
      resolved.background = isMap ? -1 : few(style.background)
      if style.foreground == .faint { resolved.attributes.insert(.dim) }
    case .none:
      switch style.foreground {
      case .faint: resolved.attributes.insert(.dim)
      case .accent, .warning: resolved.attributes.insert(.bold)
      case .bad: resolved.attributes.formUnion([.bold, .underline])
      default: break
      }
    }
    return resolved
  }

  private func direct(_ color: Color) -> Int {
    let exact: Int
    switch color.code {
    case 32..<48: exact = Palette.exactViridis[Int(color.code) - 32]
    case 48..<64:
      exact = Palette.isLight(Palette.exactViridis[Int(color.code) - 48]) ? 0 : 0xFFFFFF
    default:
      let number = full(color)
      guard number >= 0 else { return -1 }
      exact = Palette.rgb(number)
    }
    // The lowest are numbers of a table even here: 8 of them, or 256, as the terminal's kind has it.
    return exact < 256 ? exact | 0x010000 : exact
  }

  private func full(_ color: Color) -> Int {
    let dark = theme == .dark
    let diverging = dark ? Palette.divergingDark : Palette.divergingLight
    switch color.code {
    case Color.faint.code: return dark ? 245 : 241
    case Color.accent.code: return dark ? 80 : 24
    case Color.warning.code: return dark ? 222 : 94
    case Color.good.code: return dark ? 75 : 25
    case Color.bad.code: return dark ? 215 : 130
    case 16..<32: return (dark ? Palette.seriesDark : Palette.seriesLight)[Int(color.code) - 16]
    case 32..<48: return Palette.viridis[Int(color.code) - 32]
    case 48..<64: return Palette.ink(on: Palette.viridis[Int(color.code) - 48])
    case 64..<80: return diverging[Int(color.code) - 64]
    case 80..<96: return Palette.ink(on: diverging[Int(color.code) - 80])
    default: return -1
    }
  }

  private func few(_ color: Color) -> Int {
    let number: Int
    switch color.code {
    case Color.accent.code: number = 6
    case Color.warning.code: number = 3
    case Color.good.code: number = 4
    case Color.bad.code: number = 1
    case 16..<32: number = [6, 3, 1, 5, 2, 4][Int(color.code) - 16]
    case 32..<64: number = 6
    case 64..<68, 80..<84: number = 4
    case 69..<80, 85..<96: number = 3
    default: return -1
    }
    // The bright forms stand out from a dark ground, the plain ones from a light one.
    return depth == .sixteen && theme == .dark ? number + 8 : number
  }
}
