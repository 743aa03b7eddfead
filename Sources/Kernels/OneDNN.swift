import CKernels
import COneDNN
import Glibc

/// oneDNN, opened at run time: products compiled for their shape and for the processor.
///
/// Our pool shares the work, so the library's OpenMP gets one thread. A compiled product may be run by
/// one thread at a time: idle ones are kept by shape, and a block takes one and gives it back.
final class OneDNN: @unchecked Sendable {
  /// The library, or nil when this machine has none.
  static let shared: OneDNN? = OneDNN()

  /// The file that is opened; its version is the one of the header we were built with.
  static let file = CONEDNN_FILE

  let description: String
  // Constant for the life of the process.
  private let handle: UnsafeMutablePointer<conednn_library>
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  // Guarded by `lock`.
  private var idle: [Shape: [UnsafeMutablePointer<conednn_product>]] = [:]

  private init?() {
    let before = getenv("OMP_NUM_THREADS").map { String(cString: $0) }
    setenv("OMP_NUM_THREADS", "1", 1)
    defer {
      if let before { setenv("OMP_NUM_THREADS", before, 1) } else { unsetenv("OMP_NUM_THREADS") }
    }
    guard let library = conednn_open() else { return nil }
    handle = library
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    let version = library.pointee.version()?.pointee
    description =
      version.map { "oneDNN \($0.major).\($0.minor).\($0.patch)" } ?? "oneDNN"
  }

  /// One of our blocks of a product, in floats or in rounded operands of our own.
  private struct Shape: Hashable {
    var m, n, k, lda, ldb, ldc: Int
    var transposeA, transposeB, accumulate: Int32
    var bfloat16: Bool
  }

  /// Does a product by blocks of rows; false when the library is missing or does not offer it here.
  static func multiply(_ p: ck_matmul, _ precision: MatmulPrecision, _ pool: ThreadPool) -> Bool {
    guard let shared else { return false }
    let (aRows, aColumns) = p.transpose_a != 0 ? (p.k, p.m) : (p.m, p.k)
    let (bRows, bColumns) = p.transpose_b != 0 ? (p.n, p.k) : (p.k, p.n)
    var product = p
    if precision == .bfloat16 { (product.lda, product.ldb) = (aColumns, bColumns) }
    guard shared.offers(shape(product, rows: min(p.block_rows, p.m), precision)) else {
      return false
    }
    guard precision == .bfloat16 else {
      shared.run(product, p.a, p.b, precision, p, pool)
      return true
    }
    let aCount = (aRows * aColumns + 31) / 32 * 32
    pool.workspace.withBytes(2 * (aCount + bRows * bColumns)) { memory in
      let a = memory.assumingMemoryBound(to: UInt16.self)
      round(p.a, p.lda, aRows, aColumns, a, pool)
      round(p.b, p.ldb, bRows, bColumns, a + aCount, pool)
      shared.run(product, a, a + aCount, precision, p, pool)
    }
    return true
  }

  private static func shape(
    _ p: ck_matmul, rows: Int, _ precision: MatmulPrecision
  ) -> Shape {
    Shape(
      m: rows, n: p.n, k: p.k, lda: p.lda, ldb: p.ldb, ldc: p.ldc, transposeA: p.transpose_a,
      transposeB: p.transpose_b, accumulate: p.accumulate, bfloat16: precision == .bfloat16)
  }

  /// Whether the library has this product for this processor.
  private func offers(_ shape: Shape) -> Bool {
    guard let product = take(shape) else { return false }
    give(product, shape)
    return true
  }

  private static func round(
    _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<UInt16>, _ pool: ThreadPool
  ) {
    let block = max(1, 16384 / columns)
    pool.run(blockCount(rows, block)) {
      let first = $0 * block
      ck_round_bfloat16(
        x + first * stride, stride, min(block, rows - first), columns, out + first * columns)
    }
  }

  /// Runs the blocks of `p`, whose operands start at `a` and `b`; `original` has them in float32.
  private func run(
    _ p: ck_matmul, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ precision: MatmulPrecision,
    _ original: ck_matmul, _ pool: ThreadPool
  ) {
    let bytes = precision == .bfloat16 ? 2 : 4
    pool.run(blockCount(p.m, p.block_rows)) { block in
      let first = block * p.block_rows
      let rows = min(p.block_rows, p.m - first)
      let shape = Self.shape(p, rows: rows, precision)
      if let product = self.take(shape) {
        let left = a + bytes * (p.transpose_a != 0 ? first : first * p.lda)
        let done = conednn_run(handle, product, left, b, p.c + first * p.ldc)
        self.give(product, shape)
        if done != 0 { return }
      }
      // Only a block that the library failed at, since it offers the product: float32 is better than none.
      var rest = original
      rest.m = rows
      rest.a += original.transpose_a != 0 ? first : first * original.lda
      rest.c += first * original.ldc
      Matmul.multiplyInPlace(rest, pool)
    }
  }

  /// A compiled product that nobody else uses; nil where the library does not offer the shape.
  private func take(_ s: Shape) -> UnsafeMutablePointer<conednn_product>? {
    pthread_mutex_lock(lock)
    let found = idle[s]?.popLast()
    pthread_mutex_unlock(lock)
    if let found { return found }
    var shape = conednn_shape(
      m: s.m, n: s.n, k: s.k, lda: s.lda, ldb: s.ldb, ldc: s.ldc, transpose_a: s.transposeA,
      transpose_b: s.transposeB, accumulate: s.accumulate, bfloat16: s.bfloat16 ? 1 : 0)
    return conednn_create(handle, &shape)
  }

  /// Keeps a product for later; evaluations at many lengths must not pile up shapes without end.
  private func give(_ product: UnsafeMutablePointer<conednn_product>, _ shape: Shape) {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if idle.count > 1024 {
      for list in idle.values { for old in list { conednn_destroy(handle, old) } }
      idle.removeAll()
    }
    idle[shape, default: []].append(product)
  }
}
