import Foundation
import Support

/// A hash of a document's bytes, eight at a time: data sets have many.
enum ContentHash {
  /// The hash; the same on every machine.
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = StableHash.mix(UInt64(bytes.count))
    var index = 0
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      hash = StableHash.mix(hash ^ UInt64(littleEndian: word))
      index += 8
    }
    var rest: UInt64 = 0
    for byte in bytes[index...] { rest = rest << 8 | UInt64(byte) }
    return StableHash.mix(hash ^ rest)
  }

  /// The hash of the bytes of `data`.
  static func of(_ data: Data) -> UInt64 { data.withUnsafeBytes { of($0) } }
}
