private import Glibc

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

  /// What is sent to the terminal: colour numbers, -1 for its own, and attributes.
  public struct Resolved: Hashable, Sendable {
    /// Foreground, -1 for the terminal's own.
    public var foreground: Int
    /// Background, -1 for the terminal's own.
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
  public static let viridis = [53, 54, 24, 30, 36, 71, 42, 77, 113, 148, 184, 220]
  static let divergingDark = [111, 68, 25, 238, 235, 239, 130, 172, 215]
  static let divergingLight = [18, 25, 67, 116, 254, 223, 215, 172, 130]
  static let seriesDark = [75, 222, 166, 51, 144, 67]
  static let seriesLight = [32, 94, 88, 23, 101, 54]

  /// The colours and attributes of a style.
  public func resolve(_ style: Style) -> Resolved {
    var resolved = Resolved(foreground: -1, background: -1, attributes: style.attributes)
    switch depth {
    case .full:
      resolved.foreground = full(style.foreground, ground: false)
      resolved.background = full(style.background, ground: true)
    case .eight:
      resolved.foreground = eight(style.foreground)
      // Eight colours cannot carry a map behind text: density glyphs and numbers do.
      let isMap = (32..<96).contains(style.background.code)
      resolved.background = isMap ? -1 : eight(style.background)
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

  private func full(_ color: Color, ground: Bool) -> Int {
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
    case 256...: return Int(color.code) - 256
    default: return -1
    }
  }

  private func eight(_ color: Color) -> Int {
    switch color.code {
    case Color.accent.code: return 6
    case Color.warning.code: return 3
    case Color.good.code: return 4
    case Color.bad.code: return 1
    case 16..<32: return [6, 3, 1, 5, 2, 4][Int(color.code) - 16]
    case 32..<64: return 6
    case 64..<68, 80..<84: return 4
    case 69..<80, 85..<96: return 3
    case 256..<264: return Int(color.code) - 256
    default: return -1
    }
  }

  /// Black or white (16 or 231), whichever is easier to read on a colour of the table.
  public static func ink(on number: Int) -> Int {
    let back = luminance(number)
    return (back + 0.05) / 0.05 > 1.05 / (back + 0.05) ? 16 : 231
  }

  /// Contrast of two colours of the table, 1 to 21 (WCAG 2.1, section 1.4.3).
  public static func contrast(_ first: Int, _ second: Int) -> Double {
    let one = luminance(first) + 0.05
    let two = luminance(second) + 0.05
    return max(one, two) / min(one, two)
  }

  /// Red, green and blue of a colour from 16 to 255, 0 to 255 each.
  public static func components(_ number: Int) -> (red: Int, green: Int, blue: Int) {
    if number >= 232 {
      let grey = 8 + 10 * (min(number, 255) - 232)
      return (grey, grey, grey)
    }
    let steps = [0, 95, 135, 175, 215, 255]
    let place = max(number - 16, 0)
    return (steps[place / 36], steps[place / 6 % 6], steps[place % 6])
  }

  private static func luminance(_ number: Int) -> Double {
    let (red, green, blue) = components(number)
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Linear light of one sRGB component (IEC 61966-2-1).
  private static func linear(_ component: Int) -> Double {
    let value = Double(component) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
