import Kernels
import Models
import Support
import Testing

/// Cached decoding against whole passes.
@Suite struct GeneratorTests {
  let model: Transformer

  private static let shape = LlamaShape(
    vocabulary: 40, width: 32, layers: 3, heads: 4, kvHeads: 2, headWidth: 16, feedForward: 40,
    tied: false)

  init() {
    model = Transformer(shape: Self.shape, pool: ThreadPool(threads: 2))
    model.initialize(seed: 5, deviation: 0.3)
  }

  @Test func cachedScoresAreThoseOfAWholePass() { expectScoresOfAWholePass(model) }

  @Test func cachedScoresOfHeadsWithBiasesAndNormsAreThoseOfAWholePass() {
    var shape = Self.shape
    (shape.qkvBias, shape.qkNorm, shape.nopeEvery) = (true, true, 3)
    expectScoresOfAWholePass(
      ModelCase(name: "biases and norms of heads", shape: shape).transformer(model.pool))
  }

  private func expectScoresOfAWholePass(_ model: Transformer) {
    var random = RandomStream(seed: 5, name: "tokens")
    let tokens = (0..<90).map { _ in Int32(random.below(40)) }
    let generator = Generator(model)
    var scores = generator.start(Array(tokens[0..<50]))
    for count in 50..<tokens.count {
      let whole = model.logits(ModelInput(tokens: Array(tokens[0..<count])), at: [count - 1])
      for token in 0..<40 { #expect(abs(whole[token] - scores[token]) < 1e-4) }
      scores = generator.next(tokens[count])
    }
    #expect(generator.count == 90)
  }

  @Test func greedyTextRepeatsAndFollowsTheScores() {
    var random = RandomStream(seed: 1, name: "sampling")
    let generator = Generator(model)
    let first = generator.generate(after: [1, 2, 3], limit: 12, temperature: 0, random: &random)
    let again = generator.generate(after: [1, 2, 3], limit: 12, temperature: 0, random: &random)
    #expect(first.count == 12)
    #expect(first == again)
    var text: [Int32] = [1, 2, 3]
    for token in first {
      let input = ModelInput(tokens: text)
      let best = model.predict(input, at: [text.count - 1], targets: [-1])
      #expect(best.first?.token == token)
      text.append(token)
    }
  }

  @Test func samplingDrawsByTheSoftmaxAndItsSeed() {
    var random = RandomStream(seed: 9, name: "sampling")
    var counts = [0, 0, 0]
    for _ in 0..<20_000 {
      // Softmax of 0, 1, 2 at temperature 1 / ln 2 is 1/7, 2/7, 4/7.
      let token = Generator.choose([0, 1, 2], temperature: 1.442_695_04, random: &random)
      counts[Int(token)] += 1
    }
    for (count, share) in zip(counts, [1.0 / 7, 2.0 / 7, 4.0 / 7]) {
      #expect(abs(Double(count) / 20_000 - share) < 0.012)
    }
  }

  @Test func aRefusedTokenEndsTheText() {
    var random = RandomStream(seed: 1, name: "sampling")
    let text = Generator(model).generate(
      after: [4], limit: 50, temperature: 1, random: &random, emit: { _ in false })
    #expect(text.count == 1)
  }
}
