import CKernels
import Glibc

/// Who multiplies matrices: our own loops or a library.
///
/// Our loops do on AVX2 and AVX-512 processors, where `needlepoint bench gemm` finds them as fast as the
/// libraries at the sizes of our layers or faster; elsewhere OpenBLAS does, when it is there. The
/// environment variable `NEEDLEPOINT_GEMM` (own, openblas or onednn) forces another. The last bits of
/// a result depend on the choice, so it is recorded with every run.
public enum MatmulBackend: String, CaseIterable, Sendable, Codable {
  /// Our loops of the instruction set in use; bfloat16 on processors that multiply it.
  case own
  /// OpenBLAS for float32. It has no bfloat16 products in Debian: those are our own.
  case openblas
  /// oneDNN for float32 and bfloat16.
  case onednn

  /// The backend in use.
  public static let selected: MatmulBackend = {
    guard let forced = forcedName.flatMap(MatmulBackend.init(rawValue:)), forced.isAvailable
    else { return standard(for: .selected) }
    return forced
  }()

  /// What is wrong with the choice, as a sentence for the user; nil when nothing is.
  public static let problem: String? = {
    if let name = forcedName {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      guard let forced = MatmulBackend(rawValue: name) else {
        return "NEEDLEPOINT_GEMM: no backend \"\(name)\", \(selected.description) are used. "
          + "Known: \(known)."
      }
      if !forced.isAvailable {
        return "NEEDLEPOINT_GEMM: \(forced.missing), \(selected.description) are used. "
          + "Install it (Debian: apt install \(forced.package)) or unset the variable."
      }
    } else if InstructionSet.selected == .portable, !MatmulBackend.openblas.isAvailable {
      return "OpenBLAS: \(MatmulBackend.openblas.missing), matrix products use slower loops. "
        + "Install it (Debian: apt install \(MatmulBackend.openblas.package))."
    }
    return selected == .openblas ? OpenBLAS.shared?.coreProblem : nil
  }()

  /// Whether the backend can be used here; loads its library.
  public var isAvailable: Bool {
    switch self {
    case .own: true
    case .openblas: OpenBLAS.shared != nil
    case .onednn: OneDNN.shared != nil
    }
  }

  /// Version and kernels, or what is missing.
  public var description: String {
    switch self {
    case .own: "own \(InstructionSet.selected) loops"
    case .openblas: OpenBLAS.shared?.description ?? missing
    case .onednn: OneDNN.shared?.description ?? missing
    }
  }

  /// Lets OpenBLAS take its best kernels even if the environment names others.
  ///
  /// For a fair measurement; has an effect only before the library's first use.
  ///
  /// - Returns: what was overridden, as a sentence for the user; nil when nothing was.
  public static func overrideEnvironmentOfOpenBLAS() -> String? { OpenBLAS.overrideEnvironment() }

  /// The backend where the environment asks for none.
  static func standard(for set: InstructionSet) -> MatmulBackend {
    set == .portable && MatmulBackend.openblas.isAvailable ? .openblas : .own
  }

  /// Does the product; where a library does not offer it, our loops do.
  func multiply(_ product: ck_matmul, _ precision: MatmulPrecision, _ pool: ThreadPool) {
    switch (self, precision) {
    case (.openblas, .float32): if OpenBLAS.multiply(product, pool) { return }
    case (.onednn, _): if OneDNN.multiply(product, precision, pool) { return }
    case (.own, _), (.openblas, .bfloat16): break
    }
    Matmul.multiplyWithOwnLoops(product, precision, pool)
  }

  private var missing: String {
    switch self {
    case .own: ""
    case .openblas: "libopenblas.so.0 was not found"
    case .onednn: "\(OneDNN.file) was not found"
    }
  }

  private var package: String { self == .openblas ? "libopenblas-dev" : "libdnnl-dev" }

  private static let forcedName: String? = {
    guard let name = getenv("NEEDLEPOINT_GEMM").map({ String(cString: $0) }) else { return nil }
    return name.isEmpty ? nil : name
  }()
}
