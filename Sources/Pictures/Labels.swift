import Foundation
import Support

/// How numbers are written on heatmaps.
enum Labels {
  /// A context length: `256`, `1K` for 1,024; one that is no multiple of 1,024 in full.
  static func length(_ tokens: Int) -> String {
    tokens >= 1024 && tokens % 1024 == 0 ? "\(tokens / 1024)K" : grouped(tokens)
  }

  /// A whole number with commas between groups of three digits.
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// A depth or share as whole percent, without the sign; `-` when there is none.
  ///
  /// Rounded, but never up to 100 or down to 0: those are said only of all or none.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "-" }
    let rounded = Int((share * 100).rounded())
    if share < 1, rounded == 100 { return "99" }
    if share > 0, rounded == 0 { return "1" }
    return String(rounded)
  }

  /// A share with its interval, such as `98.7 % [97.9, 99.2]`.
  static func interval(_ share: Proportion) -> String {
    guard share.trials > 0 else { return "not run" }
    return "\(decimal(share.score)) % [\(decimal(share.low)), \(decimal(share.high))]"
  }

  private static func decimal(_ share: Double) -> String {
    String(format: "%.1f", share * 100)
  }
}
