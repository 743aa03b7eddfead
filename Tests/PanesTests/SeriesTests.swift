import Panes
import Support
import Testing

struct SeriesTests {
  private func walk(_ count: Int, seed: UInt64) -> [(x: Double, y: Double)] {
    var random = RandomStream(seed: seed, name: "walk")
    var x = 0.0
    var y = 3.0
    return (0..<count).map { _ in
      let draw = random.next()
      x += Double(draw % 4)
      y += Double(draw >> 8 % 1000) / 1e18 + Double(draw % 7) / 6 - 0.5
      let kind = draw >> 40 & 63
      return (x, kind == 0 ? .nan : kind == 1 ? .infinity : y)
    }
  }

  private func bruteForce(
    _ points: [(x: Double, y: Double)], _ low: Double, _ high: Double, last: Bool
  )
    -> (first: Double, last: Double, low: Double, high: Double, count: Int, bad: Int)?
  {
    let inside = points.filter { $0.x >= low && (last ? $0.x <= high : $0.x < high) }
    guard !inside.isEmpty else { return nil }
    let good = inside.map(\.y).filter(\.isFinite)
    return (
      good.first ?? .nan, good.last ?? .nan, good.min() ?? .nan, good.max() ?? .nan, good.count,
      inside.count - good.count
    )
  }

  @Test(arguments: [1, 3, 4, 5, 16, 63, 64, 65, 1000])
  func everyColumnAtEveryZoomEqualsBruteForce(_ count: Int) {
    let points = walk(count, seed: UInt64(count))
    var series = SeriesPyramid()
    for point in points { series.append(point.y, at: point.x) }
    let end = points.last?.x ?? 0
    for (low, high) in [(0.0, max(1, end)), (end / 3, end / 2 + 1), (end * 0.9, end + 10)] {
      for width in [1, 2, 7, 80, 333] {
        let columns = series.columns(over: low...high, count: width)
        #expect(columns.count == width)
        for (index, column) in columns.enumerated() {
          let left = low + (high - low) * Double(index) / Double(width)
          let right = low + (high - low) * Double(index + 1) / Double(width)
          let wanted = bruteForce(
            points, left, index + 1 == width ? high : right, last: index + 1 == width)
          #expect((column == nil) == (wanted == nil))
          guard let column, let wanted else { continue }
          #expect(column.count == wanted.count)
          #expect(column.nonFinite == wanted.bad)
          guard wanted.count > 0 else { continue }
          #expect(column.first == wanted.first && column.last == wanted.last)
          #expect(column.minimum == wanted.low && column.maximum == wanted.high)
        }
      }
    }
  }

  @Test func aSpikeOfOneStepIsSeenAtEveryZoom() {
    var series = SeriesPyramid()
    for step in 0..<100_000 { series.append(step == 77_777 ? 9 : 1, at: Double(step)) }
    for width in [1, 10, 160, 999] {
      let columns = series.columns(over: 0...99_999, count: width)
      #expect(columns.compactMap { $0?.maximum }.max() == 9)
    }
  }

  @Test func goingBackInXRewindsTheSeries() {
    var series = SeriesPyramid()
    for step in 0..<50 { series.append(Double(step), at: Double(step)) }
    for step in 20..<40 { series.append(-1, at: Double(step)) }
    #expect(series.count == 40)
    #expect(series.summary(0..<40)?.maximum == 19)
    #expect(series.summary(20..<40)?.maximum == -1)
  }

  @Test func aConstantSeriesStaysConstantToTheLastBit() {
    for value in [0.1, 2.3, 1e-30, 7e20] {
      var average = ExponentialAverage(halfLife: 13)
      for step in 0..<500 {
        let smooth = average.next(value, at: Double(step * step))
        #expect(smooth == value)
      }
    }
  }

  @Test func smoothingEqualsTheWeightedMeanAndIgnoresLength() {
    let points = walk(200, seed: 5).enumerated().map { (x: Double($0.offset * 2), y: $0.element.y) }
    let halfLife = 6.0
    var series = SmoothedSeries(halfLife: halfLife)
    for point in points { series.append(point.y, at: point.x) }
    let finite = points.filter { $0.y.isFinite }
    // Weights: each value decays with distance; the first has the weight of a distance of one.
    for index in [0, 1, 10, finite.count - 1] {
      var sum = 0.0
      var weight = 0.0
      for (place, point) in finite.prefix(index + 1).enumerated() {
        let before = place == 0 ? 1 : point.x - finite[place - 1].x
        let own = 1 - powTwo(-before / halfLife)
        let decayed = own * powTwo(-(finite[index].x - point.x) / halfLife)
        sum += decayed * point.y
        weight += decayed
      }
      let slot = points.firstIndex { $0.x == finite[index].x } ?? 0
      #expect(abs(series.smooth.values[slot] - sum / weight) < 1e-9)
    }
    var half = SmoothedSeries(halfLife: halfLife)
    for point in points.prefix(100) { half.append(point.y, at: point.x) }
    for (short, long) in zip(half.smooth.values, series.smooth.values) {
      #expect(short == long || (short.isNaN && long.isNaN))
    }
    var again = SmoothedSeries(halfLife: 1)
    for point in points { again.append(point.y, at: point.x) }
    again.resmooth(halfLife: halfLife)
    for (one, other) in zip(again.smooth.values, series.smooth.values) {
      #expect(one == other || (one.isNaN && other.isNaN))
    }
  }

  private func powTwo(_ exponent: Double) -> Double {
    // exp2 by repeated square roots is not needed: the standard library has pow only in Glibc.
    var result = 1.0
    var term = 1.0
    let x = exponent * 0.693_147_180_559_945_3 / 1024
    for index in 1..<30 {
      term *= x / Double(index)
      result += term
    }
    for _ in 0..<10 { result *= result }
    return result
  }
}

struct MixWeightsTests {
  @Test func theSumStaysOneThroughRandomEdits() {
    var random = RandomStream(seed: 3, name: "mix")
    for _ in 0..<50 {
      let count = Int(random.next() % 7) + 1
      var mix = MixWeights(
        (0..<count).map { ("s\($0)", Double(random.next() % 100)) }, locked: [])
      let total = mix.units.reduce(0, +)
      for _ in 0..<60 {
        let index = Int(random.next() % UInt64(count))
        if random.next() % 4 == 0 {
          mix.toggleLock(index)
        } else {
          mix.set(index, to: Double(random.next() % 1300) / 1000 - 0.1)
        }
        #expect(mix.units.allSatisfy { $0 >= 0 && $0 <= 10_000 })
        #expect([total, 10_000].contains(mix.units.reduce(0, +)))
      }
    }
  }

  @Test func aLockedWeightDoesNotMoveAndLimitsTheOthers() {
    var mix = MixWeights([("a", 0.5), ("b", 0.3), ("c", 0.2)])
    mix.toggleLock(1)
    let moved = mix.set(0, to: 0.9)
    #expect(moved)
    #expect(mix.weights == [0.7, 0.3, 0])
    let lockedMoved = mix.set(1, to: 0.1)
    #expect(!lockedMoved)
    mix.toggleLock(2)
    let stuckMoved = mix.set(0, to: 0.2)
    #expect(!stuckMoved, "no free source could take the rest")
  }

  @Test func theOthersKeepTheirProportions() {
    var mix = MixWeights([("a", 0.4), ("b", 0.4), ("c", 0.2)])
    mix.set(0, to: 0.1)
    #expect(mix.weights == [0.1, 0.6, 0.3])
  }
}
