import CKernels
import Glibc

/// A set of loops compiled for one family of processors.
///
/// The best one that the processor runs is chosen once; the environment variable `NEEDLEPOINT_ISA`
/// (portablebf16, portable, avx2, avx512, avx512bf16 or amx) forces another. Results differ between sets in the
/// last bits.
public enum InstructionSet: String, CaseIterable, Sendable, Codable {
  /// As `portable`, with products of bfloat16 numbers: slower than float32, for trying a recipe in that format
  /// where the processor does not multiply it.
  case portablebf16
  /// 128-bit vectors, every processor.
  case portable
  /// 256-bit vectors with fused multiply-add.
  case avx2
  /// 512-bit vectors.
  case avx512
  /// 512-bit vectors that also multiply pairs of bfloat16 numbers.
  case avx512bf16
  /// The same with a tile unit (AMX) for products of bfloat16 numbers. float32 products run on it too,
  /// as sums of products of three bfloat16 parts, with the accuracy of float32.
  case amx

  /// The sets this processor can run, from the slowest to the widest.
  public static let available: [InstructionSet] = allCases.filter { $0.table != nil }

  /// The set in use: the forced one when the processor has it, otherwise the widest.
  public static let selected: InstructionSet = {
    let best = available.last ?? .portable
    guard let forced = forcedName.flatMap(InstructionSet.init(rawValue:)),
      available.contains(forced)
    else { return best }
    return forced
  }()

  /// Why `NEEDLEPOINT_ISA` was not followed, as a sentence for the user; nil when it was or is unset.
  public static let environmentProblem: String? = {
    guard let name = forcedName, InstructionSet(rawValue: name) != selected else { return nil }
    let known = available.map(\.rawValue).joined(separator: ", ")
    return "NEEDLEPOINT_ISA: this processor has no loops \"\(name)\". Use one of: \(known)."
  }()

  /// Whether the loops in use multiply bfloat16 numbers.
  public static var hasBFloat16: Bool { selected.hasBFloat16 }

  /// Whether the loops multiply bfloat16 numbers.
  public var hasBFloat16: Bool { (table?.pointee.tiled_parts ?? 0) > 0 }

  private static let forcedName: String? = getenv("NEEDLEPOINT_ISA").map { String(cString: $0) }

  /// e^x of every number, for tests of the exponential inside the loops.
  package func exponential(_ x: [Float]) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    table?.pointee.exponential(x, &y, x.count)
    return y
  }

  var table: UnsafePointer<ck_table>? {
    switch self {
    case .portablebf16: ck_table_of(Int32(CK_PORTABLE_BFLOAT16))
    case .portable: ck_table_of(Int32(CK_PORTABLE))
    case .avx2: ck_table_of(Int32(CK_AVX2))
    case .avx512: ck_table_of(Int32(CK_AVX512))
    case .avx512bf16: ck_table_of(Int32(CK_AVX512_BFLOAT16))
    case .amx: ck_table_of(Int32(CK_AMX))
    }
  }
}
