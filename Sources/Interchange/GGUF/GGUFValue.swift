/// A value under a key of a GGUF file, little-endian with its type's number before it.
///
/// - SeeAlso: the format's description in the `ggml` project, version 3.
enum GGUFValue {
  case count(Int)
  case real(Double)
  case flag(Bool)
  case text(String)
  case texts([String])
  case counts([Int])
  case reals([Double])

  /// Type number and bytes.
  func append(to bytes: inout [UInt8]) {
    bytes.append(little: UInt32(type))
    switch self {
    case .texts(let values):
      Self.head(element: 8, count: values.count, &bytes)
      for value in values { bytes.append(gguf: value) }
    case .counts(let values):
      Self.head(element: 5, count: values.count, &bytes)
      for value in values { bytes.append(little: Int32(value)) }
    case .reals(let values):
      Self.head(element: 6, count: values.count, &bytes)
      for value in values { bytes.append(little: Float(value).bitPattern) }
    case .count(let value): bytes.append(little: UInt32(value))
    case .real(let value): bytes.append(little: Float(value).bitPattern)
    case .flag(let value): bytes.append(value ? 1 : 0)
    case .text(let value): bytes.append(gguf: value)
    }
  }

  private var type: Int {
    switch self {
    case .count: 4
    case .real: 6
    case .flag: 7
    case .text: 8
    case .texts, .counts, .reals: 9
    }
  }

  private static func head(element: UInt32, count: Int, _ bytes: inout [UInt8]) {
    bytes.append(little: element)
    bytes.append(little: UInt64(count))
  }
}

extension [UInt8] {
  /// A whole number, its lowest byte first.
  mutating func append<Number: FixedWidthInteger>(little value: Number) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// A text with its length before it.
  mutating func append(gguf text: String) {
    append(little: UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}
