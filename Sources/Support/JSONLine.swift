/// A JSON value whose objects keep the order of their keys.
///
/// Numbers that are not finite become the strings "nan", "inf" and "-inf".
public indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// Two values are equal when they print the same.
  public static func == (first: JSONValue, second: JSONValue) -> Bool {
    first.line == second.line
  }

  /// The value on one line, without spaces.
  public var line: String {
    var out = ""
    write(into: &out)
    return out
  }

  private func write(into out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += Self.number(value)
    case .text(let value): Self.quote(value, into: &out)
    case .list(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += "," }
        value.write(into: &out)
      }
      out += "]"
    case .object(let pairs):
      out += "{"
      for (index, pair) in pairs.enumerated() {
        if index > 0 { out += "," }
        Self.quote(pair.key, into: &out)
        out += ":"
        pair.value.write(into: &out)
      }
      out += "}"
    }
  }

  /// The value over several lines, two spaces a level, as people read it; lists of plain values stay on
  /// one line.
  public var indented: String {
    var out = ""
    write(into: &out, indent: 0)
    return out + "\n"
  }

  private func write(into out: inout String, indent: Int) {
    let space = String(repeating: "  ", count: indent + 1)
    func lines<Element>(
      _ elements: [Element], _ open: String, _ close: String, _ one: (Element) -> Void
    ) {
      out += open + "\n"
      for (index, element) in elements.enumerated() {
        out += (index > 0 ? ",\n" : "") + space
        one(element)
      }
      out += "\n" + space.dropLast(2) + close
    }
    switch self {
    case .object(let pairs) where !pairs.isEmpty:
      lines(pairs, "{", "}") { pair in
        Self.quote(pair.key, into: &out)
        out += ": "
        pair.value.write(into: &out, indent: indent + 1)
      }
    case .list(let values) where values.contains(where: \.isNested):
      lines(values, "[", "]") { $0.write(into: &out, indent: indent + 1) }
    default: write(into: &out)
    }
  }

  private var isNested: Bool {
    switch self {
    case .list, .object: true
    default: false
    }
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "\"nan\"" }
    if value.isInfinite { return value > 0 ? "\"inf\"" : "\"-inf\"" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return String(value)
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        // C0, DEL and C1 are escaped so that a line printed on a terminal stays harmless.
        if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    out += "\""
  }
}
