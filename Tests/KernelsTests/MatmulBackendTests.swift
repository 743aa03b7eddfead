import Kernels
import TestSupport
import Testing

/// Who multiplies: the choice by the environment, and what each choice promises.
@Suite struct MatmulBackendTests {
  @Test func ownLoopsAreAlwaysThereAndEachBackendSaysWhatItIs() {
    #expect(MatmulBackend.own.isAvailable)
    for backend in MatmulBackend.allCases { #expect(!backend.description.isEmpty) }
    #expect(MatmulBackend.selected.isAvailable)
    #expect(Matmul.backendDescription == MatmulBackend.selected.description)
    #expect(ThreadPool(threads: 1).backend == MatmulBackend.selected)
  }

  @Test(arguments: MatmulBackend.allCases.filter(\.isAvailable))
  func aNaNInAnOperandComesOut(_ backend: MatmulBackend) {
    let pool = ThreadPool(threads: 1, backend: backend)
    for precision in MatmulPrecision.allCases where precision.isAvailable {
      // All bits set: rounding up must not carry it into something else.
      var a = [Float](repeating: 1, count: 64)
      a[3] = Float(bitPattern: 0x7fff_ffff)
      let b = [Float](repeating: 1, count: 64)
      var c = [Float](repeating: 0, count: 64)
      Matmul.nt(a, b, &c, m: 8, n: 8, k: 8, precision: precision, pool: pool)
      #expect((0..<8).allSatisfy { c[$0].isNaN }, "\(precision)")
      #expect((8..<64).allSatisfy { c[$0] == 8 }, "\(precision)")
    }
  }

  @Test(arguments: MatmulBackend.allCases.filter(\.isAvailable))
  func callsFromManyBlocksAtOnceDoNotDisturbEachOther(_ backend: MatmulBackend) {
    let (m, n, k) = (40, 24, 32)
    let outer = ThreadPool(threads: 4)
    let inner = ThreadPool(threads: 1, backend: backend)
    let a = randomFloats(m * k, "a")
    let b = randomFloats(n * k, "b")
    var first = [Float](repeating: 0, count: m * n)
    Matmul.nt(a, b, &first, m: m, n: n, k: k, pool: inner)
    let results = UnsafeMutablePointer<Float>.allocate(capacity: 32 * m * n)
    defer { results.deallocate() }
    results.initialize(repeating: .nan, count: 32 * m * n)
    outer.run(32) { Matmul.nt(a, b, results + $0 * m * n, m: m, n: n, k: k, pool: inner) }
    for copy in 0..<32 {
      #expect(Array(UnsafeBufferPointer(start: results + copy * m * n, count: m * n)) == first)
    }
  }

  @Test(.enabled(if: Program.isBuilt), arguments: MatmulBackend.allCases.filter(\.isAvailable))
  func theEnvironmentChooses(_ backend: MatmulBackend) throws {
    let result = try Program.run(
      "doctor", "--json",
      environment: ["NEEDLEPOINT_GEMM": backend.rawValue, "OPENBLAS_CORETYPE": "SkylakeX"])
    #expect(result.status == 0)
    let expected = backend == .openblas ? "OpenBLAS" : backend.description
    #expect(result.output.contains("\"matrix_products\":\"\(expected)"), "\(result.output)")
    #expect(result.output.contains("\"problems\":[]"), "\(result.output)")
  }

  @Test(.enabled(if: Program.isBuilt))
  func anUnknownChoiceIsToldAndOwnLoopsAreUsed() throws {
    let result = try Program.run("doctor", environment: ["NEEDLEPOINT_GEMM": "mkl"])
    #expect(result.output.contains("NEEDLEPOINT_GEMM: no backend \"mkl\""))
    #expect(result.output.contains("Known: own, openblas, onednn."))
  }

  @Test(.enabled(if: Program.isBuilt && InstructionSet.available.contains(.avx512)))
  func slowKernelsOfOpenBLASAreToldAndTheBenchmarkDoesWithoutThem() throws {
    let environment = ["NEEDLEPOINT_GEMM": "openblas", "OPENBLAS_CORETYPE": "Haswell"]
    let doctor = try Program.run("doctor", environment: environment)
    #expect(doctor.output.contains("Unset OPENBLAS_CORETYPE"))
    let bench = try Program.run(
      "bench", "gemm", "--sizes", "64,48,32", "--seconds", "0.01", environment: environment)
    #expect(bench.status == 0)
    #expect(bench.errors.contains("OPENBLAS_CORETYPE=Haswell in the environment"))
    #expect(bench.errors.contains("kernels SkylakeX"))
  }
}
