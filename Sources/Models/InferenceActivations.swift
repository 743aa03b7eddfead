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
  /// A norm's result for a chunk, [chunk, D].
  let normed: UnsafeMutablePointer<Float>
  let gateUp: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>
  /// Chosen rows of the stream, their final norm and logits.
  let chosen: UnsafeMutablePointer<Float>
  let chosenNormed: UnsafeMutablePointer<Float>
  let logits: UnsafeMutablePointer<Float>

  init(_ shape: LlamaShape, tokens: Int, logitRows: Int, arena: Arena) {
    let chunk = min(tokens, Self.chunkTokens)
    stream = arena.take(tokens * shape.width)
    packed = arena.take(tokens * shape.packedWidth)
    attended = arena.take(tokens * shape.queryWidth)
    logSumExp = arena.take(tokens * shape.heads)
    cosine = arena.take(tokens * shape.headWidth / 2)
    sine = arena.take(tokens * shape.headWidth / 2)
    normed = arena.take(chunk * shape.width)
    gateUp = arena.take(chunk * 2 * shape.feedForward)
    hidden = arena.take(chunk * shape.feedForward)
    chosen = arena.take(logitRows * shape.width)
    chosenNormed = arena.take(logitRows * shape.width)
    logits = arena.take(logitRows * shape.vocabulary)
  }
}
