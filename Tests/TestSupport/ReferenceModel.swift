// A Llama-style decoder in Double, by plain loops: the truth that the engine's passes are held against.
// Names and shapes of the parameters are the product's: row-major [out, in].

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A naive decoder in Double.
public struct ReferenceModel {
  /// Sizes: V, D, L, H, K, E, F.
  public var vocabulary, width, layers, heads, kvHeads, headWidth, feedForward: Int
  /// Added inside the norms.
  public var epsilon = 1e-5
  /// Inverse rotary frequencies, [E/2].
  public var inverse: [Double]
  /// Factor on cosines and sines.
  public var attentionFactor = 1.0
  /// Positions from 0 on that turn by frequencies of their own, without a factor.
  public var start: (count: Int, inverse: [Double]) = (0, [])
  /// Every so many-th block does without positions; nil when all have them.
  public var nopeEvery: Int?
  /// Distance that a query sees a key at, by their places in the row; nil for their positions.
  public var distance: ((_ query: Int, _ key: Int) -> Int)?
  /// Receives the attention weights of each token and head, layer by layer.
  public var seesWeights:
    ((_ token: Int, _ head: Int, _ weights: [(key: Int, weight: Double)]) -> Void)?
  /// Parameters by name; without `head` the embedding is the output matrix.
  public var parameters: [String: [Double]] = [:]

  /// A model without parameters.
  public init(
    vocabulary: Int, width: Int, layers: Int, heads: Int, kvHeads: Int, headWidth: Int,
    feedForward: Int, ropeBase: Double = 10_000
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.feedForward = feedForward
    inverse = (0..<headWidth / 2).map { pow(ropeBase, -2 * Double($0) / Double(headWidth)) }
  }

  /// Scores of one row, [T][V].
  public func logits(tokens: [Int], positions: [Int], starts: [Int]) -> [[Double]] {
    var stream = tokens.map { row(parameters["embedding"], $0) }
    for layer in 0..<layers {
      let prefix = "layers/0\(layer)/"
      let normed = stream.map { norm($0, prefix + "attention_norm") }
      let isPlain = nopeEvery.map { (layer + 1) % $0 == 0 } ?? false
      let attended = attention(
        normed, prefix + "attention/", isPlain ? positions.map { _ in 0 } : positions, starts)
      for t in stream.indices {
        stream[t] = add(stream[t], linear(attended[t], prefix + "attention/output", width))
        let x = norm(stream[t], prefix + "feed_forward_norm")
        let gate = linear(x, prefix + "feed_forward/gate", feedForward)
        let up = linear(x, prefix + "feed_forward/up", feedForward)
        let hidden = (0..<feedForward).map { gate[$0] / (1 + exp(-gate[$0])) * up[$0] }
        stream[t] = add(stream[t], linear(hidden, prefix + "feed_forward/down", width))
      }
    }
    let head = parameters["head"] == nil ? "embedding" : "head"
    return stream.map { linear(norm($0, "final_norm"), head, vocabulary) }
  }

  /// Loss of each token of one row in nats; 0 where the target is negative.
  public func losses(
    tokens: [Int], positions: [Int], starts: [Int], targets: [Int]
  ) -> [Double] {
    let rows = logits(tokens: tokens, positions: positions, starts: starts)
    return zip(rows, targets).map { scores, target in
      guard target >= 0, let largest = scores.max() else { return 0 }
      let sum = scores.reduce(0) { $0 + exp($1 - largest) }
      return log(sum) + largest - scores[target]
    }
  }

  private func attention(
    _ x: [[Double]], _ prefix: String, _ positions: [Int], _ starts: [Int]
  ) -> [[Double]] {
    let e = headWidth
    let queries = x.map { project($0, prefix + "query", heads) }
    let key = x.indices.map {
      turn(project(x[$0], prefix + "key", kvHeads), distance == nil ? positions[$0] : 0, kvHeads)
    }
    let value = x.map { project($0, prefix + "value", kvHeads) }
    return x.indices.map { t in
      var result = [Double](repeating: 0, count: heads * e)
      for head in 0..<heads {
        let group = head / (heads / kvHeads)
        let visible = Array(starts[t]...t)
        let scores = visible.map { j in
          let query = turn(queries[t], distance?(t, j) ?? positions[t], heads)
          return (0..<e).reduce(0.0) { $0 + query[head * e + $1] * key[j][group * e + $1] }
            / Double(e).squareRoot()
        }
        let largest = scores.max() ?? 0
        let weights = scores.map { exp($0 - largest) }
        let sum = weights.reduce(0, +)
        seesWeights?(t, head, zip(visible, weights.map { $0 / sum }).map { (key: $0, weight: $1) })
        for (j, weight) in zip(visible, weights) {
          for i in 0..<e { result[head * e + i] += weight / sum * value[j][group * e + i] }
        }
      }
      return result
    }
  }

  /// Heads of a projection, with its bias and the norm of each head where the parameters have them.
  private func project(_ x: [Double], _ name: String, _ count: Int) -> [Double] {
    var result = linear(x, name, count * headWidth)
    if let bias = parameters[name + "_bias"] { result = add(result, bias) }
    guard parameters[name + "_norm"] != nil else { return result }
    return (0..<count).flatMap {
      norm(Array(result[$0 * headWidth..<($0 + 1) * headWidth]), name + "_norm")
    }
  }

  private func turn(_ x: [Double], _ position: Int, _ count: Int) -> [Double] {
    var result = x
    let half = headWidth / 2
    let isStart = position < start.count
    let attentionFactor = isStart ? 1 : attentionFactor
    for head in 0..<count {
      for pair in 0..<half {
        let angle = Double(position) * (isStart ? start.inverse : inverse)[pair]
        let low = x[head * headWidth + pair]
        let high = x[head * headWidth + half + pair]
        result[head * headWidth + pair] = attentionFactor * (low * cos(angle) - high * sin(angle))
        result[head * headWidth + half + pair] =
          attentionFactor * (high * cos(angle) + low * sin(angle))
      }
    }
    return result
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let weight = parameters[name] ?? []
    let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let scale = 1 / (mean + epsilon).squareRoot()
    return x.indices.map { x[$0] * scale * weight[$0] }
  }

  private func linear(_ x: [Double], _ name: String, _ outputs: Int) -> [Double] {
    let weight = parameters[name] ?? []
    return (0..<outputs).map { out in
      var sum = 0.0
      for index in x.indices { sum += x[index] * weight[out * x.count + index] }
      return sum
    }
  }

  private func row(_ table: [Double]?, _ index: Int) -> [Double] {
    guard let table else { return [] }
    return Array(table[index * width..<(index + 1) * width])
  }

  private func add(_ x: [Double], _ y: [Double]) -> [Double] { zip(x, y).map(+) }
}
