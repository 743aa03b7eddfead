import Tensors

/// Memory for the activations of one batch, reused from step to step and grown only for a larger one.
final class Arena {
  private var memory = AlignedFloats(count: 0)
  private var used = 0

  /// Floats held.
  var capacity: Int { memory.count }

  /// Starts handing out from the beginning; earlier pointers are void when more floats are needed.
  func reset(floats: Int) {
    if memory.count < floats {
      memory = AlignedFloats(count: 0)
      memory = AlignedFloats(count: floats)
    }
    used = 0
  }

  /// The next `count` floats, on a cache line; their values are left from earlier use.
  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let rounded = Self.rounded(count)
    precondition(used + rounded <= memory.count, "arena of \(memory.count) floats is exhausted")
    defer { used += rounded }
    return memory.pointer + used
  }

  /// What `take(count)` uses up.
  static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
