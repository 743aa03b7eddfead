import Tensors

/// Floating point operations of the model, one multiply-add counted as two.
///
/// A step that trains all weights counts three times a forward pass. Where adapters are trained, the
/// gradients of the frozen matrices are not made: they count twice, the adapters three times. A tied
/// embedding counts once, as the output matrix; an untied embedding is a table look-up and does not
/// count.
public enum FlopCount {
  /// Operations of forward and backward for full causal rows: 6 N B T + 6 L H E B T^2.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - rows: B.
  ///   - length: T, tokens of a row.
  ///   - adapters: what is trained; nil for all weights.
  ///   - window: tokens that a token sees at most, in blocks; nil for the whole row.
  /// - Returns: floating point operations.
  public static func trainingStep(
    _ shape: LlamaShape, rows: Int, length: Int, adapters: AdapterPlan? = nil,
    window: Double? = nil
  ) -> Double {
    let tokens = Double(rows) * Double(length)
    let seen = min(window ?? Double(length), Double(length))
    return products(shape, adapters) * tokens
      + 6 * Double(shape.layers * shape.queryWidth) * tokens * seen
  }

  /// Operations of a forward pass for full causal rows: 2 N B T + 2 L H E B T^2.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - rows: B.
  ///   - length: T, tokens of a row.
  /// - Returns: floating point operations.
  public static func forward(_ shape: LlamaShape, rows: Int, length: Int) -> Double {
    let tokens = Double(rows) * Double(length)
    let attention = 2 * Double(shape.layers * shape.queryWidth) * tokens * Double(length)
    return 2 * Double(countedParameters(shape)) * tokens + attention
  }

  /// Operations of forward and backward with the pairs that the document borders leave, counted
  /// exactly.
  public static func trainingStep(
    _ shape: LlamaShape, _ input: ModelInput, adapters: AdapterPlan? = nil
  ) -> Double {
    let tokens = Double(input.rows) * Double(input.length)
    return products(shape, adapters) * tokens
      + 12 * Double(shape.layers * shape.queryWidth) * Double(input.attendedPairs)
  }

  /// Operations of a training step in matrix products, for each token.
  private static func products(_ shape: LlamaShape, _ adapters: AdapterPlan?) -> Double {
    let all = Double(countedParameters(shape))
    guard let adapters else { return 6 * all }
    let head = adapters.embeddings && shape.tied ? shape.vocabulary * shape.width : 0
    let pairs = shape.adapterLayout(adapters).entries.reduce(0) {
      $0 + ($1.axes.contains("rank") ? $1.count : 0)
    }
    return 4 * all + 2 * Double(head) + 6 * Double(pairs)
  }

  private static func countedParameters(_ shape: LlamaShape) -> Int {
    // Neither biases nor norms of heads are products.
    var plain = shape
    (plain.qkvBias, plain.qkNorm) = (false, false)
    return plain.parameterCount - (shape.tied ? 0 : shape.vocabulary * shape.width)
  }
}
