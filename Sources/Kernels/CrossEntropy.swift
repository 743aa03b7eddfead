import CKernels

/// Softmax cross entropy of a chunk of logits, in nats.
public enum CrossEntropy {
  /// Losses of a chunk; with `gradient` the logits are replaced by their gradient.
  ///
  /// loss = log(sum of e^logit) - logit[target], and d logits = weight (softmax - one-hot). Ignored
  /// rows (target below 0) get loss 0 and gradient 0. A NaN or an infinity among the logits gives a
  /// NaN loss.
  ///
  /// - Parameters:
  ///   - logits: shape [rows, V], dense; overwritten when `gradient` is true.
  ///   - targets: shape [rows], token to be predicted, -1 for ignored.
  ///   - weights: d total loss / d loss of the row, shape [rows]; nil stands for all ones.
  ///   - losses: output, shape [rows], unweighted.
  ///   - predicted: output, first index of the largest logit, shape [rows] (also of ignored rows);
  ///     nil when not wanted.
  ///   - rows: rows of the chunk.
  ///   - vocabulary: V.
  ///   - gradient: whether to replace the logits by their gradient.
  ///   - pool: threads.
  public static func lossAndGradient(
    logits: UnsafeMutablePointer<Float>, targets: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>?, losses: UnsafeMutablePointer<Float>,
    predicted: UnsafeMutablePointer<Int32>?, rows: Int, vocabulary: Int, gradient: Bool,
    pool: ThreadPool
  ) {
    let blockRows = 8
    var arguments = ck_cross_entropy(
      logits: logits, targets: targets, weights: weights, losses: losses, best: predicted,
      rows: rows, vocabulary: vocabulary, block_rows: blockRows, gradient: gradient ? 1 : 0)
    pool.run(blockCount(rows, blockRows), pool.table.pointee.cross_entropy, &arguments)
  }
}
