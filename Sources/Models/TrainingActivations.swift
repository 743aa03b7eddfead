// Where the activations of a training batch lie in the arena. N = B * T tokens. Everything but attention
// works on each token by itself and is done in chunks of tokens, so that what is not kept for the
// backward pass needs room for one chunk only.

import Kernels

/// Activations of a block that belong to single tokens, for some tokens behind each other.
struct TokenActivations {
  /// Residual stream between attention and feed-forward, [n, D].
  private(set) var middle: UnsafeMutablePointer<Float>
  /// Gate and up of each token behind each other, [n, 2F]; of a chunk, shared, where they are kept rounded.
  private(set) var gateUp: UnsafeMutablePointer<Float>
  /// The same as bfloat16, for SwiGLU's backward pass; nil when products are float32.
  ///
  /// The results of products with operands of that format are no better than their own rounding to it.
  private(set) var keptGateUp: UnsafeMutablePointer<UInt16>?

  init(
    _ shape: LlamaShape, tokens: Int, precision: MatmulPrecision,
    shared: UnsafeMutablePointer<Float>, arena: Arena
  ) {
    let count = tokens * 2 * shape.feedForward
    middle = arena.take(tokens * shape.width)
    switch precision {
    case .float32: gateUp = arena.take(count)
    case .bfloat16:
      gateUp = shared
      keptGateUp = arena.take(bytes: count * 2).assumingMemoryBound(to: UInt16.self)
    }
  }

  /// The same from a later token on.
  func advanced(by tokens: Int, _ shape: LlamaShape) -> TokenActivations {
    var later = self
    later.middle += tokens * shape.width
    if let kept = keptGateUp {
      later.keptGateUp = kept + tokens * 2 * shape.feedForward
    } else {
      later.gateUp += tokens * 2 * shape.feedForward
    }
    return later
  }
}

/// What attention reads and writes, for all tokens.
struct AttentionActivations {
  /// Query, key and value heads of each token behind each other, turned, [N, (H + 2K) E].
  let packed: UnsafeMutablePointer<Float>
  /// Attention's result before the output projection, [N, H * E].
  let attended: UnsafeMutablePointer<Float>
  /// Logarithm of the sum of exponentials of the scores, [B, H, T].
  let logSumExp: UnsafeMutablePointer<Float>
}

/// What the backward pass of one block needs, beside the parameters.
struct LayerActivations {
  /// Residual stream at the block's input, [N, D].
  let input: UnsafeMutablePointer<Float>
  /// Residual stream at the block's output, [N, D]; the input of the next one.
  let output: UnsafeMutablePointer<Float>
  let attention: AttentionActivations
  /// Of all tokens when they are kept, else of a chunk, shared by all chunks and layers.
  private let tokens: TokenActivations
  private let keepsTokens: Bool

  init(
    input: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>,
    attention: AttentionActivations, tokens: TokenActivations, keepsTokens: Bool
  ) {
    self.input = input
    self.output = output
    self.attention = attention
    self.tokens = tokens
    self.keepsTokens = keepsTokens
  }

  /// The activations of the chunk that begins at a token.
  func chunk(at start: Int, _ shape: LlamaShape) -> TokenActivations {
    keepsTokens ? tokens.advanced(by: start, shape) : tokens
  }
}

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
  /// SwiGLU's backward pass computes it again: it reads gate and up anyway.
  let hidden: UnsafeMutablePointer<Float>
  /// Logits of some tokens and then their gradients, [rows, V].
  let logits: UnsafeMutablePointer<Float>
  /// Matrices of the layer at work, for all chunks.
  let packedWeights: PackedWeights
  /// An output's gradient, of a chunk or of logits, turned for the product of its matrix's gradient.
  let turnedGradients: UnsafeMutableRawBufferPointer

  init(
    _ shape: LlamaShape, tokens: Int, logitRows: Int, recomputation: Recomputation,
    precision: MatmulPrecision, pool: ThreadPool, arena: Arena
  ) {
    let chunk = min(tokens, Self.chunkTokens)
    let chunkGateUp = arena.take(chunk * 2 * shape.feedForward)
    func tokenActivations(_ tokens: Int) -> TokenActivations {
      TokenActivations(
        shape, tokens: tokens, precision: precision, shared: chunkGateUp, arena: arena)
    }
    let streams = (0...shape.layers).map { _ in arena.take(tokens * shape.width) }
    func attended() -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
      (arena.take(tokens * shape.queryWidth), arena.take(tokens * shape.heads))
    }
    func packed() -> UnsafeMutablePointer<Float> { arena.take(tokens * shape.packedWidth) }
    let sharedPacked = recomputation == .none ? nil : packed()
    let sharedAttended = recomputation == .full ? attended() : nil
    let sharedTokens = recomputation == .none ? nil : tokenActivations(chunk)
    layers = (0..<shape.layers).map { index in
      let (result, logSumExp) = sharedAttended ?? attended()
      return LayerActivations(
        input: streams[index], output: streams[index + 1],
        attention: AttentionActivations(
          packed: sharedPacked ?? packed(), attended: result, logSumExp: logSumExp),
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
    let turnedBytes = [(chunk, shape.widestOutput), (logitRows, shape.vocabulary)].map {
      Matmul.turnedBytes(rows: $0.0, columns: $0.1, precision: precision, pool: pool)
    }
    let most = max(turnedBytes[0], turnedBytes[1])
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
