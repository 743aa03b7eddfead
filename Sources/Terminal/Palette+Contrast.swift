private import Glibc

extension Palette {
  /// Colour of a number from 16 to 255 of the terminal's table, as 0xRRGGBB.
  public static func rgb(_ number: Int) -> Int {
    if number >= 232 { return (8 + 10 * (min(number, 255) - 232)) * 0x010101 }
    let steps = [0, 95, 135, 175, 215, 255]
    let place = max(number - 16, 0)
    return steps[place / 36] << 16 | steps[place / 6 % 6] << 8 | steps[place % 6]
  }

  /// Contrast of two colours as 0xRRGGBB, 1 to 21 (WCAG 2.1, section 1.4.3).
  public static func contrast(_ first: Int, _ second: Int) -> Double {
    let one = luminance(first) + 0.05
    let two = luminance(second) + 0.05
    return max(one, two) / min(one, two)
  }

  /// Whether black is easier to read than white on a colour as 0xRRGGBB.
  static func isLight(_ rgb: Int) -> Bool { contrast(rgb, 0) > contrast(rgb, 0xFFFFFF) }

  /// Black or white (16 or 231), whichever is easier to read on a colour of the table.
  static func ink(on number: Int) -> Int { isLight(rgb(number)) ? 16 : 231 }

  private static func luminance(_ rgb: Int) -> Double {
    0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 0xFF) + 0.0722 * linear(rgb & 0xFF)
  }

  /// Linear light of one sRGB component (IEC 61966-2-1).
  private static func linear(_ component: Int) -> Double {
    let value = Double(component) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
