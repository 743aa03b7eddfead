import CKernels

/// Rows of the embedding table by token.
public enum Embedding {
  /// Copies the row of each token.
  ///
  /// - Parameters:
  ///   - tokens: shape [rows], each in 0..<V.
  ///   - table: shape [V, D].
  ///   - x: output, shape [rows, D].
  ///   - rows: B * T.
  ///   - vocabulary: V, checked against the tokens.
  ///   - width: D.
  ///   - pool: threads.
  public static func forward(
    tokens: UnsafePointer<Int32>, table: UnsafePointer<Float>, x: UnsafeMutablePointer<Float>,
    rows: Int, vocabulary: Int, width: Int, pool: ThreadPool
  ) {
    check(tokens, rows, vocabulary)
    let blockRows = 128
    var arguments = ck_embedding(
      tokens: tokens, table: table, rows_out: x, gradient: x, rows: rows, width: width,
      vocabulary: vocabulary, block_rows: blockRows, block_columns: 0)
    pool.run(blockCount(rows, blockRows), pool.table.pointee.gather, &arguments)
  }

  /// Adds the gradient of each token's row to the table's gradient, tokens in order.
  ///
  /// Threads share columns, not tokens: the same bits for any number of threads.
  ///
  /// - Parameters:
  ///   - tokens: shape [rows].
  ///   - dx: gradient of the output of `forward`, shape [rows, D].
  ///   - gradient: added to, shape [V, D].
  ///   - rows: B * T.
  ///   - vocabulary: V, checked against the tokens.
  ///   - width: D.
  ///   - pool: threads.
  public static func backward(
    tokens: UnsafePointer<Int32>, dx: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    rows: Int, vocabulary: Int, width: Int, pool: ThreadPool
  ) {
    check(tokens, rows, vocabulary)
    let blockColumns = 64
    // The loop only reads rows_out; gather writes it, hence the mutable type.
    var arguments = ck_embedding(
      tokens: tokens, table: dx, rows_out: UnsafeMutablePointer(mutating: dx), gradient: gradient,
      rows: rows, width: width, vocabulary: vocabulary, block_rows: 0, block_columns: blockColumns)
    pool.run(blockCount(width, blockColumns), pool.table.pointee.scatter, &arguments)
  }

  private static func check(_ tokens: UnsafePointer<Int32>, _ rows: Int, _ vocabulary: Int) {
    for row in 0..<rows {
      let token = Int(tokens[row])
      precondition(
        token >= 0 && token < vocabulary, "token \(token) in a vocabulary of \(vocabulary)")
    }
  }
}
