import CHDF5

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The one door to libhdf5: a single lock, silent errors, the error stack read at once.
///
/// The library serialises its calls itself or is not thread safe at all, depending on how it was
/// built, so parallel calls gain nothing; the lock also keeps a call and its error stack together.
public enum HDF5Library {
  /// Files, groups, datasets, types and attributes that are open; 0 when nothing leaks.
  public static var openObjects: Int {
    locked { Int(chdf5_open_objects()) }
  }

  /// Version of the linked library, such as `1.10.8`.
  public static var version: String {
    var major: UInt32 = 0
    var minor: UInt32 = 0
    var release: UInt32 = 0
    return locked {
      H5get_libversion(&major, &minor, &release)
      return "\(major).\(minor).\(release)"
    }
  }

  /// Runs calls of the library alone; may be nested on one thread.
  static func locked<R: ~Copyable, E>(_ body: () throws(E) -> R) throws(E) -> R {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  /// Runs one call and turns a negative result into an error.
  static func call<I: SignedInteger>(
    _ operation: String, _ file: String, _ object: String, _ body: () -> I
  ) throws(HDF5Error) -> I {
    lock.lock()
    defer { lock.unlock() }
    chdf5_begin()
    let result = body()
    if result >= 0 { return result }
    var text = [CChar](repeating: 0, count: 512)
    chdf5_error_text(&text, text.count)
    let end = text.firstIndex(of: 0) ?? text.count
    let message = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw .refused(file: file, object: object, operation: operation, text: message)
  }

  private static let lock = RecursiveLock()
}

/// A mutex that one thread may take more than once.
private final class RecursiveLock: @unchecked Sendable {
  // Sendable: the mutex is made once, never moves, and is what threads share by design.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
}
