extension JSONValue {
  /// The value under a key of an object; nil for anything else.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let pairs) = self else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  /// A whole number, or nil.
  public var integerValue: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// A number, also one written as "nan", "inf" or "-inf"; or nil.
  public var numberValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .text("nan"): Double.nan
    case .text("inf"): Double.infinity
    case .text("-inf"): -Double.infinity
    default: nil
    }
  }

  /// A text, or nil.
  public var textValue: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// The elements of a list, or nil.
  public var listValue: [JSONValue]? {
    if case .list(let value) = self { value } else { nil }
  }

  /// The keys and values of an object, or nil.
  public var objectValue: [(key: String, value: JSONValue)]? {
    if case .object(let value) = self { value } else { nil }
  }
}
