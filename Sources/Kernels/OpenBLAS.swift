import COpenBLAS
import CKernels
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

  /// The library, or nil when this machine has none.
  static let shared: OpenBLAS? = OpenBLAS()

  private init?() {
    if InstructionSet.available.contains(.avx512) {
      setenv("OPENBLAS_CORETYPE", "SkylakeX", 0)
    }
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
  }

  private static func text(_ library: UnsafeMutableRawPointer, _ name: String) -> String? {
    typealias Call = @convention(c) () -> UnsafePointer<CChar>?
    guard let symbol = dlsym(library, name) else { return nil }
    return unsafeBitCast(symbol, to: Call.self)().map { String(cString: $0) }
  }
}
