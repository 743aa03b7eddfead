import CKernels
import COpenBLAS
import Glibc

/// OpenBLAS, opened at run time.
///
/// Debian's OpenBLAS picks its kernels when it is loaded, from a table that does not know processors
/// newer than itself: on an AVX-512 processor it may choose its Haswell kernels and run at half speed.
/// So the choice is made here, before the library is opened, unless the user has made it. Our pool
/// shares the work, so the library runs on one thread.
struct OpenBLAS: Sendable {
  typealias Multiply =
    @convention(c) (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, Float,
      UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32, Float,
      UnsafeMutablePointer<Float>?, Int32
    ) -> Void

  let multiply: Multiply
  let description: String
  /// Why its kernels are slow ones, as a sentence for the user; nil when they are not.
  let coreProblem: String?

  /// The library, or nil when this machine has none.
  static let shared: OpenBLAS? = OpenBLAS()

  private init?() {
    if let best = Self.bestCore { setenv(Self.coreVariable, best, 0) }
    // Without this the library starts a thread per core when it is opened.
    setenv("OPENBLAS_NUM_THREADS", "1", 0)
    let names = ["libopenblas.so.0", "libopenblas.so"]
    var library: UnsafeMutableRawPointer?
    for name in names where library == nil { library = dlopen(name, RTLD_NOW | RTLD_LOCAL) }
    guard let library, let multiply = dlsym(library, "cblas_sgemm") else { return nil }
    self.multiply = unsafeBitCast(multiply, to: Multiply.self)
    if let limit = dlsym(library, "openblas_set_num_threads") {
      unsafeBitCast(limit, to: (@convention(c) (Int32) -> Void).self)(1)
    }
    let core = Self.text(library, "openblas_get_corename") ?? "unknown core"
    let configuration = Self.text(library, "openblas_get_config") ?? "OpenBLAS"
    let version = configuration.split(separator: " ").prefix(2).joined(separator: " ")
    description = "\(version), kernels \(core)"
    let wide = ["skylakex", "cooperlake", "sapphirerapids"].contains(core.lowercased())
    coreProblem =
      Self.bestCore == nil || wide
      ? nil
      : "OpenBLAS: it uses its \(core) kernels, which leave half of this processor idle. "
        + "Unset \(Self.coreVariable) in the environment."
  }

  private static let coreVariable = "OPENBLAS_CORETYPE"

  /// The kernels for this processor, where the library may not find them itself.
  private static var bestCore: String? {
    InstructionSet.available.contains(.avx512) ? "SkylakeX" : nil
  }

  /// Names the best kernels whatever the environment says; see `MatmulBackend`.
  static func overrideEnvironment() -> String? {
    guard let bestCore, let name = getenv(coreVariable).map({ String(cString: $0) }),
      name.lowercased() != bestCore.lowercased()
    else { return nil }
    setenv(coreVariable, bestCore, 1)
    return "\(coreVariable)=\(name) in the environment halves the speed of OpenBLAS here: "
      + "measured with \(bestCore) instead."
  }

  /// Does a product by blocks of rows; false when the library is missing.
  static func multiply(_ p: ck_matmul, _ pool: ThreadPool) -> Bool {
    guard let library = shared else { return false }
    let (left, right) = (p.transpose_a != 0, p.transpose_b != 0)
    pool.run(blockCount(p.m, p.block_rows)) { block in
      let first = block * p.block_rows
      library.multiply(
        CblasRowMajor, left ? CblasTrans : CblasNoTrans, right ? CblasTrans : CblasNoTrans,
        Int32(min(p.block_rows, p.m - first)), Int32(p.n), Int32(p.k), 1,
        p.a + (left ? first : first * p.lda), Int32(p.lda), p.b, Int32(p.ldb),
        p.accumulate != 0 ? 1 : 0, p.c + first * p.ldc, Int32(p.ldc))
    }
    return true
  }

  private static func text(_ library: UnsafeMutableRawPointer, _ name: String) -> String? {
    typealias Call = @convention(c) () -> UnsafePointer<CChar>?
    guard let symbol = dlsym(library, name) else { return nil }
    return unsafeBitCast(symbol, to: Call.self)().map { String(cString: $0) }
  }
}
