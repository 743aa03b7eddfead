import Glibc
import Tensors

/// Memory that operations use between their own passes; it grows to the largest use and stays.
///
/// Safe to share: `withBytes` holds a lock while the memory is in use, and operations never nest.
final class Workspace: @unchecked Sendable {
  private var memory: UnsafeMutableRawPointer?
  private var size = 0
  private let lock: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  deinit {
    LargeMemory.free(memory)
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// Calls `body` with at least `bytes` bytes, 64-byte aligned, of unknown content.
  func withBytes<Result>(_ bytes: Int, _ body: (UnsafeMutableRawPointer) -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if let memory, size >= bytes { return body(memory) }
    LargeMemory.free(memory)
    size = (max(bytes, 1) + 4095) / 4096 * 4096
    memory = LargeMemory.allocate(bytes: size)
    guard let memory else { preconditionFailure("out of memory: \(size) bytes of workspace") }
    return body(memory)
  }
}
