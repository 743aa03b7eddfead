/// Hashes whose value never changes between runs, machines and versions.
///
/// Swift's own `Hasher` is seeded anew in every process, so it may not decide a result.
public enum StableHash {
  /// FNV-1a over the UTF-8 bytes of a text, 64 bits.
  public static func fnv1a(_ text: String) -> UInt64 {
    fnv1a(text.utf8)
  }

  /// FNV-1a over bytes, 64 bits.
  public static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes {
      hash ^= UInt64(byte)
      hash = hash &* 0x0000_0100_0000_01B3
    }
    return hash
  }

  /// A well-mixed 64-bit value of a 64-bit value (the finaliser of SplitMix64).
  public static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
