import Foundation

/// Memory of this process.
public enum ProcessMemory {
  /// Highest resident memory so far, in bytes.
  public static var peakBytes: Int {
    // getrusage of Linux also counts what the parent held when it started this program.
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap({ Int($0) }
      )
      .first
    {
      return kibibytes << 10
    }
    var usage = rusage()
    // Bytes on Darwin, kibibytes elsewhere.
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #elseif canImport(Glibc)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss << 10
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss << 10
    #endif
  }
}
