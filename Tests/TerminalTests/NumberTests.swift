import Support
import Terminal
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    (0, "0"), (2.3141, "2.31"), (9.999, "10.0"), (99.96, "100"), (41_234, "41.2k"),
    (999.4, "999"), (999.6, "1.00k"), (3.86e-5, "3.86e-5"), (0.84, "0.840"), (0.0123, "0.0123"),
    (-1.5, "-1.50"), (1.9e15, "1.90e15"), (3_456_000, "3.46M"), (0.00123, "0.00123"),
  ])
  func liveNumbersHaveThreeDigits(value: Double, shown: String) {
    #expect(Format.number(value) == shown)
  }

  @Test func countsTimesBytesAndSigns() {
    #expect(Format.count(1_234_567) == "1,234,567")
    #expect(Format.count(-999) == "-999")
    #expect(Format.count(.min) == "-9,223,372,036,854,775,808")
    #expect(
      [0.21, 42, 761, 11_100, 187_300].map(Format.duration) == [
        "0.210s", "42s", "12m41s", "3h05m", "2d04h",
      ])
    #expect(
      [512, 8192, 1536, 1 << 20, 1000].map(Format.tokens) == [
        "512", "8k", "1.5k", "1M", "1,000",
      ])
    #expect([7, 40_000_000, 1024].map(Format.bytes) == ["7 B", "38.1 MiB", "1.00 KiB"])
    #expect(Format.percent(0.49) == "49 %")
    #expect(Format.signed(0.0125) == "+0.0125" && Format.signed(-3) == "-3.00")
    #expect(Format.number(.nan) == "nan" && Format.fixed(-.infinity, 2) == "-inf")
    #expect(Format.fixed(-0.001, 2) == "0.00")
  }

  @Test func ticksAreOrderedInsideAndDistinctForAnyRange() {
    var random = RandomStream(seed: 3, name: "ticks")
    func number() -> Double { Double(random.next() % 1_000_000) / 1_000_000 }
    for trial in 0..<3000 {
      var scale = 1.0
      for _ in 0..<(trial % 13) { scale *= 10 }
      if trial % 2 == 0 { scale = 1 / scale }
      let low = (number() - 0.3) * scale
      let high = low + (number() + 1e-3) * scale
      let limit = 1 + trial % 12
      for ticks in [
        Ticks.nice(low, high, limit: limit), Ticks.log(low, high, limit: limit),
        Ticks.tokens(low, high, limit: limit), Ticks.tokenPowers(low, high, limit: limit),
      ] {
        #expect(ticks.count <= limit)
        #expect(ticks.allSatisfy { $0.value >= low && $0.value <= high })
        for (first, second) in zip(ticks, ticks.dropFirst()) {
          #expect(first.value < second.value)
          #expect(first.label != second.label, "\(low)...\(high) limit \(limit)")
        }
      }
    }
  }

  @Test func ticksAreWhatAPersonWouldWrite() {
    #expect(Ticks.nice(0, 1700, limit: 5).map(\.label) == ["0", "500", "1,000", "1,500"])
    #expect(Ticks.nice(2.28, 2.41, limit: 4).map(\.label) == ["2.30", "2.35", "2.40"])
    #expect(
      Ticks.nice(0, 50_000, limit: 6).map(\.label) == [
        "0", "10k", "20k", "30k", "40k", "50k",
      ])
    #expect(
      Ticks.log(1, 1e6, limit: 7).map(\.label) == [
        "1", "10", "100", "1k", "10k", "100k", "1M",
      ])
    #expect(Ticks.log(2, 60, limit: 6).map(\.label) == ["2", "5", "10", "20", "50"])
    #expect(Ticks.tokens(0, 8192, limit: 5).map(\.label) == ["0", "2k", "4k", "6k", "8k"])
    #expect(
      Ticks.tokenPowers(500, 8192, limit: 9).map(\.label) == [
        "512", "1k", "2k", "4k", "8k",
      ])
  }

  @Test func unusableRangesGiveNoTicksAndAUsableAxis() {
    #expect(Ticks.nice(.nan, 1, limit: 4).isEmpty && Ticks.nice(2, 1, limit: 4).isEmpty)
    #expect(Ticks.log(0, 1, limit: 4).isEmpty && Ticks.nice(3, 3, limit: 4).count == 1)
    #expect(Axis(fitting: [.nan]) == nil)
    for axis in [
      Axis(low: 5, high: 5), Axis(low: .nan, high: .infinity),
      Axis(low: -3, high: 0, scale: .logarithmic),
    ] {
      #expect(axis.low < axis.high && axis.fraction(axis.low) == 0 && axis.fraction(axis.high) == 1)
    }
  }

  @Test func axisLabelsNeverTouch() {
    for width in 1...60 {
      let canvas = Canvas(width: width, height: 2, glyphs: .ascii)
      let axis = Axis(low: 0, high: 123_456)
      let ticks = Ticks.nice(0, 123_456, limit: 20)
      canvas.bottomAxis(ticks, axis: axis, x: 0, y: 0, width: width)
      let labels = Set(ticks.map(\.label))
      for word in canvas.buffer.lines[1].split(separator: " ") where width > 6 {
        #expect(labels.contains(String(word)), "width \(width)")
      }
    }
  }
}
