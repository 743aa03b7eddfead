import Support

/// The wanted fields of one JSON object in a line, read without building anything else.
///
/// Strict (RFC 8259): one object, no double fields, no lone surrogates, UTF-8 in its shortest form.
struct JSONFields {
  /// A field and the type that it must have.
  enum Wanted: Equatable {
    case text(String)
    case integers(String)
    case messages(String)

    var name: String {
      switch self {
      case .text(let name), .integers(let name), .messages(let name): name
      }
    }
  }

  /// One message of a conversation, its role as the data names it.
  struct Message: Equatable {
    let role: String
    let text: String
  }

  /// What is wrong with a line.
  struct Fault: Error {
    let finding: String
    var remedy = "Write one JSON object a line."
  }

  /// Texts by field.
  private(set) var texts: [String: String] = [:]
  /// Lists of whole numbers by field.
  private(set) var integers: [String: [Int]] = [:]
  /// Lists of messages by field.
  private(set) var messages: [String: [Message]] = [:]
  /// Names of all other fields, for errors.
  private(set) var others: [String] = []

  init(line: UnsafeRawBufferPointer, wanted: [Wanted]) throws {
    if let offset = UTF8Check.firstFault(line) {
      throw Fault(finding: "byte \(offset + 1) is not UTF-8", remedy: "Convert the file.")
    }
    var reader = JSONReader(line)
    try reader.object { name, reader in
      guard let want = wanted.first(where: { $0.name == name }) else {
        others.append(name)
        return try reader.skipValue()
      }
      guard texts[name] == nil, integers[name] == nil, messages[name] == nil else {
        throw Fault(finding: "the field \"\(name)\" stands there twice")
      }
      if reader.skipNull() { return }
      switch want {
      case .text: texts[name] = try reader.string(of: name)
      case .integers: integers[name] = try reader.integers(of: name)
      case .messages: messages[name] = try reader.messages(of: name)
      }
    }
  }
}

/// Reads JSON from bytes that are UTF-8.
private struct JSONReader {
  /// Depth beyond which nobody nests documents.
  private static let deepest = 64

  private let bytes: UnsafeRawBufferPointer
  private var index = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func skipSpace() {
    while byte == 32 || byte == 9 || byte == 13 { index += 1 }
  }

  private func fault(_ finding: String) -> JSONFields.Fault {
    JSONFields.Fault(finding: "\(finding) at byte \(index + 1)")
  }

  private mutating func take(_ character: Unicode.Scalar) throws {
    skipSpace()
    guard byte == UInt8(ascii: character) else { throw fault("\"\(character)\" is needed") }
    index += 1
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard byte == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// The whole line as one object; `field` reads or skips each value.
  mutating func object(
    _ field: (String, inout JSONReader) throws -> Void
  ) throws {
    try members(field)
    skipSpace()
    guard index == bytes.count else { throw fault("the line goes on after its object") }
  }

  private mutating func members(_ field: (String, inout JSONReader) throws -> Void) throws {
    try take("{")
    if takes("}") { return }
    repeat {
      let name = try string(of: "")
      try take(":")
      try field(name, &self)
    } while takes(",")
    try take("}")
  }

  mutating func skipNull() -> Bool {
    skipSpace()
    guard bytes[index...].starts(with: "null".utf8) else { return false }
    index += 4
    return true
  }

  mutating func skipValue(depth: Int = 0) throws {
    guard depth < Self.deepest else { throw fault("nested deeper than \(Self.deepest)") }
    skipSpace()
    switch byte {
    case UInt8(ascii: "\""): _ = try string(of: "")
    case UInt8(ascii: "{"): try members { _, reader in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      index += 1
      if takes("]") { return }
      repeat { try skipValue(depth: depth + 1) } while takes(",")
      try take("]")
    default:
      let start = index
      while (48...57).contains(byte) || (97...122).contains(byte) || "+-.E".utf8.contains(byte) {
        index += 1
      }
      let word = String(decoding: bytes[start..<index], as: UTF8.self)
      guard ["true", "false", "null"].contains(word) || Double(word) != nil else {
        index = start
        throw fault("a value is needed")
      }
    }
  }

  mutating func integers(of name: String) throws -> [Int] {
    guard takes("[") else {
      throw JSONFields.Fault(
        finding: "\"\(name)\" is no list", remedy: "Write whole numbers, such as [1, 2, 3].")
    }
    var values: [Int] = []
    if takes("]") { return values }
    repeat {
      skipSpace()
      let isNegative = byte == UInt8(ascii: "-")
      if isNegative { index += 1 }
      let start = index
      var value = 0
      while (48...57).contains(byte), index - start < 18 {
        value = value * 10 + Int(byte - 48)
        index += 1
      }
      guard index > start, byte != UInt8(ascii: "."), byte | 32 != UInt8(ascii: "e"),
        !(48...57).contains(byte)
      else {
        throw JSONFields.Fault(
          finding: "element \(values.count + 1) of \"\(name)\" is no whole number",
          remedy: "Write whole numbers, such as [1, 2, 3].")
      }
      values.append(isNegative ? -value : value)
    } while takes(",")
    try take("]")
    return values
  }

  /// A list of `{"role": .., "content": ..}` or `{"from": .., "value": ..}`; other fields are skipped.
  mutating func messages(of name: String) throws -> [JSONFields.Message] {
    let remedy = "Write messages such as [{\"role\": \"user\", \"content\": \"..\"}]."
    guard takes("[") else {
      throw JSONFields.Fault(finding: "\"\(name)\" is no list", remedy: remedy)
    }
    var messages: [JSONFields.Message] = []
    if takes("]") { return messages }
    repeat {
      var parts: [String: String] = [:]
      try members { field, reader in
        let part = ["from": "role", "value": "content"][field] ?? field
        guard ["role", "content"].contains(part) else { return try reader.skipValue() }
        parts[part] = try reader.string(of: field)
      }
      guard let role = parts["role"], let text = parts["content"] else {
        throw JSONFields.Fault(
          finding: "message \(messages.count + 1) of \"\(name)\" has no role or no content",
          remedy: remedy)
      }
      messages.append(JSONFields.Message(role: role, text: text))
    } while takes(",")
    try take("]")
    return messages
  }

  mutating func string(of name: String) throws -> String {
    skipSpace()
    guard byte == UInt8(ascii: "\"") else {
      throw name.isEmpty
        ? fault("a name in quotes is needed")
        : JSONFields.Fault(finding: "\"\(name)\" is no text", remedy: "Write a text in quotes.")
    }
    index += 1
    var text: [UInt8] = []
    while true {
      guard index < bytes.count else { throw fault("a text does not end") }
      let next = bytes[index]
      index += 1
      switch next {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<32: throw fault("a control character in a text")
      default: text.append(next)
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]
    let kind = byte
    index += 1
    if let value = plain[kind] { return text.append(value) }
    guard kind == UInt8(ascii: "u") else { throw fault("an unknown escape") }
    var code = try unit()
    if (0xD800..<0xDC00).contains(code) {
      guard byte == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "u")
      else { throw fault("half of a surrogate pair") }
      index += 2
      let low = try unit()
      guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
    text += UTF8.encode(scalar).map(Array.init) ?? []
  }

  private mutating func unit() throws -> UInt32 {
    guard index + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits are needed") }
    index += 4
    return value
  }
}
