// Where the activations of a batch lie in the arena. N = B * T tokens.

/// What the backward pass of one block needs, beside the parameters.
struct LayerActivations {
  /// Residual stream at the block's input, [N, D].
  let input: UnsafeMutablePointer<Float>
  /// Normalised input of the attention, [N, D].
  let attentionInput: UnsafeMutablePointer<Float>
  /// 1 / root mean square, [N].
  let attentionScale: UnsafeMutablePointer<Float>
  /// Query, key and value heads of each token behind each other, turned, [N, (H + 2K) E].
  let packed: UnsafeMutablePointer<Float>
  /// Attention's result before the output projection, [N, H * E].
  let attended: UnsafeMutablePointer<Float>
  /// Logarithm of the sum of exponentials of the scores, [B, H, T].
  let logSumExp: UnsafeMutablePointer<Float>
  /// Residual stream between attention and feed-forward, [N, D].
  let middle: UnsafeMutablePointer<Float>
  /// Normalised input of the feed-forward part, [N, D].
  let feedForwardInput: UnsafeMutablePointer<Float>
  /// 1 / root mean square, [N].
  let feedForwardScale: UnsafeMutablePointer<Float>
  /// Gate and up of each token behind each other, [N, 2F].
  let gateUp: UnsafeMutablePointer<Float>
  /// SwiGLU's result, [N, F].
  let hidden: UnsafeMutablePointer<Float>

  static func floats(_ shape: LlamaShape, tokens: Int) -> Int {
    let wide = 4 * shape.width + shape.queryWidth + shape.packedWidth + 3 * shape.feedForward
    return tokens * (wide + 2 + shape.heads) + 11 * 16
  }

  init(_ shape: LlamaShape, tokens: Int, arena: Arena) {
    input = arena.take(tokens * shape.width)
    attentionInput = arena.take(tokens * shape.width)
    attentionScale = arena.take(tokens)
    packed = arena.take(tokens * shape.packedWidth)
    attended = arena.take(tokens * shape.queryWidth)
    logSumExp = arena.take(tokens * shape.heads)
    middle = arena.take(tokens * shape.width)
    feedForwardInput = arena.take(tokens * shape.width)
    feedForwardScale = arena.take(tokens)
    gateUp = arena.take(tokens * 2 * shape.feedForward)
    hidden = arena.take(tokens * shape.feedForward)
  }
}

/// Activations of a whole training batch, with the gradients that flow back through one block.
struct TrainingActivations {
  let layers: [LayerActivations]
  /// Residual stream after the last block, [N, D].
  let last: UnsafeMutablePointer<Float>
  /// Final norm's result, [N, D], and its scale, [N].
  let final: UnsafeMutablePointer<Float>
  let finalScale: UnsafeMutablePointer<Float>
  /// Rotary tables, [N, E/2].
  let cosine: UnsafeMutablePointer<Float>
  let sine: UnsafeMutablePointer<Float>
  /// Gradient of the residual stream, [N, D].
  let residualGradient: UnsafeMutablePointer<Float>
  /// Gradient of a norm's result, [N, D].
  let normGradient: UnsafeMutablePointer<Float>
  /// Gradient of query, key and value, [N, (H + 2K) E].
  let packedGradient: UnsafeMutablePointer<Float>
  /// Gradient of `attended`, [N, H * E].
  let attendedGradient: UnsafeMutablePointer<Float>
  /// Gradient of gate and up, [N, 2F].
  let gateUpGradient: UnsafeMutablePointer<Float>
  /// Gradient of `hidden`, [N, F].
  let hiddenGradient: UnsafeMutablePointer<Float>
  /// Logits of a chunk of rows and then their gradients, [chunk, V].
  let logits: UnsafeMutablePointer<Float>

  static func floats(_ shape: LlamaShape, tokens: Int, chunkRows: Int) -> Int {
    let flowing =
      4 * shape.width + shape.packedWidth + shape.queryWidth + 3 * shape.feedForward
      + shape.headWidth + 1
    let fixed = chunkRows * shape.vocabulary + 16 * 12
    return shape.layers * LayerActivations.floats(shape, tokens: tokens) + tokens * flowing + fixed
  }

  init(_ shape: LlamaShape, tokens: Int, chunkRows: Int, arena: Arena) {
    arena.reset(floats: Self.floats(shape, tokens: tokens, chunkRows: chunkRows))
    layers = (0..<shape.layers).map { _ in LayerActivations(shape, tokens: tokens, arena: arena) }
    last = arena.take(tokens * shape.width)
    final = arena.take(tokens * shape.width)
    finalScale = arena.take(tokens)
    cosine = arena.take(tokens * shape.headWidth / 2)
    sine = arena.take(tokens * shape.headWidth / 2)
    residualGradient = arena.take(tokens * shape.width)
    normGradient = arena.take(tokens * shape.width)
    packedGradient = arena.take(tokens * shape.packedWidth)
    attendedGradient = arena.take(tokens * shape.queryWidth)
    gateUpGradient = arena.take(tokens * 2 * shape.feedForward)
    hiddenGradient = arena.take(tokens * shape.feedForward)
    logits = arena.take(chunkRows * shape.vocabulary)
  }
}

/// Activations of a forward pass alone: one block's, and the feed-forward part in chunks of tokens.
struct InferenceActivations {
  /// Tokens that the feed-forward part takes at a time.
  static let chunkTokens = 1_024

  /// Residual stream, [N, D].
  let stream: UnsafeMutablePointer<Float>
  /// Query, key and value heads, [N, (H + 2K) E].
  let packed: UnsafeMutablePointer<Float>
  let attended: UnsafeMutablePointer<Float>
  let logSumExp: UnsafeMutablePointer<Float>
  let cosine: UnsafeMutablePointer<Float>
  let sine: UnsafeMutablePointer<Float>
  /// A norm's result for a chunk, [chunk, D], and its scale.
  let normed: UnsafeMutablePointer<Float>
  let scale: UnsafeMutablePointer<Float>
  let gateUp: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>
  /// Chosen rows of the stream, their final norm and logits.
  let chosen: UnsafeMutablePointer<Float>
  let chosenNormed: UnsafeMutablePointer<Float>
  let logits: UnsafeMutablePointer<Float>

  static func floats(_ shape: LlamaShape, tokens: Int, chunkRows: Int) -> Int {
    let whole =
      shape.width + shape.packedWidth + shape.queryWidth + shape.heads + shape.headWidth
    let part = shape.width + 1 + 3 * shape.feedForward
    let rows = chunkRows * (2 * shape.width + shape.vocabulary)
    return tokens * whole + min(tokens, chunkTokens) * part + rows + chunkRows + 16 * 14
  }

  init(_ shape: LlamaShape, tokens: Int, chunkRows: Int, arena: Arena) {
    let chunk = min(tokens, Self.chunkTokens)
    arena.reset(floats: Self.floats(shape, tokens: tokens, chunkRows: chunkRows))
    stream = arena.take(tokens * shape.width)
    packed = arena.take(tokens * shape.packedWidth)
    attended = arena.take(tokens * shape.queryWidth)
    logSumExp = arena.take(tokens * shape.heads)
    cosine = arena.take(tokens * shape.headWidth / 2)
    sine = arena.take(tokens * shape.headWidth / 2)
    normed = arena.take(chunk * shape.width)
    scale = arena.take(max(chunk, chunkRows))
    gateUp = arena.take(chunk * 2 * shape.feedForward)
    hidden = arena.take(chunk * shape.feedForward)
    chosen = arena.take(chunkRows * shape.width)
    chosenNormed = arena.take(chunkRows * shape.width)
    logits = arena.take(chunkRows * shape.vocabulary)
  }
}

extension LlamaShape {
  /// Bytes of activations and flowing gradients that a training step of so many tokens holds.
  ///
  /// - Parameter tokens: B * T of the largest micro-batch.
  /// - Returns: bytes of the arena.
  public func trainingActivationBytes(tokens: Int) -> Int {
    TrainingActivations.floats(self, tokens: tokens, chunkRows: logitChunkRows)
      * MemoryLayout<Float>.stride
  }

  /// Bytes of activations that a forward pass alone holds at most.
  ///
  /// - Parameter tokens: B * T of the largest pass.
  /// - Returns: bytes.
  public func inferenceActivationBytes(tokens: Int) -> Int {
    InferenceActivations.floats(self, tokens: tokens, chunkRows: logitChunkRows)
      * MemoryLayout<Float>.stride
  }

  /// Floats of query, key and value heads of a token, (H + 2K) E.
  var packedWidth: Int { queryWidth + 2 * keyWidth }

  /// Rows of logits that are held at a time: about 64 MiB, but 256 to 1,024 rows.
  ///
  /// Each chunk reads the output matrix and its gradient once, so few rows cost much memory traffic.
  public var logitChunkRows: Int { max(256, min(1_024, (1 << 24) / max(vocabulary, 1))) }
}
