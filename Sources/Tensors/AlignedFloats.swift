/// Float32 memory that begins on a cache line, owned by one object.
///
/// The engine's large buffers: parameters, gradients, moments, activations. It is a class so that a
/// buffer has one owner and pointers into it stay valid as long as that owner is held.
public final class AlignedFloats: @unchecked Sendable {
  // Sendable: the memory is plain floats; whoever shares a buffer between threads orders the accesses
  // (the thread pool's barrier does so inside an operation).

  /// Number of floats.
  public let count: Int
  /// The first float, on a 64-byte border.
  public let pointer: UnsafeMutablePointer<Float>

  /// Zeroed memory for `count` floats.
  public init(count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    guard let raw = LargeMemory.allocate(bytes: bytes) else {
      preconditionFailure("out of memory: \(bytes) bytes of floats")
    }
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  deinit {
    LargeMemory.free(pointer)
  }

  /// All floats as a buffer.
  public var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  /// Sets every float to zero.
  public func zero() {
    pointer.update(repeating: 0, count: count)
  }

  /// Copies all floats of a buffer of the same count.
  public func copy(from other: AlignedFloats) {
    precondition(other.count == count, "copy of \(other.count) floats into \(count)")
    pointer.update(from: other.pointer, count: count)
  }
}
