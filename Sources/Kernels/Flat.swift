import CKernels

/// Arithmetic on whole buffers.
public enum Flat {
  private static let block = 65536

  /// Sum of squares in double; blocks of 65,536 are added in order, for any number of threads.
  ///
  /// - Parameters:
  ///   - x: shape [count].
  ///   - count: elements.
  ///   - pool: threads.
  /// - Returns: the sum; NaN or infinite when an element is.
  public static func squaredSum(_ x: UnsafePointer<Float>, count: Int, pool: ThreadPool) -> Double {
    let blocks = blockCount(count, block)
    return pool.workspace.withBytes(blocks * 8) { memory in
      let partial = memory.assumingMemoryBound(to: Double.self)
      var arguments = ck_flat(
        x: x, y: nil, partial: partial, count: count, block_count: block, factor: 0)
      pool.run(blocks, pool.table.pointee.squared_sum, &arguments)
      var sum = 0.0
      for index in 0..<blocks { sum += partial[index] }
      return sum
    }
  }

  /// Adds a multiple of a buffer to another, y += factor * x.
  ///
  /// - Parameters:
  ///   - factor: dimensionless.
  ///   - x: shape [count].
  ///   - y: added to, shape [count].
  ///   - count: elements.
  ///   - pool: threads.
  public static func axpy(
    _ factor: Float, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int,
    pool: ThreadPool
  ) {
    var arguments = ck_flat(
      x: x, y: y, partial: nil, count: count, block_count: block, factor: factor)
    pool.run(blockCount(count, block), pool.table.pointee.axpy, &arguments)
  }

  /// Multiplies a buffer, y *= factor.
  ///
  /// - Parameters:
  ///   - y: shape [count].
  ///   - factor: dimensionless.
  ///   - count: elements.
  ///   - pool: threads.
  public static func scale(
    _ y: UnsafeMutablePointer<Float>, by factor: Float, count: Int, pool: ThreadPool
  ) {
    var arguments = ck_flat(
      x: UnsafePointer(y), y: y, partial: nil, count: count, block_count: block, factor: factor)
    pool.run(blockCount(count, block), pool.table.pointee.scale, &arguments)
  }

  /// Moves a buffer towards another, y += weight * (x - y): weight 0 keeps y, weight 1 gives x.
  ///
  /// - Parameters:
  ///   - y: moved, shape [count].
  ///   - x: target, shape [count].
  ///   - weight: share of `x`, usually in 0...1.
  ///   - count: elements.
  ///   - pool: threads.
  public static func lerp(
    _ y: UnsafeMutablePointer<Float>, towards x: UnsafePointer<Float>, weight: Float, count: Int,
    pool: ThreadPool
  ) {
    var arguments = ck_flat(
      x: x, y: y, partial: nil, count: count, block_count: block, factor: weight)
    pool.run(blockCount(count, block), pool.table.pointee.lerp, &arguments)
  }

  /// Rounds floats to bfloat16, to nearest even.
  ///
  /// - Parameters:
  ///   - x: shape [count].
  ///   - rounded: output, the upper halves of the floats, shape [count].
  ///   - count: elements.
  ///   - pool: threads.
  public static func round(
    _ x: UnsafePointer<Float>, into rounded: UnsafeMutablePointer<UInt16>, count: Int,
    pool: ThreadPool
  ) {
    var arguments = ck_rounding(
      x: UnsafeMutablePointer(mutating: x), rounded: rounded, count: count, block_count: block)
    pool.run(blockCount(count, block), pool.table.pointee.round, &arguments)
  }

  /// Gives floats for numbers of bfloat16.
  ///
  /// - Parameters:
  ///   - rounded: what `round` wrote, shape [count].
  ///   - x: output, shape [count].
  ///   - count: elements.
  ///   - pool: threads.
  public static func widen(
    _ rounded: UnsafePointer<UInt16>, into x: UnsafeMutablePointer<Float>, count: Int,
    pool: ThreadPool
  ) {
    var arguments = ck_rounding(
      x: x, rounded: UnsafeMutablePointer(mutating: rounded), count: count, block_count: block)
    pool.run(blockCount(count, block), pool.table.pointee.widen, &arguments)
  }
}
