/// Matrix products of float32 matrices rounded to bfloat16, with float32 sums.
///
/// Each function returns false, and does nothing, where the processor or the library cannot do it.
public enum BFloat16Matmul {
  /// Whether products in bfloat16 are possible here.
  public static var isAvailable: Bool { false }

  static func nt(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int, aStride: Int?, cStride: Int?, accumulate: Bool, pool: ThreadPool
  ) -> Bool { false }

  static func nn(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int, aStride: Int?, cStride: Int?, accumulate: Bool, pool: ThreadPool
  ) -> Bool { false }

  static func tn(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int, aStride: Int?, bStride: Int?, accumulate: Bool, pool: ThreadPool
  ) -> Bool { false }
}
