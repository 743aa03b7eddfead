import CKernels
import Glibc

/// What this machine offers.
public enum Machine {
  /// Name of the processor, as the system reports it; "unknown" where it does not.
  public static let processorName: String =
    value(ofLineStarting: "model name", in: "/proc/cpuinfo") ?? "unknown"

  /// Processors that this process may use.
  public static var coreCount: Int {
    let allowed = Int(ck_core_count())
    if allowed > 0 { return allowed }
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Memory of the machine in bytes; 0 when the system does not say.
  public static var memoryBytes: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    return pages > 0 && size > 0 ? pages * size : 0
  }

  /// What the processor has that matters here, plainest first: the instruction sets, then bfloat16.
  public static var features: [String] {
    InstructionSet.available.filter { $0 != .portablebf16 }.map(\.rawValue)
      + (InstructionSet.hasBFloat16 ? ["bfloat16"] : [])
  }

  /// Measures the rate of multiply-adds that never leave the registers: the ceiling.
  ///
  /// Takes about 50 milliseconds.
  ///
  /// - Parameters:
  ///   - threads: threads that work at once.
  ///   - instructionSet: loops to measure.
  ///   - precision: number format.
  /// - Returns: billions of floating-point operations a second, all threads together; 0 for bfloat16
  ///   where the loops do not have it.
  public static func peakGFLOPS(
    threads: Int, instructionSet: InstructionSet = .selected,
    precision: MatmulPrecision = .float32
  ) -> Double {
    let pool = ThreadPool(threads: threads, instructionSet: instructionSet)
    let table = pool.table.pointee
    guard let peak = precision == .bfloat16 ? table.peak_bfloat16 : table.peak else { return 0 }
    let rounds = 2_000_000
    let work = peak(1) * Double(rounds * pool.threads)
    var best = 0.0
    for _ in 0..<4 {
      let seconds = Stopwatch.seconds(threads: pool.threads) {
        pool.run(pool.threads) { _ in _ = peak(rounds) }
      }
      best = max(best, work / seconds / 1e9)
    }
    return best
  }

  private static func value(ofLineStarting key: String, in path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 1024)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let line = String(decoding: bytes, as: UTF8.self)
      guard line.hasPrefix(key), let colon = line.firstIndex(of: ":") else { continue }
      let text = line[line.index(after: colon)...].filter { !$0.isNewline }
      return String(text.drop { $0 == " " })
    }
    return nil
  }
}
