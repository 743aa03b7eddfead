import CKernels

/// Root mean square norm, y = w x / sqrt(mean(x^2) + epsilon) (arXiv:1910.07467, equation 4).
public enum RMSNorm {
  private static let blockRows = 64

  /// Normalises rows.
  ///
  /// - Parameters:
  ///   - x: input, shape [rows, D].
  ///   - weight: shape [D].
  ///   - y: output, shape [rows, D]; may not be `x`.
  ///   - rows: number of rows, B * T.
  ///   - width: D.
  ///   - epsilon: added to the mean of squares.
  ///   - pool: threads.
  public static func forward(
    x: UnsafePointer<Float>, weight: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>,
    rows: Int, width: Int, epsilon: Float, pool: ThreadPool
  ) {
    var arguments = ck_norm_forward(
      x: x, weight: weight, y: y, rows: rows, width: width, block_rows: blockRows,
      epsilon: epsilon)
    pool.run(blockCount(rows, blockRows), pool.table.pointee.norm_forward, &arguments)
  }

  /// The gradients of `forward`, and its result again: both read `x`.
  ///
  /// Partial sums of the weight gradient over 64 rows each are added in order: the same bits for any
  /// number of threads.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, shape [rows, D].
  ///   - x: the input of `forward`, shape [rows, D].
  ///   - weight: shape [D].
  ///   - y: output, what `forward` gave, shape [rows, D]; nil when not wanted.
  ///   - dx: gradient of the input, shape [rows, D]; may be `dy` when not accumulating.
  ///   - weightGradient: added to, shape [D]; nil when not wanted.
  ///   - rows: number of rows.
  ///   - width: D.
  ///   - epsilon: that of `forward`.
  ///   - accumulate: add into `dx` (a residual stream) instead of writing it.
  ///   - pool: threads.
  public static func backward(
    dy: UnsafePointer<Float>, x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>? = nil, dx: UnsafeMutablePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>?, rows: Int, width: Int, epsilon: Float,
    accumulate: Bool, pool: ThreadPool
  ) {
    let blocks = blockCount(rows, blockRows)
    pool.workspace.withBytes(blocks * width * 4) { memory in
      let partial = memory.assumingMemoryBound(to: Float.self)
      var arguments = ck_norm_backward(
        dy: dy, x: x, weight: weight, y: y, dx: dx, partial: partial, rows: rows, width: width,
        block_rows: blockRows, epsilon: epsilon, accumulate: accumulate ? 1 : 0)
      pool.run(blocks, pool.table.pointee.norm_backward, &arguments)
      guard let weightGradient else { return }
      var sum = ck_sum_parts(
        parts: partial, sum: weightGradient, count: blocks, width: width, stride: width,
        block_columns: 1024, accumulate: 1)
      pool.run(blockCount(width, 1024), pool.table.pointee.sum_parts, &sum)
    }
  }
}
