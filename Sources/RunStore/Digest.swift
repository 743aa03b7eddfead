import CCrypto

/// SHA-256 (FIPS 180-4), fed in pieces; libcrypto does the work.
struct SHA256: ~Copyable {
  private let context: OpaquePointer

  init() {
    // Making and feeding a context can only fail without memory or without SHA-256 in the library.
    guard let made = EVP_MD_CTX_new(), EVP_DigestInit_ex(made, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto offers no SHA-256")
    }
    context = made
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The digest of all bytes so far, 32 bytes; ends the feeding.
  consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }

  /// The digest of one piece of memory, 32 bytes.
  static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of bytes, in 64 hexadecimal digits.
  static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
    hex(of(bytes))
  }

  /// A digest in hexadecimal digits.
  static func hex(_ digest: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// Digests of texts.
public enum TextDigest {
  /// SHA-256 of the UTF-8 bytes in 64 hexadecimal digits: the recipe hash.
  public static func sha256(_ text: String) -> String {
    Array(text.utf8).withUnsafeBytes { SHA256.hex($0) }
  }
}

/// CRC-32C (Castagnoli polynomial, reflected), as in RFC 3720, appendix B.4.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// The check sum of bytes.
  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
    }
  }
}
