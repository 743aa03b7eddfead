/// One visible character for each byte, as GPT-2 writes bytes in its vocabulary.
///
/// Bytes that are visible characters of Latin-1 stand for themselves, the others for U+0100 and up.
enum ByteAlphabet {
  /// The character of each byte.
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? " "
      }
    }
  }()

  /// The byte of each character below U+0144; nil where there is none.
  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, character) in characters.enumerated() {
      bytes[Int(character.value)] = UInt8(byte)
    }
    return bytes
  }()

  /// A text in the alphabet of bytes.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: bytes.lazy.map { characters[Int($0)] })
    return String(text)
  }

  /// The bytes that a text in the alphabet means; nil when it has other characters.
  static func bytes(of text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      // Every character of the alphabet is one byte or two in UTF-8.
      var value = Int(text[index])
      if value >= 0xC0 {
        guard value < 0xE0, index + 1 < text.count else { return nil }
        index += 1
        value = (value & 0x1F) << 6 | Int(text[index] & 0x3F)
      }
      guard value < bytes.count, let byte = bytes[value] else { return nil }
      result.append(byte)
      index += 1
    }
    return result
  }
}
