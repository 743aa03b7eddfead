public import Tensors

/// The sizes of a Llama-style decoder.
///
/// Legend: B rows, T tokens, D width, H query heads, K key-value heads, E head width, F feed-forward
/// width, V vocabulary, L layers.
public struct LlamaShape: Sendable, Codable, Equatable {
  /// V, tokens known to the model.
  public var vocabulary: Int
  /// D, floats of a token's residual stream.
  public var width: Int
  /// L, number of blocks.
  public var layers: Int
  /// H, query heads.
  public var heads: Int
  /// K, key-value heads; H is a multiple of it.
  public var kvHeads: Int
  /// E, floats of a head; a multiple of 8 in 16...256.
  public var headWidth: Int
  /// F, hidden floats of the feed-forward part.
  public var feedForward: Int
  /// True when the output matrix is the embedding.
  public var tied: Bool
  /// Added to the mean square inside the norms.
  public var normEpsilon: Double
  /// Base of the rotary frequencies that the model was trained with.
  public var ropeBase: Double
  /// Context length that the model was trained on, in tokens.
  public var trainedContext: Int
  /// Every so many-th block does without positions; nil when all have them.
  public var nopeEvery: Int?
  /// Whether the projections to queries, keys and values have biases (Qwen2, arXiv:2407.10671, section 2.2.1).
  public var qkvBias: Bool {
    get { storedBias == true }
    set { storedBias = newValue ? true : nil }
  }
  /// Whether query and key heads have norms before they are turned (Qwen3, arXiv:2505.09388, section 2).
  public var qkNorm: Bool {
    get { storedNorm == true }
    set { storedNorm = newValue ? true : nil }
  }

  // Stored only where they are on: checkpoints of other models stay as they were.
  private var storedBias: Bool?
  private var storedNorm: Bool?

  private enum CodingKeys: String, CodingKey {
    case vocabulary, width, layers, heads, kvHeads, headWidth, feedForward, tied, normEpsilon
    case ropeBase, trainedContext, nopeEvery
    case storedBias = "qkvBias"
    case storedNorm = "qkNorm"
  }

  /// A shape of these sizes; `kvHeads` defaults to `heads`, `headWidth` to `width / heads`.
  public init(
    vocabulary: Int, width: Int, layers: Int, heads: Int, kvHeads: Int? = nil,
    headWidth: Int? = nil, feedForward: Int, tied: Bool = true, normEpsilon: Double = 1e-5,
    ropeBase: Double = 10_000, trainedContext: Int = 256, nopeEvery: Int? = nil,
    qkvBias: Bool = false, qkNorm: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads ?? heads
    self.headWidth = headWidth ?? (heads > 0 ? width / heads : 0)
    self.feedForward = feedForward
    self.tied = tied
    self.normEpsilon = normEpsilon
    self.ropeBase = ropeBase
    self.trainedContext = trainedContext
    self.nopeEvery = nopeEvery
    self.qkvBias = qkvBias
    self.qkNorm = qkNorm
  }

  /// Floats of all query heads of a token, H * E.
  public var queryWidth: Int { heads * headWidth }

  /// Floats of all key heads of a token, K * E.
  public var keyWidth: Int { kvHeads * headWidth }

  /// Whether a block turns queries and keys by their positions; blocks count from 0.
  public func hasPositions(_ layer: Int) -> Bool {
    guard let nopeEvery else { return true }
    return (layer + 1) % nopeEvery != 0
  }

  /// Number of parameters; a tied embedding counts once.
  public var parameterCount: Int {
    let attention = 2 * queryWidth * width + 2 * keyWidth * width
    let heads = (qkvBias ? queryWidth + 2 * keyWidth : 0) + (qkNorm ? 2 * headWidth : 0)
    let block = attention + heads + 3 * feedForward * width + 2 * width
    return vocabulary * width * (tied ? 1 : 2) + layers * block + width
  }

  /// Where every parameter lies in one allocation.
  ///
  /// Query, key and value follow each other, and so do their biases, and gate and up, so that each group is
  /// one matrix.
  public var parameterLayout: TensorLayout {
    var layout = TensorLayout()
    layout.append("embedding", shape: [vocabulary, width], axes: ["vocabulary", "width"])
    for layer in 0..<layers {
      let prefix = "layers/\(layer < 10 ? "0" : "")\(layer)/"
      layout.append(prefix + "attention_norm", shape: [width], axes: ["width"])
      layout.append(
        prefix + "attention/query", shape: [queryWidth, width], axes: ["head", "width"])
      layout.append(prefix + "attention/key", shape: [keyWidth, width], axes: ["head", "width"])
      layout.append(prefix + "attention/value", shape: [keyWidth, width], axes: ["head", "width"])
      if qkvBias {
        layout.append(prefix + "attention/query_bias", shape: [queryWidth], axes: ["head"])
        layout.append(prefix + "attention/key_bias", shape: [keyWidth], axes: ["head"])
        layout.append(prefix + "attention/value_bias", shape: [keyWidth], axes: ["head"])
      }
      if qkNorm {
        layout.append(prefix + "attention/query_norm", shape: [headWidth], axes: ["head_width"])
        layout.append(prefix + "attention/key_norm", shape: [headWidth], axes: ["head_width"])
      }
      layout.append(
        prefix + "attention/output", shape: [width, queryWidth], axes: ["width", "head"])
      layout.append(prefix + "feed_forward_norm", shape: [width], axes: ["width"])
      layout.append(
        prefix + "feed_forward/gate", shape: [feedForward, width], axes: ["hidden", "width"])
      layout.append(
        prefix + "feed_forward/up", shape: [feedForward, width], axes: ["hidden", "width"])
      layout.append(
        prefix + "feed_forward/down", shape: [width, feedForward], axes: ["width", "hidden"])
    }
    layout.append("final_norm", shape: [width], axes: ["width"])
    if !tied { layout.append("head", shape: [vocabulary, width], axes: ["vocabulary", "width"]) }
    return layout
  }
}
