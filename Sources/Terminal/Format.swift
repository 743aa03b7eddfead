/// Numbers as people read them: three significant digits, units, no locale.
public enum Format {
  /// A number with a fixed count of decimals.
  ///
  /// - Parameters:
  ///   - value: any; `nan`, `inf` and `-inf` are spelled so.
  ///   - decimals: digits after the point, 0 to 12.
  /// - Returns: the number in plain digits; from 1e15 on with an exponent.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return word(value) }
    let places = min(max(decimals, 0), 12)
    let scale = power(places)
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return exponent(value) }
    let whole = Int(scaled)
    let unit = Int(scale)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let fraction = String(whole % unit)
    return sign + String(whole / unit) + "."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A live value: three significant digits, as `2.31`, `41.2k`, `3.86e-5`.
  public static func number(_ value: Double) -> String {
    guard value.isFinite else { return word(value) }
    let size = abs(value)
    if size == 0 { return "0" }
    if size < 0.000_999_5 || size >= 999.5e12 { return exponent(value) }
    if size < 999.5 { return significant(value) }
    for (suffix, unit) in [("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)]
    where size < 999.5 * unit {
      return significant(value / unit) + suffix
    }
    return exponent(value)
  }

  /// A count with separators: `1,234,567`.
  public static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A count of tokens, exact where it is a multiple of 1,024: `512`, `8k`, `1.5k`, `1M`.
  public static func tokens(_ value: Int) -> String {
    if value >= 1 << 20, value % (1 << 18) == 0 {
      return trimmed(Double(value) / Double(1 << 20)) + "M"
    }
    if value >= 1024, value % 256 == 0 { return trimmed(Double(value) / 1024) + "k" }
    return count(value)
  }

  /// A length of time: `0.21s`, `42s`, `12m41s`, `3h05m`, `2d04h`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return word(seconds) }
    let sign = seconds < 0 ? "-" : ""
    let size = abs(seconds)
    if size < 10 { return sign + significant(size) + "s" }
    guard size < 3.2e9 else { return sign + exponent(size) + "s" }
    let whole = Int(size.rounded())
    if whole < 60 { return "\(sign)\(whole)s" }
    if whole < 3600 { return "\(sign)\(whole / 60)m\(two(whole % 60))s" }
    if whole < 86400 { return "\(sign)\(whole / 3600)h\(two(whole / 60 % 60))m" }
    return "\(sign)\(whole / 86400)d\(two(whole / 3600 % 24))h"
  }

  /// A size in memory or on disk: `310 MiB`.
  public static func bytes(_ value: Int) -> String {
    var size = Double(value)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if abs(size) < 999.5 { return significant(size, whole: unit == "B") + " " + unit }
      size /= 1024
    }
    return significant(size) + " TiB"
  }

  /// A share from 0 to 1 as percent: `49 %`.
  public static func percent(_ share: Double, decimals: Int = 0) -> String {
    fixed(share * 100, decimals) + " %"
  }

  /// A change, always with its sign: `+0.012`, `-3`.
  public static func signed(_ value: Double) -> String {
    guard value.isFinite else { return word(value) }
    return (value > 0 ? "+" : "") + number(value)
  }

  /// Three significant digits without a suffix; for sizes below 1,000.
  private static func significant(_ value: Double, whole: Bool = false) -> String {
    let size = abs(value)
    if whole || size >= 99.95 { return fixed(value, 0) }
    if size >= 9.995 { return fixed(value, 1) }
    if size >= 0.9995 || size == 0 { return fixed(value, 2) }
    if size >= 0.09995 { return fixed(value, 3) }
    return fixed(value, size >= 0.009_995 ? 4 : 5)
  }

  /// As few decimals as say the same, at most three.
  private static func trimmed(_ value: Double) -> String {
    for places in 0..<3 where (value * power(places)).rounded() == value * power(places) {
      return fixed(value, places)
    }
    return fixed(value, 3)
  }

  private static func exponent(_ value: Double) -> String {
    var mantissa = abs(value)
    var power = 0
    while mantissa >= 9.995 {
      mantissa /= 10
      power += 1
    }
    while mantissa < 0.9995, mantissa > 0 {
      mantissa *= 10
      power -= 1
    }
    return (value < 0 ? "-" : "") + fixed(mantissa, 2) + "e\(power)"
  }

  private static func word(_ value: Double) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  static func power(_ exponent: Int) -> Double {
    var value = 1.0
    for _ in 0..<max(0, exponent) { value *= 10 }
    return value
  }
}
