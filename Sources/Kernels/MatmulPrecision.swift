import CKernels

/// Number format of a matrix product's operands; sums are float32 in both.
public enum MatmulPrecision: String, Sendable, Codable, CaseIterable {
  /// 24 bits of precision.
  case float32
  /// 8 bits of precision, two to six times as fast; operands are rounded to nearest even on the way in,
  /// except those of products of fewer than 16 rows, which would not become faster.
  case bfloat16

  /// Whether this processor multiplies in this format; where it does not, float32 is used instead.
  public var isAvailable: Bool { self == .float32 || InstructionSet.hasBFloat16 }

  /// Whether attention and our own products round their operands to bfloat16 with these loops.
  ///
  /// - Parameter pool: threads and loops.
  /// - Returns: false in float32, and where the loops fall back to it.
  public func isRounded(on pool: ThreadPool) -> Bool {
    self == .bfloat16 && pool.table.pointee.tiled_parts > 0
  }

  /// The format that is used where this one is asked for.
  ///
  /// - Parameter notice: receives a sentence for the user where that is another one.
  /// - Returns: this one, or float32 where the processor does not multiply in it.
  public func usable(notice: (String) -> Void) -> MatmulPrecision {
    if isAvailable { return self }
    notice(
      "\(rawValue): this processor, or the choice of loops, does not multiply such numbers; "
        + "float32 is used. NEEDLEPOINT_ISA=portablebf16 does, slowly.")
    return .float32
  }
}
