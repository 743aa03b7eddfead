import CKernels

/// Rotary position embedding (arXiv:2104.09864) with pairs (i, i + E/2), as Llama weights have them.
public enum Rotary {
  /// Turns every head of every token in place by the angles of the token.
  ///
  /// - Parameters:
  ///   - x: shape [tokens, heads, E], heads dense, `stride` floats from token to token.
  ///   - cosine: table, shape [tokens, E/2], one row for each token of `x` (times the attention
  ///     factor, if any).
  ///   - sine: table, shape [tokens, E/2].
  ///   - tokens: B * T.
  ///   - heads: H or K.
  ///   - headWidth: E, even.
  ///   - stride: floats from one token to the next; at least heads * E.
  ///   - inverse: turn back (negative sine). This is also the gradient of the forward turn.
  ///   - pool: threads.
  public static func apply(
    _ x: UnsafeMutablePointer<Float>, cosine: UnsafePointer<Float>, sine: UnsafePointer<Float>,
    tokens: Int, heads: Int, headWidth: Int, stride: Int, inverse: Bool, pool: ThreadPool
  ) {
    precondition(headWidth % 2 == 0, "head width \(headWidth) is odd")
    let blockRows = 128
    var arguments = ck_rotary(
      x: x, cosine: cosine, sine: sine, tokens: tokens, heads: heads, half: headWidth / 2,
      stride: stride, block_rows: blockRows, sign: inverse ? -1 : 1)
    pool.run(blockCount(tokens, blockRows), pool.table.pointee.rotary, &arguments)
  }
}
