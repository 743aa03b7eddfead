import Kernels
import Models
import TestSupport
import Testing

/// How much attention goes where, against the naive model.
struct AttentionTests {
  @Test(arguments: ModelCase.all.filter { !$0.documents })
  func sharesAreThoseOfTheNaiveModel(_ small: ModelCase) {
    let model = small.transformer(ThreadPool(threads: 2))
    let (input, _, _) = small.batch()
    let (length, layers, heads) = (small.length, small.shape.layers, small.shape.heads)
    let places = [0..<1, 2..<4]
    let watches = (0..<small.rows).map {
      AttentionWatch(row: $0, token: length - 1, places: places)
    }
    let indices = [length - 1, 2 * length - 1]
    let (predictions, shares) = model.predict(
      input, at: indices, targets: [1, 2], watching: watches)
    #expect(predictions == model.predict(input, at: indices, targets: [1, 2]))
    for row in 0..<small.rows {
      let range = row * length..<(row + 1) * length
      var wanted: [Double] = []
      var reference = small.reference(model)
      // Layers come one after the other, heads inside of them.
      reference.seesWeights = { token, _, weights in
        guard token == length - 1 else { return }
        wanted.append(
          weights.filter { weight in places.contains { $0.contains(weight.key) } }
            .reduce(0) { $0 + $1.weight })
      }
      _ = reference.logits(
        tokens: input.tokens[range].map(Int.init),
        positions: input.positions[range].map(Int.init), starts: Array(repeating: 0, count: length))
      let found = shares[row].joined().map(Double.init)
      #expect(found.count == layers * heads && wanted.count == found.count)
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found) \(wanted)")
    }
  }
}
