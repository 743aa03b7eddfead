private import Glibc

/// One mark of an axis.
public struct Tick: Hashable, Sendable {
  /// Where it stands, in the unit of the axis.
  public let value: Double
  /// What is written there.
  public let label: String
}

/// Marks of an axis: ordered, inside the range, with only the digits their step needs.
public enum Ticks {
  /// Round numbers on a linear axis: steps of 1, 2 or 5 times a power of ten.
  ///
  /// Source: P. Heckbert, Nice numbers for graph labels, Graphics Gems 1990.
  ///
  /// - Parameters:
  ///   - low: least value.
  ///   - high: greatest value, finite and greater than `low`, else there is one tick or none.
  ///   - limit: ticks at most.
  /// - Returns: ticks from low to high.
  public static func nice(_ low: Double, _ high: Double, limit: Int) -> [Tick] {
    guard low.isFinite, high.isFinite, low <= high, limit > 0 else { return [] }
    let range = high - low
    guard range > 0, range.isFinite, range > abs(high) * 1e-13 else {
      return [Tick(value: low, label: Format.number(low))]
    }
    var exponent = Int(floor(log10(range / Double(max(limit, 1))))) - 1
    while true {
      for factor in [1.0, 2.0, 5.0] {
        let step = scale(factor, exponent)
        let first = ceil(low / step - 1e-9)
        let last = floor(high / step + 1e-9)
        if last - first + 1 <= Double(limit) {
          return linear(first, last, factor: factor, exponent: exponent, low: low, high: high)
        }
      }
      exponent += 1
    }
  }

  /// Marks of a logarithmic axis: decades, else 1-2-5, else 1 to 9; linear ones below one decade.
  ///
  /// - Parameters:
  ///   - low: least value, greater than 0, else there are no ticks.
  ///   - high: greatest value.
  ///   - limit: ticks at most.
  /// - Returns: ticks from low to high.
  public static func log(_ low: Double, _ high: Double, limit: Int) -> [Tick] {
    guard low > 0, high.isFinite, low <= high, limit > 0 else { return [] }
    let decades = log10(high) - log10(low)
    guard decades >= 1 else { return nice(low, high, limit: limit) }
    let first = Int(floor(log10(low)))
    let last = Int(ceil(log10(high)))
    for digits in [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1]] as [[Double]] {
      var values: [Double] = []
      for power in first...last {
        for digit in digits {
          let value: Double = scale(digit, power)
          if value >= low, value <= high { values.append(value) }
        }
      }
      if values.count <= limit, !values.isEmpty { return values.map { labelled($0) } }
    }
    let powers = (first...last).filter { scale(1, $0) >= low && scale(1, $0) <= high }
    let stride = max(1, (powers.count + limit - 1) / limit)
    return powers.filter { ($0 - first) % stride == 0 }.prefix(limit).map { labelled(scale(1, $0)) }
  }

  /// Marks of an axis in tokens: multiples of a power of two, labelled 1k, 2k, 4k.
  public static func tokens(_ low: Double, _ high: Double, limit: Int) -> [Tick] {
    guard low.isFinite, high.isFinite, low <= high, limit > 0, abs(low) < 1e15, abs(high) < 1e15
    else { return [] }
    var step = 1.0
    while floor(high / step) - ceil(low / step) + 1 > Double(limit) { step *= 2 }
    var ticks: [Tick] = []
    var value = ceil(low / step) * step
    while value <= high {
      ticks.append(Tick(value: value, label: Format.tokens(Int(value))))
      value += step
    }
    return ticks
  }

  /// Powers of two on a logarithmic axis in tokens.
  public static func tokenPowers(_ low: Double, _ high: Double, limit: Int) -> [Tick] {
    guard low > 0, high.isFinite, low <= high, limit > 0, high >= 1, high < 1e15 else { return [] }
    let first = Int(ceil(log2(max(low, 1))))
    let last = Int(floor(log2(max(high, 1))))
    guard first <= last else { return [] }
    let stride = (last - first) / limit + 1
    return Swift.stride(from: first, through: last, by: stride).map { power in
      Tick(value: Double(1 << power), label: Format.tokens(1 << power))
    }
  }

  private static func linear(
    _ first: Double, _ last: Double, factor: Double, exponent: Int, low: Double, high: Double
  ) -> [Tick] {
    guard first <= last else { return [] }
    let step = scale(factor, exponent)
    let values = (0...Int(last - first)).map { min(max((first + Double($0)) * step, low), high) }
    let largest = max(abs(low), abs(high))
    // One suffix for the whole axis, and only the digits that its step needs.
    let units: [(String, Int)] = [("T", 12), ("G", 9), ("M", 6), ("k", 3), ("", 0)]
    let (suffix, power) = units.first { largest >= scale(1, $0.1) } ?? ("", 0)
    if power == 3, largest < 10_000 {
      return values.map { grouped($0, decimals: max(0, -exponent)) }
    }
    if largest < 0.001 || largest >= 1e15 {
      let shared = Int(floor(log10(largest)))
      let places = max(0, shared - exponent)
      return values.map { value in
        let digits = Format.fixed(value / scale(1, shared), places)
        return Tick(value: value, label: value == 0 ? "0" : digits + "e\(shared)")
      }
    }
    let decimals = max(0, power - exponent)
    return values.map { value in
      let label = Format.fixed(value / scale(1, power), decimals)
      return Tick(value: value, label: label == "0" || value == 0 ? "0" : label + suffix)
    }
  }

  private static func grouped(_ value: Double, decimals: Int) -> Tick {
    let label = decimals == 0 ? Format.count(Int(value.rounded())) : Format.fixed(value, decimals)
    return Tick(value: value, label: label)
  }

  private static func labelled(_ value: Double) -> Tick {
    var label = Format.number(value)
    // A tick of one digit says 2k, not 2.00k.
    if let point = label.firstIndex(of: ".") {
      let tail = label[point...].dropFirst()
      let digits = tail.prefix { $0.isNumber }
      let kept = String(digits.reversed().drop { $0 == "0" }.reversed())
      label = label[..<point] + (kept.isEmpty ? "" : "." + kept) + tail.dropFirst(digits.count)
    }
    return Tick(value: value, label: label)
  }

  private static func scale(_ factor: Double, _ exponent: Int) -> Double {
    exponent >= 0
      ? factor * Format.power(exponent)
      : exponent >= -22 ? factor / Format.power(-exponent) : factor * pow(10, Double(exponent))
  }
}
