import Tensors

/// Memory for the activations of one batch, reused from step to step and grown only for a larger one.
final class Arena {
  private var memory = AlignedFloats(count: 0)
  private var used = 0
  private let isCounting: Bool

  /// An arena without memory.
  convenience init() { self.init(isCounting: false) }

  private init(isCounting: Bool) { self.isCounting = isCounting }

  /// Floats held.
  var capacity: Int { memory.count }

  /// Lays out activations in memory; earlier pointers are void.
  ///
  /// - Parameter make: takes what it needs; called twice, first only to count.
  /// - Returns: what `make` laid out.
  func layOut<Layout>(_ make: (Arena) -> Layout) -> Layout {
    let floats = Self.floats(make)
    if memory.count < floats {
      // Let go before more is asked for: never both.
      memory = AlignedFloats(count: 0)
      memory = AlignedFloats(count: floats)
    }
    used = 0
    return make(self)
  }

  /// Floats that `make` takes.
  static func floats<Layout>(_ make: (Arena) -> Layout) -> Int {
    let counting = Arena(isCounting: true)
    _ = make(counting)
    return counting.used
  }

  /// Gives the memory back.
  func release() {
    memory = AlignedFloats(count: 0)
  }

  /// The next `count` floats, on a cache line; their values are left from earlier use.
  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let rounded = (count + 15) / 16 * 16
    defer { used += rounded }
    // While counting nobody follows the pointer.
    guard !isCounting else { return memory.pointer }
    precondition(used + rounded <= memory.count, "arena of \(memory.count) floats is exhausted")
    return memory.pointer + used
  }

  /// The same for memory of another content, by bytes.
  func take(bytes: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(take((bytes + 3) / MemoryLayout<Float>.stride))
  }
}
