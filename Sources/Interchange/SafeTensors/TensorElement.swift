/// The element types of safetensors files; those that the program loads become float32.
public enum TensorElement: String, Sendable, CaseIterable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float64 = "F64"
  case int64 = "I64"
  case int32 = "I32"
  case uint8 = "U8"
  case bool = "BOOL"

  /// Bytes of one element; also the alignment that writers give it.
  public var bytes: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    }
  }

  /// Writes elements as float32; wider types are rounded to nearest.
  ///
  /// - Parameters:
  ///   - source: little-endian elements at any address, `count * bytes` of them.
  ///   - floats: written, [count].
  package func widen(
    _ source: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>
  ) {
    func each<T>(_ type: T.Type, _ convert: (T) -> Float) {
      for index in floats.indices {
        floats[index] = convert(
          source.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
      }
    }
    switch self {
    case .float32: each(UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case .bfloat16: each(UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    case .float16: each(UInt16.self) { Self.half(UInt16(littleEndian: $0)) }
    case .float64: each(UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    case .int64: each(Int64.self) { Float(Int64(littleEndian: $0)) }
    case .int32: each(Int32.self) { Float(Int32(littleEndian: $0)) }
    case .uint8, .bool: each(UInt8.self) { Float($0) }
    }
  }

  /// Writes float32 numbers as elements of a floating-point type, rounded to nearest even.
  ///
  /// - Parameters:
  ///   - floats: [count].
  ///   - target: written, `count * bytes`.
  func narrow(_ floats: UnsafeBufferPointer<Float>, into target: UnsafeMutableRawBufferPointer) {
    func each<T: FixedWidthInteger>(_ convert: (Float) -> T) {
      for (index, value) in floats.enumerated() {
        target.storeBytes(
          of: convert(value).littleEndian, toByteOffset: index * MemoryLayout<T>.size, as: T.self)
      }
    }
    switch self {
    case .float32: each(\.bitPattern)
    case .bfloat16: each(Self.bfloat16Bits)
    case .float16: each(Self.halfBits)
    default: preconditionFailure("weights are not written as \(rawValue)")
    }
  }

  // Written out, since `Float16` is not there on every x86-64 system that Swift builds for.

  /// The value of an IEEE 754 binary16.
  package static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The nearest IEEE 754 binary16, ties to even; beyond its range infinite.
  package static func halfBits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.magnitude
    guard !value.isNaN else { return sign | 0x7E00 }
    guard magnitude < 65_520 else { return sign | 0x7C00 }
    if magnitude < 0x1p-14 {
      return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    // Round to ten bits of fraction by adding half of the last one, and one more where it is odd.
    let bits = magnitude.bitPattern
    let rounded = bits + 0xFFF + (bits >> 13 & 1)
    return sign | UInt16(rounded >> 13 - 112 << 10)
  }

  /// The nearest bfloat16, ties to even.
  package static func bfloat16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    guard !value.isNaN else { return UInt16(bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
