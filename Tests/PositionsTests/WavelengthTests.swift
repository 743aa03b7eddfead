import Foundation
import Positions
import Support
import Testing

struct WavelengthTests {
  /// B(m) of the bound, cosine by cosine, for m = 0 ..< context; B(0) is the number of pairs.
  private static func curve(_ frequencies: RotaryFrequencies, _ context: Int) -> [Double] {
    (0..<context).map { distance in
      frequencies.inverse.reduce(0) { $0 + cos(Double(distance) * $1) }
    }
  }

  @Test func wavelengthsOfAHeadOfEight() {
    let found = Wavelengths(RotaryFrequencies(headWidth: 8, base: 1e4)).tokens
    for (ours, wanted) in zip(found, [6.283_185, 62.831_85, 628.3185, 6283.185]) {
      #expect(abs(ours / wanted - 1) < 1e-6)
    }
    #expect(Wavelengths(RotaryFrequencies(inverse: [1, 0], base: 2)).tokens[1] == .infinity)
  }

  @Test(arguments: [
    (1e4, 4096, 18), (5e5, 8192, 29), (8e6, 65536, 26), (1.28e8, 524_288, 25),
    (48.9e6, 81920, 29), (2e8, 81920, 32),
  ])
  func pairsThatNeverTurnInTraining(_ base: Double, _ context: Int, _ wanted: Int) {
    let frequencies = RotaryFrequencies(headWidth: 128, base: base)
    #expect(Wavelengths(frequencies).unfinished(inside: context) == wanted)
  }

  /// Rows of the bound's table for small heads, and of its finer search for a head of 128.
  @Test(arguments: [
    (16, 128, 2.8e3), (32, 256, 2.2e3), (64, 256, 1.4e3), (64, 1024, 7.8e3), (64, 4096, 1.0e5),
    (128, 1024, 4.3e3), (128, 4096, 2.7e4),
  ])
  func theSmallestBaseMatchesThePublishedBound(
    _ width: Int, _ context: Int, _ wanted: Double
  ) throws {
    let found = try #require(BaseBound.smallest(headWidth: width, context: context))
    #expect((0.93...1.07).contains(found / wanted), "\(width) \(context): \(found)")
    let frequencies = RotaryFrequencies(headWidth: width, base: found)
    #expect(BaseBound.firstNegative(frequencies, context: context) == nil)
    #expect(Self.curve(frequencies, context).allSatisfy { $0 >= 0 })
  }

  /// Each base of the grid looked at all over, from the first on.
  @Test func theSmallestBaseIsTheFirstOfTheGridThatPasses() throws {
    for (width, context) in [(32, 300), (64, 700), (128, 1_500)] {
      let points = 1_500
      let first = (0..<points).lazy.map { 10 * pow(1e10, Double($0) / Double(points - 1)) }
        .first { base in
          let frequencies = RotaryFrequencies(headWidth: width, base: base)
          return Self.curve(frequencies, context).allSatisfy { $0 >= 0 }
        }
      let found = try #require(
        BaseBound.smallest(headWidth: width, context: context, points: points))
      #expect(abs(found / (try #require(first)) - 1) < 1e-9, "\(width) \(context)")
    }
  }

  /// The example for 200,000 tokens asks for it; 12,000 grid points once took eight seconds.
  @Test func theSmallestBaseOfALongContextIsFoundSoon() throws {
    var found: Double?
    let time = ContinuousClock().measure {
      found = BaseBound.smallest(headWidth: 128, context: 200_000)
    }
    let base = try #require(found)
    #expect((4.9e6...2.4e7).contains(base), "\(base)")
    #expect(time < .seconds(4), "\(time)")
  }

  @Test func aSmallBaseFailsBeforeTheContextEnds() throws {
    let frequencies = RotaryFrequencies(headWidth: 64, base: 1e4)
    let distance = try #require(BaseBound.firstNegative(frequencies, context: 4096))
    let curve = Self.curve(frequencies, distance + 1)
    #expect(curve[0] == 32)
    #expect(curve[distance] < 0)
    #expect(curve.dropLast().allSatisfy { $0 >= 0 })
  }

  @Test func halfTheChannelsWithoutPositionSatisfyEveryBase() throws {
    for base in [10.0, 1e4, 1e8] {
      let frequencies = try frequencyTransforms.make("proportional", ["keep": .real(0.5)])
        .frequencies(headWidth: 64, base: base, trainedContext: 256, targetContext: 256)
      #expect(BaseBound.firstNegative(frequencies, context: 8192) == nil)
    }
  }
}
