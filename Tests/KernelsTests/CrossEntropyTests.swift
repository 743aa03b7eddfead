import Glibc
import Kernels
import TestSupport
import Testing

@Suite struct CrossEntropyTests {
  private func losses(_ x: [Double], _ targets: [Int32]) -> [Double] {
    let width = x.count / targets.count
    return targets.enumerated().map { row, target in
      guard target >= 0 else { return 0 }
      let logits = x[row * width..<(row + 1) * width]
      let top = logits.max() ?? 0
      return log(logits.reduce(0) { $0 + exp($1 - top) }) + top - x[row * width + Int(target)]
    }
  }

  @Test(arguments: InstructionSet.available, oddSizes + [1000])
  func lossesAndGradientsMatchTheReference(_ set: InstructionSet, vocabulary: Int) {
    let targets: [Int32] = [0, -1, Int32(vocabulary - 1), Int32(vocabulary / 2)]
    let weights: [Float] = [0.25, 1, 0.5, 2]
    let logits = randomFloats(4 * vocabulary, "logits", scale: 4)
    var gradient = logits
    var found = [Float](repeating: .nan, count: 4)
    var predicted = [Int32](repeating: -7, count: 4)
    CrossEntropy.lossAndGradient(
      logits: &gradient, targets: targets, weights: weights, losses: &found, predicted: &predicted,
      rows: 4, vocabulary: vocabulary, gradient: true, pool: pool(set, threads: 2))
    #expect(largestError(found, losses(doubles(logits), targets)) < 1e-6)
    let expected = centralDifferences(doubles(logits)) {
      weightedSum(weights, losses($0, targets))
    }
    #expect(largestError(gradient, expected) < 1e-6)
    for row in 0..<4 {
      let values = logits[row * vocabulary..<(row + 1) * vocabulary]
      let best = values.firstIndex(of: values.max() ?? 0) ?? 0
      #expect(Int(predicted[row]) == best - row * vocabulary)
    }
    var untouched = logits
    var again = found
    CrossEntropy.lossAndGradient(
      logits: &untouched, targets: targets, weights: nil, losses: &again, predicted: nil, rows: 4,
      vocabulary: vocabulary, gradient: false, pool: pool(set))
    #expect(untouched == logits)
    #expect(again == found)
  }

  @Test(arguments: InstructionSet.available)
  func hugeLogitsStayFiniteAndNaNIsNotHidden(_ set: InstructionSet) {
    var logits = [Float](repeating: -3e4, count: 70)
    logits[69] = 3e4
    var loss: [Float] = [.nan]
    var copy = logits
    CrossEntropy.lossAndGradient(
      logits: &copy, targets: [69], weights: nil, losses: &loss, predicted: nil, rows: 1,
      vocabulary: 70, gradient: true, pool: pool(set))
    #expect(loss == [0])
    #expect(copy.allSatisfy { abs($0) < 1e-6 })
    for place in [0, 40, 69] {
      copy = logits
      copy[place] = .nan
      CrossEntropy.lossAndGradient(
        logits: &copy, targets: [5], weights: nil, losses: &loss, predicted: nil, rows: 1,
        vocabulary: 70, gradient: false, pool: pool(set))
      #expect(loss[0].isNaN)
    }
  }
}
