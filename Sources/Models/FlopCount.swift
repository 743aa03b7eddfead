/// Floating point operations of the model, one multiply-add counted as two.
///
/// A training step counts three times a forward pass. A tied embedding counts once, as the output
/// matrix; an untied embedding is a table look-up and does not count.
public enum FlopCount {
  /// Operations of forward and backward for full causal rows: 6 N B T + 6 L H E B T^2.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - rows: B.
  ///   - length: T, tokens of a row.
  /// - Returns: floating point operations.
  public static func trainingStep(_ shape: LlamaShape, rows: Int, length: Int) -> Double {
    3 * forward(shape, rows: rows, length: length)
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

  /// Operations of forward and backward with the pairs that the document borders leave.
  public static func trainingStep(_ shape: LlamaShape, _ input: ModelInput) -> Double {
    3 * forward(shape, input)
  }

  /// Operations of a forward pass with the pairs that the document borders leave, counted exactly.
  public static func forward(_ shape: LlamaShape, _ input: ModelInput) -> Double {
    let tokens = Double(input.rows) * Double(input.length)
    let attention = 4 * Double(shape.layers * shape.queryWidth) * Double(input.attendedPairs)
    return 2 * Double(countedParameters(shape)) * tokens + attention
  }

  private static func countedParameters(_ shape: LlamaShape) -> Int {
    shape.parameterCount - (shape.tied ? 0 : shape.vocabulary * shape.width)
  }
}
