// Where the activations of a training batch lie in the arena. N = B * T tokens. Everything but attention
// works on each token by itself and is done in chunks of tokens, so that what is not kept for the
// backward pass needs room for one chunk only.

import Kernels

/// Activations of a whole training batch, with the gradients that flow back through one block.
struct TrainingActivations {
  /// Tokens that everything but attention takes at a time.
  ///
  /// Alike for every `Recomputation`, since the chunks decide the order of the sums of weight
  /// gradients. At 512 what one operation writes the next still finds in the cache; the matrices are
  /// packed once for all chunks, see `PackedWeights`.
  static let chunkTokens = 512

  let layers: [LayerActivations]
  /// Rotary tables, [N, E/2].
  let cosine: UnsafeMutablePointer<Float>
  let sine: UnsafeMutablePointer<Float>
  /// Gradient of the residual stream, [N, D].
  let residualGradient: UnsafeMutablePointer<Float>
  /// Gradient of query, key and value, [N, (H + 2K) E].
  let packedGradient: UnsafeMutablePointer<Float>
  /// Gradient of `attended`, [N, H * E].
  let attendedGradient: UnsafeMutablePointer<Float>
  /// A norm's result, of a chunk of tokens or of logits, [n, D].
  ///
  /// The backward pass computes it again: it reads the norm's input anyway.
  let normed: UnsafeMutablePointer<Float>
  /// Gradient of `normed`, [n, D].
  let normGradient: UnsafeMutablePointer<Float>
  /// Gradient of gate and up, of a chunk, [n, 2F]; before, themselves where they are kept rounded.
  let gateUpGradient: UnsafeMutablePointer<Float>
  /// SwiGLU's result, of a chunk, [n, F]; in the backward pass its gradient and then the result again.
  ///
  /// SwiGLU's backward pass computes it again: it reads gate and up anyway, rounded where they are kept so.
  let hidden: UnsafeMutablePointer<Float>
  /// Logits of some tokens and then their gradients, [rows, V].
  let logits: UnsafeMutablePointer<Float>
  /// Matrices of the layer at work, for all chunks.
  let packedWeights: PackedWeights
  /// An output's gradient, of a chunk or of logits, turned for the product of its matrix's gradient.
  let turnedGradients: UnsafeMutableRawBufferPointer

  init(
    _ shape: LlamaShape, tokens: Int, logitRows: Int, recomputation: Recomputation,
    adapters: AdapterPlan?, precision: MatmulPrecision, pool: ThreadPool, arena: Arena
  ) {
    let keepsRounded = precision.isRounded(on: pool)
    let chunk = min(tokens, Self.chunkTokens)
    let chunkGateUp = arena.take(chunk * 2 * shape.feedForward)
    func tokenActivations(_ tokens: Int) -> TokenActivations {
      TokenActivations(
        shape, tokens: tokens, chunkGateUp: keepsRounded ? chunkGateUp : nil, arena: arena)
    }
    let streams = (0...shape.layers).map { _ in arena.take(tokens * shape.width) }
    func packed() -> UnsafeMutablePointer<Float> { arena.take(tokens * shape.packedWidth) }
    func attended() -> UnsafeMutablePointer<Float> { arena.take(tokens * shape.queryWidth) }
    func logSumExp() -> UnsafeMutablePointer<Float> { arena.take(tokens * shape.heads) }
    func rounded(_ width: Int) -> UnsafeMutablePointer<UInt16> {
      arena.take(bytes: tokens * width * 2).assumingMemoryBound(to: UInt16.self)
    }
    // Heads with norms are kept as they are before: the norms' gradients read them, and to normalise and turn
    // them once more costs little.
    let sharesHeads = recomputation != .none || keepsRounded
    let sharedPacked = sharesHeads || shape.qkNorm ? packed() : nil
    let sharedHeads = sharesHeads ? (shape.qkNorm ? packed() : sharedPacked) : nil
    let sharedAttended = recomputation == .full || keepsRounded ? attended() : nil
    let sharedLogSumExp = recomputation == .full ? logSumExp() : nil
    let sharedTokens = recomputation == .none ? nil : tokenActivations(chunk)
    layers = (0..<shape.layers).map { index in
      // The backward pass begins with the last layer, whose floats still lie there.
      let keepsAttention = keepsRounded && index + 1 < shape.layers
      let heads = sharedHeads ?? packed()
      return LayerActivations(
        input: streams[index], output: streams[index + 1],
        attention: AttentionActivations(
          heads: heads, packed: sharedPacked ?? heads, attended: sharedAttended ?? attended(),
          logSumExp: sharedLogSumExp ?? logSumExp(),
          keptHeads: recomputation == .none && keepsAttention ? rounded(shape.packedWidth) : nil,
          keptAttended: recomputation != .full && keepsAttention
            ? rounded(shape.queryWidth) : nil),
        tokens: sharedTokens ?? tokenActivations(tokens),
        keepsTokens: recomputation == .none)
    }
    cosine = arena.take(tokens * shape.headWidth / 2)
    sine = arena.take(tokens * shape.headWidth / 2)
    residualGradient = arena.take(tokens * shape.width)
    packedGradient = arena.take(tokens * shape.packedWidth)
    attendedGradient = arena.take(tokens * shape.queryWidth)
    let normRows = max(chunk, logitRows)
    normed = arena.take(normRows * shape.width)
    normGradient = arena.take(normRows * shape.width)
    gateUpGradient = chunkGateUp
    hidden = arena.take(chunk * shape.feedForward)
    logits = arena.take(logitRows * shape.vocabulary)
    let packedBytes = shape.packedLayerBytes(tokens: tokens, precision: precision, pool: pool)
    packedWeights = PackedWeights(memory: arena.take(bytes: packedBytes), capacity: packedBytes)
    func turnedBytes(_ isTrained: Bool, _ rows: Int, _ outputs: Int) -> Int {
      guard isTrained else { return 0 }
      return Matmul.turnedBytes(rows: rows, columns: outputs, precision: precision, pool: pool)
    }
    let most = max(
      turnedBytes(adapters == nil, chunk, shape.widestOutput),
      turnedBytes(adapters.map { $0.embeddings && shape.tied } ?? true, logitRows, shape.vocabulary)
    )
    turnedGradients = UnsafeMutableRawBufferPointer(start: arena.take(bytes: most), count: most)
  }
}

extension LlamaShape {
  /// Most outputs of matrices of a block side by side.
  fileprivate var widestOutput: Int { max(packedWidth, 2 * feedForward, width) }

  /// Bytes that the matrices of a layer take when they are packed for all chunks of a training pass.
  fileprivate func packedLayerBytes(tokens: Int, precision: MatmulPrecision, pool: ThreadPool)
    -> Int
  {
    guard tokens > TrainingActivations.chunkTokens else { return 0 }
    let matrices = [
      (packedWidth, width), (width, queryWidth), (2 * feedForward, width), (width, feedForward),
    ]
    return matrices.reduce(0) { sum, matrix in
      sum
        + PackedWeights.bytes(
          outputs: matrix.0, inputs: matrix.1, precision: precision, pool: pool)
    }
  }
}
