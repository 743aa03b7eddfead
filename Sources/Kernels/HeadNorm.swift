import CKernels

/// Root mean square norms of the query and of the key heads, each E wide (arXiv:2505.09388, section 2).
///
/// All query heads share a weight [E], and so do all key heads. Heads of a token lie dense behind each
/// other: H of queries, K of keys, and those of values, which have no norm.
public enum HeadNorm {
  private static let blockTokens = 16

  /// Sizes and weights of a layer's norms.
  public struct Shape {
    /// B * T.
    public var tokens: Int
    /// H, query heads.
    public var heads: Int
    /// K, key heads.
    public var kvHeads: Int
    /// E, width of a head, at most `CausalAttention.headWidths.upperBound`.
    public var headWidth: Int
    /// Floats from one token to the next, value heads included.
    public var stride: Int
    /// Added to the mean of squares.
    public var epsilon: Float
    /// True when query and key heads are rounded to bfloat16 on the way in.
    public var rounds: Bool

    /// A shape of these sizes.
    public init(
      tokens: Int, heads: Int, kvHeads: Int, headWidth: Int, stride: Int, epsilon: Float,
      rounds: Bool = false
    ) {
      self.tokens = tokens
      self.heads = heads
      self.kvHeads = kvHeads
      self.headWidth = headWidth
      self.stride = stride
      self.epsilon = epsilon
      self.rounds = rounds
    }
  }

  /// Normalises query and key heads, and copies the value heads.
  ///
  /// - Parameters:
  ///   - shape: sizes.
  ///   - x: heads, shape [tokens, H + 2K, E], `stride`.
  ///   - queryWeight: shape [E].
  ///   - keyWeight: shape [E].
  ///   - y: output, as `x`, and may be `x`.
  ///   - pool: threads.
  public static func forward(
    _ shape: Shape, x: UnsafePointer<Float>, queryWeight: UnsafePointer<Float>,
    keyWeight: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, pool: ThreadPool
  ) {
    var arguments = arguments(shape, x, y, queryWeight, keyWeight)
    pool.run(
      blockCount(shape.tokens, blockTokens), pool.table.pointee.head_norm_forward, &arguments)
  }

  /// The gradients of `forward`.
  ///
  /// Partial sums of the weights' gradients over 16 tokens each are added in order: the same bits for any
  /// number of threads.
  ///
  /// - Parameters:
  ///   - shape: that of `forward`.
  ///   - gradient: gradient of the output, which becomes that of the input, as `x`.
  ///   - x: input of `forward`.
  ///   - queryWeight: shape [E].
  ///   - keyWeight: shape [E].
  ///   - queryGradient: of the weight, added to, shape [E]; nil when not wanted.
  ///   - keyGradient: of the weight, added to, shape [E]; nil when not wanted.
  ///   - pool: threads.
  public static func backward(
    _ shape: Shape, gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>,
    queryWeight: UnsafePointer<Float>, keyWeight: UnsafePointer<Float>,
    queryGradient: UnsafeMutablePointer<Float>?, keyGradient: UnsafeMutablePointer<Float>?,
    pool: ThreadPool
  ) {
    let width = shape.headWidth
    let blocks = blockCount(shape.tokens, blockTokens)
    pool.workspace.withBytes(blocks * 2 * width * 4) { memory in
      let partial = memory.assumingMemoryBound(to: Float.self)
      var arguments = arguments(shape, x, gradient, queryWeight, keyWeight)
      arguments.partial = partial
      pool.run(blocks, pool.table.pointee.head_norm_backward, &arguments)
      for (parts, sum) in [(partial, queryGradient), (partial + width, keyGradient)] {
        guard let sum else { continue }
        var sums = ck_sum_parts(
          parts: parts, sum: sum, count: blocks, width: width, stride: 2 * width,
          block_columns: width, accumulate: 1)
        pool.run(1, pool.table.pointee.sum_parts, &sums)
      }
    }
  }

  private static func arguments(
    _ shape: Shape, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ queryWeight: UnsafePointer<Float>, _ keyWeight: UnsafePointer<Float>
  ) -> ck_head_norm {
    precondition(
      (1...Int(CK_MAX_HEAD_WIDTH)).contains(shape.headWidth), "head width \(shape.headWidth)")
    precondition(
      shape.stride >= (shape.heads + shape.kvHeads) * shape.headWidth,
      "stride \(shape.stride) is shorter than a token")
    return ck_head_norm(
      x: x, y: y, query_weight: queryWeight, key_weight: keyWeight, partial: nil,
      tokens: shape.tokens, heads: shape.heads, kv_heads: shape.kvHeads, width: shape.headWidth,
      stride: shape.stride, block_tokens: blockTokens, epsilon: shape.epsilon,
      rounds: shape.rounds ? 1 : 0)
  }
}
