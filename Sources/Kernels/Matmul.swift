import CKernels

/// Matrix products with float32 sums, on fixed blocks of rows that our pool shares.
///
/// `MatmulBackend` says who multiplies. The blocks depend on the sizes only, so results are the same bits for any number of threads.
public enum Matmul {
  /// What multiplies matrices: version and kernels of the library, or our own loops.
  public static var backendDescription: String { MatmulBackend.selected.description }

  /// What is wrong with the choice of it, as a sentence for the user; nil when nothing is.
  public static var backendProblem: String? { MatmulBackend.problem }

  /// C = A B^T, or C += A B^T: the product of a linear layer, x[T, in] W[out, in]^T.
  ///
  /// - Parameters:
  ///   - a: shape [m, k], `aStride` floats from row to row (k when nil).
  ///   - b: shape [n, k], `bStride` floats from row to row (k when nil).
  ///   - c: shape [m, n], `cStride` floats from row to row (n when nil).
  ///   - m: rows of C.
  ///   - n: columns of C.
  ///   - k: terms of each sum.
  ///   - aStride: leading dimension of A.
  ///   - bStride: leading dimension of B.
  ///   - cStride: leading dimension of C.
  ///   - accumulate: add to C instead of writing it.
  ///   - precision: number format of the operands.
  ///   - packed: B as `PackedWeights` has it; B itself is not read then.
  ///   - pool: threads.
  public static func nt(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int, aStride: Int? = nil, bStride: Int? = nil, cStride: Int? = nil,
    accumulate: Bool = false, precision: MatmulPrecision = .float32,
    packed: UnsafeRawPointer? = nil, pool: ThreadPool
  ) {
    product(
      a, b, c, m, n, k, aStride ?? k, bStride ?? k, cStride ?? n, accumulate, false, true,
      precision, packed, pool)
  }

  /// C = A B, or C += A B: the input gradient of a linear layer, dy[T, out] W[out, in].
  ///
  /// - Parameters:
  ///   - a: shape [m, k], `aStride` floats from row to row (k when nil).
  ///   - b: shape [k, n], `bStride` floats from row to row (n when nil).
  ///   - c: shape [m, n], `cStride` floats from row to row (n when nil).
  ///   - m: rows of C.
  ///   - n: columns of C.
  ///   - k: terms of each sum.
  ///   - aStride: leading dimension of A.
  ///   - bStride: leading dimension of B.
  ///   - cStride: leading dimension of C.
  ///   - accumulate: add to C instead of writing it.
  ///   - precision: number format of the operands.
  ///   - packed: B as `PackedWeights` has it; B itself is not read then.
  ///   - turned: room for A as `tn` reads it, of `turnedBytes`; nil when not wanted.
  ///   - pool: threads.
  public static func nn(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int, aStride: Int? = nil, bStride: Int? = nil, cStride: Int? = nil,
    accumulate: Bool = false, precision: MatmulPrecision = .float32,
    packed: UnsafeRawPointer? = nil, turned: UnsafeMutableRawPointer? = nil, pool: ThreadPool
  ) {
    precondition(
      turned == nil || turnedBytes(rows: m, columns: k, precision: precision, pool: pool) > 0,
      "\(m) x \(k) is not turned")
    product(
      a, b, c, m, n, k, aStride ?? k, bStride ?? n, cStride ?? n, accumulate, false, false,
      precision, packed, pool, turned: turned)
  }

  /// Bytes of an operand that `nn` turns on the way, since it reads it anyway; 0 where it does not.
  ///
  /// - Parameters:
  ///   - rows: rows of A, the terms of `tn`.
  ///   - columns: columns of A.
  ///   - precision: number format of the operands.
  ///   - pool: threads and loops.
  /// - Returns: bytes; the memory begins on a 64-byte border.
  public static func turnedBytes(
    rows: Int, columns: Int, precision: MatmulPrecision, pool: ThreadPool
  ) -> Int {
    let loops = PackedMatmul(precision, pool)
    let least = PackedMatmul.leastRows
    guard pool.backend == .own, loops.hasTiles, rows >= least, columns >= least else { return 0 }
    return loops.bytes(n: columns, k: rows)
  }

  /// C = A^T B, or C += A^T B: the weight gradient of a linear layer, dy[T, out]^T x[T, in].
  ///
  /// - Parameters:
  ///   - a: shape [k, m], `aStride` floats from row to row (m when nil).
  ///   - b: shape [k, n], `bStride` floats from row to row (n when nil).
  ///   - c: shape [m, n], `cStride` floats from row to row (n when nil).
  ///   - m: rows of C.
  ///   - n: columns of C.
  ///   - k: terms of each sum.
  ///   - aStride: leading dimension of A.
  ///   - bStride: leading dimension of B.
  ///   - cStride: leading dimension of C.
  ///   - accumulate: add to C instead of writing it.
  ///   - precision: number format of the operands.
  ///   - turned: A as `nn` has turned it; A itself is not read then.
  ///   - pool: threads.
  public static func tn(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int, aStride: Int? = nil, bStride: Int? = nil, cStride: Int? = nil,
    accumulate: Bool = false, precision: MatmulPrecision = .float32,
    turned: UnsafeRawPointer? = nil, pool: ThreadPool
  ) {
    precondition(
      turned == nil || turnedBytes(rows: k, columns: m, precision: precision, pool: pool) > 0,
      "\(k) x \(m) is not turned")
    product(
      a, b, c, m, n, k, aStride ?? m, bStride ?? n, cStride ?? n, accumulate, true, false,
      precision, nil, pool, packedA: turned)
  }

  /// Bytes of the pool's workspace that a product uses with our own loops, for plans of memory.
  ///
  /// - Parameters:
  ///   - n: columns of C.
  ///   - k: terms of each sum.
  ///   - precision: number format of the operands.
  ///   - pool: threads and loops.
  /// - Returns: bytes; the workspace is shared by all operations, so products do not add up.
  public static func workspaceBytes(
    n: Int, k: Int, precision: MatmulPrecision, pool: ThreadPool
  ) -> Int {
    PackedMatmul(precision, pool).bytes(n: n, k: k)
  }

  /// Rows of C that one block holds.
  ///
  /// Depends on sizes only, so that threads cannot change a sum. A block has at least about 15
  /// million operations, to be worth a thread, and some rows for each panel of B: 192, or 66 of the few rows
  /// of a weight gradient. Multiples of the 6 rows of a tile waste nothing.
  static func blockRows(m: Int, n: Int, k: Int, transposeA: Bool) -> Int {
    let least = transposeA ? 66 : 192
    let wanted = max(1, min(m / least, 2 * m * n * k / 15_000_000))
    guard wanted > 1 || (transposeA && m >= 32 && m * n * k > 4_000_000) else { return max(1, m) }
    // An even number: most machines have an even number of cores.
    return (blockCount(m, max(2, wanted / 2 * 2)) + 5) / 6 * 6
  }

  private static func product(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    _ m: Int, _ n: Int, _ k: Int, _ lda: Int, _ ldb: Int, _ ldc: Int, _ accumulate: Bool,
    _ transposeA: Bool, _ transposeB: Bool, _ precision: MatmulPrecision,
    _ packed: UnsafeRawPointer?, _ pool: ThreadPool, turned: UnsafeMutableRawPointer? = nil,
    packedA: UnsafeRawPointer? = nil
  ) {
    guard m > 0, n > 0, k > 0 else { return clear(c, m, n, ldc, accumulate) }
    let rows = blockRows(m: m, n: n, k: k, transposeA: transposeA)
    pool.backend.multiply(
      ck_matmul(
        a: a, b: b, c: c, m: m, n: n, k: k, lda: lda, ldb: ldb, ldc: ldc, block_rows: rows,
        accumulate: accumulate ? 1 : 0, transpose_a: transposeA ? 1 : 0,
        transpose_b: transposeB ? 1 : 0, packed_b: packed, parts: 0,
        turned_a: turned, packed_a: packedA),
      precision, pool)
  }

  /// The backend `own`.
  ///
  /// In bfloat16 products of few rows are float32: they take the time of reading their operands, and rounding
  /// them would add to it.
  static func multiplyWithOwnLoops(
    _ product: ck_matmul, _ precision: MatmulPrecision, _ pool: ThreadPool
  ) {
    if PackedMatmul(precision, pool).multiply(product, pool) { return }
    multiplyInPlace(product, pool)
  }

  /// The loops that need no memory beside the operands; float32.
  static func multiplyInPlace(_ product: ck_matmul, _ pool: ThreadPool) {
    var arguments = product
    pool.run(
      blockCount(product.m, product.block_rows), pool.table.pointee.matmul, &arguments)
  }

  /// A sum of no terms.
  private static func clear(
    _ c: UnsafeMutablePointer<Float>, _ m: Int, _ n: Int, _ ldc: Int, _ accumulate: Bool
  ) {
    guard !accumulate, m > 0, n > 0 else { return }
    for row in 0..<m { (c + row * ldc).update(repeating: 0, count: n) }
  }
}
