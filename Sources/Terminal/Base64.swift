/// Base64 of RFC 4648, section 4: what OSC 52 carries.
package enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  package static func encode(_ bytes: [UInt8]) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value: UInt32 = 0
      for place in 0..<3 {
        value = value << 8 | (place < group.count ? UInt32(group[start + place]) : 0)
      }
      for place in 0..<4 {
        let letter = letters[Int(value >> UInt32(18 - 6 * place)) & 63]
        text.append(place <= group.count ? letter : "=")
      }
    }
    return text
  }
}
