import CKernels

/// Exact causal attention of packed documents, by blocks, never T x T (arXiv:2307.08691).
///
/// Token t of a row sees tokens documentStarts[t]...t of the row. Query head h uses key-value head
/// h * K / H. Work grows with the sum of the squares of the document lengths, memory with T. Sums
/// are made in an order that does not depend on which thread does what.
public enum CausalAttention {
  /// Head widths E that the loops take, in multiples of 8.
  public static let headWidths = 16...256

  /// Sizes of a batch and where its tokens lie.
  ///
  /// Strides are floats from one token to the next, so that queries, keys and values may stand in one
  /// packed row. Heads lie dense inside a token.
  public struct Shape: Sendable, Equatable {
    /// B, rows of the batch.
    public var rows: Int
    /// T, tokens of a row.
    public var length: Int
    /// H, query heads.
    public var heads: Int
    /// K, key-value heads; divides H.
    public var kvHeads: Int
    /// E, width of a head: a multiple of 8 in `headWidths`; fastest at 32, 64 and 128.
    public var headWidth: Int
    /// Floats from one token to the next of q and of dq.
    public var queryStride: Int
    /// Floats from one token to the next of k, v, dk and dv.
    public var keyValueStride: Int
    /// Factor on the scores, above 0; usually 1 / sqrt(E).
    public var scale: Float

    /// A shape; strides default to dense tokens.
    ///
    /// - Parameters:
    ///   - rows: B.
    ///   - length: T.
    ///   - heads: H.
    ///   - kvHeads: K, divides H.
    ///   - headWidth: E, a multiple of 8 in 16...256.
    ///   - queryStride: floats between tokens of q and dq; H * E when nil.
    ///   - keyValueStride: floats between tokens of k, v, dk, dv; K * E when nil.
    ///   - scale: factor on the scores; 1 / sqrt(E) when nil.
    public init(
      rows: Int, length: Int, heads: Int, kvHeads: Int, headWidth: Int, queryStride: Int? = nil,
      keyValueStride: Int? = nil, scale: Float? = nil
    ) {
      self.rows = rows
      self.length = length
      self.heads = heads
      self.kvHeads = kvHeads
      self.headWidth = headWidth
      self.queryStride = queryStride ?? heads * headWidth
      self.keyValueStride = keyValueStride ?? kvHeads * headWidth
      self.scale = scale ?? 1 / Float(headWidth).squareRoot()
    }
  }

  /// Attends, and keeps what the backward pass needs.
  ///
  /// - Parameters:
  ///   - shape: sizes and strides.
  ///   - q: queries, shape [B, T, H, E] with `queryStride`, already turned by `Rotary`.
  ///   - k: keys, shape [B, T, K, E] with `keyValueStride`, already turned by `Rotary`.
  ///   - v: values, shape [B, T, K, E] with `keyValueStride`.
  ///   - documentStarts: shape [B, T]: index inside the row of the first token of the token's
  ///     document, not above the token's own index.
  ///   - o: output, shape [B, T, H, E], dense; rounded where operands are.
  ///   - logSumExp: output, natural logarithm of each query's softmax sum, shape [B, H, T].
  ///   - precision: number format of the products' operands; sums and softmax are float32.
  ///   - pool: threads.
  public static func forward(
    _ shape: Shape, q: UnsafePointer<Float>, k: UnsafePointer<Float>, v: UnsafePointer<Float>,
    documentStarts: UnsafePointer<Int32>, o: UnsafeMutablePointer<Float>,
    logSumExp: UnsafeMutablePointer<Float>, precision: MatmulPrecision = .float32, pool: ThreadPool
  ) {
    check(shape, documentStarts)
    let loops = AttentionLoops(shape, precision, pool)
    pool.workspace.withBytes(planBytes(shape) + loops.forwardBytes) { memory in
      var arguments = plan(shape, memory, q, k, v, documentStarts, o, logSumExp)
      loops.packForward(&arguments, into: memory + planBytes(shape), pool)
      pool.run(arguments.block_count * shape.heads, loops.forward, &arguments)
    }
  }

  /// The gradients of `forward`; writes them, adds to nothing.
  ///
  /// Key and value gradients are summed by groups of query blocks and the groups added in order. The
  /// number of groups depends on the number of threads above 8 only: up to 8 threads the bits are the
  /// same, and always for a given number.
  ///
  /// - Parameters:
  ///   - shape: sizes and strides, those of `forward`.
  ///   - dO: gradient of the output, shape [B, T, H, E], dense.
  ///   - q: as in `forward`.
  ///   - k: as in `forward`.
  ///   - v: as in `forward`.
  ///   - o: output of `forward`.
  ///   - logSumExp: output of `forward`.
  ///   - documentStarts: as in `forward`.
  ///   - dq: output, shape [B, T, H, E] with `queryStride`; may not be `q`.
  ///   - dk: output, shape [B, T, K, E] with `keyValueStride`.
  ///   - dv: output, shape [B, T, K, E] with `keyValueStride`.
  ///   - precision: number format of the products' operands, that of `forward`.
  ///   - pool: threads.
  public static func backward(
    _ shape: Shape, dO: UnsafePointer<Float>, q: UnsafePointer<Float>, k: UnsafePointer<Float>,
    v: UnsafePointer<Float>, o: UnsafePointer<Float>, logSumExp: UnsafePointer<Float>,
    documentStarts: UnsafePointer<Int32>, dq: UnsafeMutablePointer<Float>,
    dk: UnsafeMutablePointer<Float>, dv: UnsafeMutablePointer<Float>,
    precision: MatmulPrecision = .float32, pool: ThreadPool
  ) {
    check(shape, documentStarts)
    let groups = groups(shape, threads: pool.threads)
    let loops = AttentionLoops(shape, precision, pool)
    let start = planBytes(shape) + partBytes(shape, groups)
    pool.workspace.withBytes(start + loops.backwardBytes) { memory in
      // The loops of the backward pass only read these two; the forward pass writes them.
      var arguments = plan(
        shape, memory, q, k, v, documentStarts, UnsafeMutablePointer(mutating: o),
        UnsafeMutablePointer(mutating: logSumExp))
      arguments.d_o = dO
      arguments.dq = dq
      arguments.dk = dk
      arguments.dv = dv
      arguments.groups = groups
      arguments.parts = (memory + planBytes(shape)).assumingMemoryBound(to: Float.self)
      loops.packBackward(&arguments, into: memory + start, pool)
      let owners = shape.rows * shape.kvHeads
      pool.run(owners * groups, loops.backward, &arguments)
      if groups > 1 {
        let chunks = blockCount(shape.length, CK_MERGE_TOKENS)
        pool.run(owners * chunks, pool.table.pointee.attention_merge, &arguments)
      }
    }
  }

  /// Bytes of the pool's workspace that `forward` and `backward` use at most, for plans of memory.
  ///
  /// - Parameters:
  ///   - shape: sizes.
  ///   - precision: number format of the products' operands.
  ///   - backward: false when only `forward` is used.
  ///   - pool: threads and loops.
  /// - Returns: bytes; the workspace is shared by all operations, so layers do not add up.
  public static func workspaceBytes(
    _ shape: Shape, precision: MatmulPrecision = .float32, backward: Bool = true, pool: ThreadPool
  ) -> Int {
    let loops = AttentionLoops(shape, precision, pool)
    guard backward else { return planBytes(shape) + loops.forwardBytes }
    return planBytes(shape) + partBytes(shape, groups(shape, threads: pool.threads))
      + loops.backwardBytes
  }

  /// Key and value gradients of the groups after the first.
  private static func partBytes(_ shape: Shape, _ groups: Int) -> Int {
    let bytes = (groups - 1) * shape.rows * shape.kvHeads * 2 * shape.length * shape.headWidth * 4
    return (bytes + 63) / 64 * 64
  }

  /// Enough tasks for the threads, with a floor so that few threads share evenly.
  private static func groups(_ shape: Shape, threads: Int) -> Int {
    let owners = max(1, shape.rows * shape.kvHeads)
    let blocks = max(1, blockCount(shape.length, CK_QUERY_BLOCK))
    return min(blocks, blockCount(max(8, threads), owners))
  }

  private static func planBytes(_ shape: Shape) -> Int {
    let blocks = ck_plan_capacity(shape.rows, shape.length) * MemoryLayout<ck_query_block>.stride
    return (blocks + (shape.rows + 1) * 4 + 63) / 64 * 64
  }

  private static func plan(
    _ shape: Shape, _ memory: UnsafeMutableRawPointer, _ q: UnsafePointer<Float>,
    _ k: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ starts: UnsafePointer<Int32>,
    _ o: UnsafeMutablePointer<Float>, _ logSumExp: UnsafeMutablePointer<Float>
  ) -> ck_attention {
    let capacity = ck_plan_capacity(shape.rows, shape.length)
    let blocks = memory.assumingMemoryBound(to: ck_query_block.self)
    let rowBlocks = (memory + capacity * MemoryLayout<ck_query_block>.stride)
      .assumingMemoryBound(to: Int32.self)
    let count = ck_plan_queries(starts, shape.rows, shape.length, blocks, rowBlocks)
    let dense = shape.heads * shape.headWidth
    return ck_attention(
      q: q, k: k, v: v, starts: starts, o: o, log_sum_exp: logSumExp, d_o: nil, dq: nil, dk: nil,
      dv: nil, parts: nil, blocks: blocks, row_blocks: rowBlocks, rows: shape.rows,
      length: shape.length, heads: shape.heads, kv_heads: shape.kvHeads, width: shape.headWidth,
      block_count: count, groups: 1, q_stride: shape.queryStride, k_stride: shape.keyValueStride,
      v_stride: shape.keyValueStride, o_stride: dense, do_stride: dense,
      dq_stride: shape.queryStride, dk_stride: shape.keyValueStride,
      dv_stride: shape.keyValueStride, scale: shape.scale, packed_k: nil, packed_v: nil,
      turned_k: nil, turned_v: nil)
  }

  private static func check(_ shape: Shape, _ starts: UnsafePointer<Int32>) {
    precondition(
      shape.headWidth % 8 == 0 && headWidths.contains(shape.headWidth),
      "head width \(shape.headWidth) is not a multiple of 8 in \(headWidths)")
    precondition(shape.scale > 0, "scale \(shape.scale)")
    precondition(
      shape.kvHeads > 0 && shape.heads % shape.kvHeads == 0,
      "\(shape.heads) query heads do not share \(shape.kvHeads) key-value heads")
    precondition(
      shape.queryStride >= shape.heads * shape.headWidth
        && shape.keyValueStride >= shape.kvHeads * shape.headWidth,
      "strides \(shape.queryStride), \(shape.keyValueStride) are shorter than a token")
    for row in 0..<shape.rows {
      for token in 0..<shape.length {
        let start = Int(starts[row * shape.length + token])
        precondition(
          start >= 0 && start <= token, "document of token \(token) starts at \(start)")
      }
    }
  }
}
