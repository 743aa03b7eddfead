import CKernels

/// Number format of a matrix product's operands; sums are float32 in both.
public enum MatmulPrecision: String, Sendable, Codable, CaseIterable {
  /// 24 bits of precision.
  case float32
  /// 8 bits of precision, about twice as fast; operands are rounded to nearest even on the way in.
  case bfloat16

  /// Whether this processor multiplies in this format; where it does not, float32 is used instead.
  public var isAvailable: Bool { self == .float32 || InstructionSet.hasBFloat16 }
}
