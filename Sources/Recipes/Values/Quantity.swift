import Foundation

/// The number grammar of recipes and of `--set`.
///
/// Sizes are counts of tokens and take binary prefixes: `4k` is 4,096, `3M` is 3,145,728. Integers
/// (steps, layers) and reals (rates, rotary bases) take decimal prefixes: `10k` is 10,000. All take
/// powers such as `2^12` and `_` between digits.
public enum Quantity {
  /// A number of tokens: `4096`, `4k`, `1.5k`, `2^12`; nil when the text is none.
  public static func size(_ text: String) -> Int? {
    whole(text, step: 1024)
  }

  /// A whole number: `200`, `10k`, `2^10`; nil when the text is none.
  public static func integer(_ text: String) -> Int? {
    whole(text, step: 1000)
  }

  /// A real number: `0.5`, `1e-3`, `160k`, `3M`, `2^20`; nil when the text is none or not finite.
  public static func real(_ text: String) -> Double? {
    number(text, step: 1000)
  }

  /// The shortest text that reads back as the same number.
  public static func text(_ value: Double) -> String {
    if let whole = Int(exactly: value), abs(whole) < 1_000_000_000_000_000 { return "\(whole)" }
    return "\(value)"
  }

  private static func whole(_ text: String, step: Double) -> Int? {
    if let value = Int(text.replacingOccurrences(of: "_", with: "")), isNumeric(text) {
      return value
    }
    // Beyond 2^53 a product of doubles is not exact.
    guard let value = number(text, step: step), abs(value) <= 0x1p53 else { return nil }
    return Int(exactly: value)
  }

  private static func number(_ text: String, step: Double) -> Double? {
    guard isNumeric(text) else { return nil }
    let parts = text.split(separator: "^", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let base = plain(parts[0]), let exponent = Int(parts[1]), (0...1024).contains(exponent)
      else { return nil }
      return finite(pow(base, Double(exponent)))
    }
    guard parts.count == 1, let last = text.last else { return nil }
    let prefixes: [Character: Double] = ["k": 1, "K": 1, "M": 2, "G": 3]
    guard let level = prefixes[last] else { return plain(text[...]) }
    return plain(text.dropLast()).flatMap { finite($0 * pow(step, level)) }
  }

  /// Only the letters of the grammar: keeps "inf", "nan" and hexadecimal numbers out.
  private static func isNumeric(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 40, first != 95, text.utf8.last != 95
    else { return false }
    return text.utf8.allSatisfy { "0123456789+-.eEkKMG^_".utf8.contains($0) }
  }

  private static func plain(_ text: Substring) -> Double? {
    Double(text.replacingOccurrences(of: "_", with: "")).flatMap(finite)
  }

  private static func finite(_ value: Double) -> Double? {
    value.isFinite ? value : nil
  }
}
