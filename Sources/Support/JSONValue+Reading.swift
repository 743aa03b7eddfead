import Foundation

extension JSONValue: Decodable {
  /// Reads any JSON value; the keys of objects come out sorted, since decoders keep no order.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      let object = try container.decode([String: JSONValue].self)
      self = .object(object.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
    }
  }

  /// Reads one JSON text.
  ///
  /// - Throws: `DecodingError` when the text is not JSON.
  public init(parsing text: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

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
