/// What is wrong with a JSON text, and where.
public struct JSONFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// Bytes before the fault.
  public let offset: Int
  /// What was found there.
  public let finding: String

  /// The sentence part for errors.
  public var description: String { "\(finding) at byte \(offset)" }
}

extension JSONValue {
  /// Reads one JSON text (RFC 8259), strictly: a key twice in one object, nesting beyond 64 and lone
  /// surrogates are faults, since files of strangers use them to mean two things to two programs.
  ///
  /// - Throws: `JSONFault`.
  public init(parsing text: String) throws(JSONFault) {
    var parser = JSONParser(Array(text.utf8))
    self = try parser.document()
  }
}

extension JSONValue {
  /// Reads the JSON text of a file.
  ///
  /// - Throws: `UserError` that names the file and what is wrong where.
  public init(_ text: String, file: String) throws(UserError) {
    do throws(JSONFault) {
      self = try JSONValue(parsing: text)
    } catch {
      throw UserError(file, "no JSON, \(error)", remedy: "Mend the file or get it again.")
    }
  }
}

/// A recursive-descent parser over UTF-8; objects keep the order of their keys.
struct JSONParser {
  /// Deepest nesting of lists and objects.
  static let mostDepth = 64

  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONFault) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw fault("text after the value") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    guard depth <= Self.mostDepth else { throw fault("nesting beyond \(Self.mostDepth)") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw fault("the end of the text")
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var pairs: [(key: String, value: JSONValue)] = []
    // By bytes: two texts may be one to Unicode and two tokens of a vocabulary.
    var keys: Set<[UInt8]> = []
    guard !take("}") else { return .object([]) }
    repeat {
      skipSpace()
      let start = index
      guard peek == UInt8(ascii: "\"") else { throw fault("no key of an object") }
      let key = try string()
      guard keys.insert(Array(key.utf8)).inserted else {
        throw JSONFault(offset: start, finding: "the key \"\(key.prefix(80))\" twice")
      }
      guard take(":") else { throw fault("no colon after a key") }
      pairs.append((key, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw fault("no end of an object") }
    return .object(pairs)
  }

  private mutating func list(depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var values: [JSONValue] = []
    guard !take("]") else { return .list([]) }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw fault("no end of a list") }
    return .list(values)
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONFault)
    -> JSONValue
  {
    let length = word.utf8CodeUnitCount
    let fits =
      index + length <= bytes.count
      && (0..<length).allSatisfy { bytes[index + $0] == word.utf8Start[$0] }
    guard fits else { throw fault("no value") }
    index += length
    return value
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = index
    if peek == UInt8(ascii: "-") { index += 1 }
    let leading = peek
    let whole = digits()
    guard whole > 0, whole == 1 || leading != UInt8(ascii: "0") else {
      index = start
      throw fault("no value")
    }
    var isInteger = true
    if peek == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      guard digits() > 0 else { throw fault("no digit after the point") }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      index += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw fault("no digit of an exponent") }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw JSONFault(offset: start, finding: "a number too large")
    }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = index
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index - start
  }

  private mutating func string() throws(JSONFault) -> String {
    index += 1
    var start = index
    var text = ""
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let rest = String(decoding: bytes[start..<index], as: UTF8.self)
        index += 1
        return text.isEmpty ? rest : text + rest
      case UInt8(ascii: "\\"):
        text += String(decoding: bytes[start..<index], as: UTF8.self)
        index += 1
        text.unicodeScalars.append(try escape())
        start = index
      case 0..<0x20: throw fault("a control character in a string")
      default: index += 1
      }
    }
    throw fault("no end of a string")
  }

  private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
    let byte = peek
    index += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default:
      index -= 1
      throw fault("an unknown escape")
    }
  }

  private mutating func unicode() throws(JSONFault) -> Unicode.Scalar {
    let start = index
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), peek == UInt8(ascii: "\\") {
      index += 1
      guard peek == UInt8(ascii: "u") else { throw fault("half of a surrogate pair") }
      index += 1
      let low = try hexadecimal()
      if (0xDC00..<0xE000).contains(low) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
      }
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw JSONFault(offset: start, finding: "half of a surrogate pair")
    }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("no hexadecimal digit")
      }
      code = code << 4 | UInt32(digit)
      index += 1
    }
    return code
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Skips white space and, when it comes next, the sign.
  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: sign) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private func fault(_ finding: String) -> JSONFault { JSONFault(offset: index, finding: finding) }
}
