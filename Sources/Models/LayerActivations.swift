// What the backward pass of a block needs of its forward pass, as pointers into the arena. N = B * T tokens.

import Kernels

/// Activations of a block that belong to single tokens, for some tokens behind each other.
struct TokenActivations {
  /// Residual stream between attention and feed-forward, [n, D].
  private(set) var middle: UnsafeMutablePointer<Float>
  /// Gate and up of each token behind each other, [n, 2F]; of a chunk, shared, where they are kept rounded.
  private(set) var gateUp: UnsafeMutablePointer<Float>
  /// The same as bfloat16, for SwiGLU's backward pass; nil where products are float32.
  ///
  /// A product of rounded operands errs by as much as rounding its result does.
  private(set) var keptGateUp: UnsafeMutablePointer<UInt16>?

  /// With `chunkGateUp`, gate and up are kept rounded and that is what chunks share.
  init(
    _ shape: LlamaShape, tokens: Int, chunkGateUp: UnsafeMutablePointer<Float>?, arena: Arena
  ) {
    let count = tokens * 2 * shape.feedForward
    middle = arena.take(tokens * shape.width)
    gateUp = chunkGateUp ?? arena.take(count)
    if chunkGateUp != nil {
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
  /// Query, key and value heads of each token behind each other, as the projections gave them,
  /// [N, (H + 2K) E]; without norms of heads the same memory as `packed`, and turned like those.
  let heads: UnsafeMutablePointer<Float>
  /// The same as attention reads them, normalised and turned.
  let packed: UnsafeMutablePointer<Float>
  /// Attention's result before the output projection, [N, H * E].
  let attended: UnsafeMutablePointer<Float>
  /// Logarithm of the sum of exponentials of the scores, [B, H, T].
  let logSumExp: UnsafeMutablePointer<Float>
  /// `heads` and `attended` as bfloat16, of each layer but the last, where all layers share the floats; nil where
  /// nothing is kept, or products are float32.
  ///
  /// Loses nothing: products and norms of heads read them rounded, and attention's result is rounded already.
  let keptHeads: UnsafeMutablePointer<UInt16>?
  let keptAttended: UnsafeMutablePointer<UInt16>?
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
