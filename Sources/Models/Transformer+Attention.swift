import Glibc
import Kernels

/// A token whose attention is looked at, and the places it is asked about.
public struct AttentionWatch: Sendable {
  /// Row of the batch.
  public let row: Int
  /// Index of the token in its row.
  public let token: Int
  /// Tokens of the same row, none after it.
  public let places: [Range<Int>]

  /// A watch of these values.
  public init(row: Int, token: Int, places: [Range<Int>]) {
    self.row = row
    self.token = token
    self.places = places
  }
}

extension Transformer {
  /// As `predict`, and how much of its attention each watched token gives to its places.
  ///
  /// - Parameters:
  ///   - input: the batch; its tokens see all tokens before them in their row.
  ///   - indices: flat indices into [B * T], any order.
  ///   - targets: next token at each index; -1 where there is none.
  ///   - watches: tokens to look at.
  /// - Returns: one prediction for each index, and for each watch the sum of the attention weights of
  ///   its places, [layer][head]; no layers while positions are remapped.
  public func predict(
    _ input: ModelInput, at indices: [Int], targets: [Int32], watching watches: [AttentionWatch]
  ) -> (predictions: [Prediction], attention: [[[Float]]]) {
    var shares = [[[Float]]](repeating: [], count: watches.count)
    let predictions = predict(
      input, at: indices, targets: targets,
      capture: { _, packed in
        let layer = self.attentionShares(watches, packed, length: input.length)
        for index in watches.indices { shares[index].append(layer[index]) }
      })
    return (predictions, shares)
  }

  /// Shares of one layer, [watch][head], from queries and keys as attention reads them.
  private func attentionShares(
    _ watches: [AttentionWatch], _ packed: UnsafePointer<Float>, length: Int
  ) -> [[Float]] {
    let heads = shape.heads
    var flat = [Float](repeating: 0, count: watches.count * heads)
    flat.withUnsafeMutableBufferPointer { buffer in
      guard let shares = buffer.baseAddress else { return }
      nonisolated(unsafe) let (out, rows) = (shares, packed)
      pool.run(watches.count * heads) { item in
        let watch = watches[item / heads]
        let base = rows + watch.row * length * self.shape.packedWidth
        out[item] = self.attentionShare(watch, head: item % heads, base)
      }
    }
    return watches.indices.map { Array(flat[$0 * heads..<($0 + 1) * heads]) }
  }

  private func attentionShare(
    _ watch: AttentionWatch, head: Int, _ row: UnsafePointer<Float>
  ) -> Float {
    let (width, stride) = (shape.headWidth, shape.packedWidth)
    let query = row + watch.token * stride + head * width
    let keys = row + shape.queryWidth + head / (shape.heads / shape.kvHeads) * width
    let scale = 1 / Float(width).squareRoot()
    var scores = (0...watch.token).map { token in
      let key = keys + token * stride
      var dot: Float = 0
      for index in 0..<width { dot += query[index] * key[index] }
      return dot * scale
    }
    let most = scores.max() ?? 0
    for index in scores.indices { scores[index] = exp(scores[index] - most) }
    let places = watch.places.reduce(Float(0)) { $0 + scores[$1].reduce(0, +) }
    return places / scores.reduce(0, +)
  }
}
