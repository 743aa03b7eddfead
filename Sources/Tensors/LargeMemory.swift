#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory of the engine, for buffers that are read from end to end.
///
/// Large ones begin on a border of two mebibytes, and Linux is asked to back them with pages of that
/// size: the loops then wait less for addresses, and a new buffer costs fewer page faults.
public enum LargeMemory {
  /// Memory that `free(_:)` takes back; its content is unknown.
  ///
  /// - Parameter bytes: at least 1.
  /// - Returns: a pointer on a 64-byte border; nil when the system has no more memory.
  public static func allocate(bytes: Int) -> UnsafeMutableRawPointer? {
    let huge = 1 << 21
    let isLarge = bytes >= huge
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? huge : 64, bytes) == 0, let memory else { return nil }
    #if os(Linux)
      // Advice only: where the system does not follow it, nothing is wrong.
      if isLarge { madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    return memory
  }

  /// Gives memory of `allocate(bytes:)` back; nil does nothing.
  public static func free(_ memory: UnsafeMutableRawPointer?) {
    #if canImport(Glibc)
      Glibc.free(memory)
    #elseif canImport(Musl)
      Musl.free(memory)
    #else
      Darwin.free(memory)
    #endif
  }
}
