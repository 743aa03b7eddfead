/// An opaque colour, 8 bits a channel, sRGB.
struct Colour: Sendable, Equatable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  /// A colour from 0xRRGGBB.
  init(_ code: UInt32) {
    red = UInt8(truncatingIfNeeded: code >> 16)
    green = UInt8(truncatingIfNeeded: code >> 8)
    blue = UInt8(truncatingIfNeeded: code)
  }

  private init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  static let white = Colour(0xFFFFFF)
  static let ink = Colour(0x1A1A1A)
  static let faint = Colour(0x5A5A5A)
  static let absent = Colour(0xEEEEEE)
  /// A difference that may be chance.
  static let unclear = Colour(0xFAFAFA)

  /// Curves of a chart, in order: readable side by side with all common kinds of colour blindness.
  ///
  /// - SeeAlso: Okabe and Ito, "Color universal design", 2008.
  static let curves = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9].map {
    Colour($0)
  }

  /// Blue below 0, white at 0, orange above, for values from -1 to 1: the same two hues as on the
  /// screen, so that neither end is lost to colour-blind eyes.
  static func diverging(_ value: Double) -> Colour {
    let end = value < 0 ? curves[0] : curves[1]
    return .white.mixed(with: end, share: max(0, min(1, abs(value))))
  }

  /// `#rrggbb`.
  var hex: String {
    let code = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    let digits = String(code, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Relative luminance, 0 (black) to 1 (white).
  ///
  /// - SeeAlso: WCAG 2.1, definition of relative luminance; the power 2.2 is near enough here.
  var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let share = Double(channel) / 255
      return share * share * (0.2 * share + 0.8)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Black or white, whichever contrasts more with this colour as a background.
  var text: Colour { luminance > 0.18 ? .ink : .white }

  /// The colour part of the way to another one; `share` is from 0 to 1.
  func mixed(with other: Colour, share: Double) -> Colour {
    func channel(_ from: UInt8, _ to: UInt8) -> UInt8 {
      UInt8((Double(from) + (Double(to) - Double(from)) * share).rounded())
    }
    return Colour(
      red: channel(red, other.red), green: channel(green, other.green),
      blue: channel(blue, other.blue))
  }

  /// The viridis scale, for shares from 0 (dark violet) to 1 (yellow).
  ///
  /// Its lightness rises in even steps, so it is readable in grey and by colour-blind eyes.
  ///
  /// - SeeAlso: van der Walt and Smith, matplotlib's viridis (CC0); eleven of its 256 entries, the
  ///   rest interpolated.
  static func viridis(_ share: Double) -> Colour {
    let place = max(0, min(1, share)) * Double(viridisStops.count - 1)
    let index = min(Int(place), viridisStops.count - 2)
    return viridisStops[index].mixed(
      with: viridisStops[index + 1], share: place - Double(index))
  }

  private static let viridisStops = [
    0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151,
    0xBDDF26, 0xFDE725,
  ].map { Colour($0) }
}
