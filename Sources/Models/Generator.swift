import Kernels
public import Support

/// Text one token at a time, with keys and values of earlier tokens kept.
///
/// The prompt goes through the blocks in one pass; each further token costs one pass of a single
/// token and attention over the cache. Positions are 0, 1, 2 and so on.
public final class Generator {
  /// The model.
  public let transformer: Transformer
  /// Tokens fed so far.
  public private(set) var count = 0

  /// Keys and values of each block, [tokens, 2 K E].
  private var cache: [[Float]]

  /// A generator with an empty cache.
  public init(_ transformer: Transformer) {
    precondition(transformer.remap == nil, "cached keys keep the positions they were turned to")
    self.transformer = transformer
    cache = [[Float]](repeating: [], count: transformer.shape.layers)
  }

  /// Forgets all tokens.
  public func reset() {
    count = 0
    for layer in cache.indices { cache[layer].removeAll(keepingCapacity: true) }
  }

  /// Feeds the first tokens, all in one pass.
  ///
  /// - Parameter tokens: at least one token; earlier tokens are forgotten.
  /// - Returns: scores of the next token, [V].
  public func start(_ tokens: [Int32]) -> [Float] {
    reset()
    let shape = transformer.shape
    var scores: [Float] = []
    guard !tokens.isEmpty else { return [Float](repeating: 0, count: shape.vocabulary) }
    let keyed = 2 * shape.keyWidth
    transformer.visitChosen(
      ModelInput(tokens: tokens), at: [tokens.count - 1],
      capture: { layer, packed in
        for token in tokens.indices {
          let row = packed + token * shape.packedWidth + shape.queryWidth
          self.cache[layer].append(contentsOf: UnsafeBufferPointer(start: row, count: keyed))
        }
      },
      { acts, _, _ in
        scores.append(
          contentsOf: UnsafeBufferPointer(start: acts.logits, count: shape.vocabulary))
      })
    count = tokens.count
    return scores
  }

  /// Feeds one more token.
  ///
  /// - Returns: scores of the next token, [V].
  public func next(_ token: Int32) -> [Float] {
    guard count > 0 else { return start([token]) }
    let shape = transformer.shape
    var scores = [Float](repeating: 0, count: shape.vocabulary)
    transformer.decode(token, position: Int32(count)) { layer, packed, attended in
      let row = UnsafeBufferPointer(
        start: packed + shape.queryWidth, count: 2 * shape.keyWidth)
      self.cache[layer].append(contentsOf: row)
      self.attend(layer, packed, attended)
    } output: { logits in
      scores.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress?.update(from: logits, count: shape.vocabulary)
      }
    }
    count += 1
    return scores
  }

  /// Continues a prompt.
  ///
  /// - Parameters:
  ///   - prompt: at least one token.
  ///   - limit: most tokens to add.
  ///   - temperature: divides the scores; 0 takes the likeliest token.
  ///   - random: decides the draws when `temperature` is above 0.
  ///   - emit: called with each token; returning false ends the text.
  /// - Returns: the added tokens.
  public func generate(
    after prompt: [Int32], limit: Int, temperature: Double, random: inout RandomStream,
    emit: (Int32) -> Bool = { _ in true }
  ) -> [Int32] {
    guard !prompt.isEmpty, limit > 0 else { return [] }
    var added: [Int32] = []
    var scores = start(prompt)
    while added.count < limit {
      let token = Self.choose(scores, temperature: temperature, random: &random)
      added.append(token)
      guard emit(token), added.count < limit else { break }
      scores = next(token)
    }
    return added
  }

  /// Chooses a token by its score: the likeliest at temperature 0, else a draw from the softmax.
  ///
  /// - Parameters:
  ///   - scores: logits, [V]; at least one.
  ///   - temperature: divides the scores; 0 takes the likeliest, the lowest number on a tie.
  ///   - random: decides the draw.
  /// - Returns: the token.
  public static func choose(
    _ scores: [Float], temperature: Double, random: inout RandomStream
  ) -> Int32 {
    var best = 0
    for index in scores.indices where scores[index] > scores[best] { best = index }
    guard temperature > 0 else { return Int32(best) }
    let weights = scores.map { exponential(Double($0 - scores[best]) / temperature) }
    var rest = random.uniform() * weights.reduce(0, +)
    for index in weights.indices {
      rest -= weights[index]
      if rest < 0 { return Int32(index) }
    }
    return Int32(best)
  }

  /// Attention of the newest token over the cache.
  private func attend(
    _ layer: Int, _ packed: UnsafePointer<Float>, _ attended: UnsafeMutablePointer<Float>
  ) {
    let shape = transformer.shape
    let width = shape.headWidth
    let keyed = 2 * shape.keyWidth
    let scale = 1 / Float(width).squareRoot()
    cache[layer].withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      let tokens = rows.count / keyed
      transformer.pool.run(shape.heads) { head in
        let group = head / (shape.heads / shape.kvHeads)
        let query = packed + head * width
        var scores = [Float](repeating: 0, count: tokens)
        for token in 0..<tokens {
          let key = base + token * keyed + group * width
          var sum: Float = 0
          for index in 0..<width { sum += query[index] * key[index] }
          scores[token] = sum * scale
        }
        let largest = scores.max() ?? 0
        var total: Float = 0
        for token in 0..<tokens {
          scores[token] = Float(exponential(Double(scores[token] - largest)))
          total += scores[token]
        }
        let result = attended + head * width
        result.update(repeating: 0, count: width)
        for token in 0..<tokens {
          let value = base + token * keyed + shape.keyWidth + group * width
          let share = scores[token] / total
          for index in 0..<width { result[index] += share * value[index] }
        }
      }
    }
  }
}
