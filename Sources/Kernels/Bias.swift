import CKernels

/// The bias of a linear layer, added to its result.
public enum Bias {
  private static let blockRows = 32
  private static let blockColumns = 64

  /// Adds a bias to every row, y += b.
  ///
  /// - Parameters:
  ///   - bias: shape [out].
  ///   - y: added to, shape [rows, out], `stride` floats from row to row.
  ///   - rows: B * T.
  ///   - outputs: out.
  ///   - stride: floats from row to row of y.
  ///   - pool: threads.
  public static func add(
    _ bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, outputs: Int,
    stride: Int, pool: ThreadPool
  ) {
    var arguments = ck_bias(
      y: y, bias: bias, rows: rows, width: outputs, stride: stride, block_rows: blockRows)
    pool.run(blockCount(rows, blockRows), pool.table.pointee.add_bias, &arguments)
  }

  /// Adds the gradient of the bias, db += sum of the rows of dy, in order.
  ///
  /// - Parameters:
  ///   - dy: gradient of y, shape [rows, out], `stride` floats from row to row.
  ///   - gradient: added to, shape [out].
  ///   - rows: B * T.
  ///   - outputs: out.
  ///   - stride: floats from row to row of dy.
  ///   - pool: threads; they share columns, so that the bits are the same for any number.
  public static func gradient(
    _ dy: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, rows: Int,
    outputs: Int, stride: Int, pool: ThreadPool
  ) {
    var sum = ck_sum_parts(
      parts: dy, sum: gradient, count: rows, width: outputs, stride: stride,
      block_columns: blockColumns, accumulate: 1)
    pool.run(blockCount(outputs, blockColumns), pool.table.pointee.sum_parts, &sum)
  }
}
