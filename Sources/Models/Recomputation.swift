/// What the backward pass computes again instead of keeping it since the forward pass.
///
/// The operations and the order of their sums are the same in every case, and so are the bits of
/// losses and gradients; only time and memory differ. Floats kept for each token and layer, with D
/// width, Q = H E, P = (H + 2K) E and F the feed-forward width:
///
/// | case | kept | computed again |
/// |---|---|---|
/// | `none` | 2 D + P + Q + 2 F + H | norms and SwiGLU, whose inputs the backward pass reads anyway |
/// | `selective` | D + Q + H | all but attention and the down projection |
/// | `full` | D | all but the down projection |
///
/// Where products round their operands, P, Q and 2 F are numbers of bfloat16, half as large; D and H stay floats.
/// Where query and key heads have norms, P are the heads before them; norms and turns are computed again in
/// every case, and the layers share P floats more of each token.
///
/// - SeeAlso: Chen et al., arXiv:1604.06174, section 4; Korthikanti et al., arXiv:2205.05198,
///   section 5, for choosing by the cost of the recomputation.
public enum Recomputation: String, Sendable, CaseIterable {
  /// What products and attention gave is kept.
  case none
  /// The input of each layer, the attention's result and its log-sum-exp are kept: attention is the
  /// only part whose cost grows with the square of the length, and its result is D floats of a token.
  case selective
  /// The input of each layer is kept.
  case full

  /// The first case whose forecast fits, from the fastest on; `full` when none does.
  ///
  /// - Parameters:
  ///   - bytes: memory that a training may take.
  ///   - forecast: peak memory of a case in bytes.
  /// - Returns: the case.
  public static func fitting(_ bytes: Int, forecast: (Recomputation) -> Int) -> Recomputation {
    allCases.first { forecast($0) <= bytes } ?? .full
  }
}
