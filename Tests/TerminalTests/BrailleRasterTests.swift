import Support
import Terminal
import Testing

@Suite struct BrailleRasterTests {
  @Test(arguments: [GlyphSet.full, .basic, .ascii])
  func everyDotLandsInItsCell(glyphs: GlyphSet) {
    var one = BrailleRaster(width: 3, height: 2, glyphs: glyphs)
    for y in 0..<one.dotHeight {
      for x in 0..<one.dotWidth {
        one = BrailleRaster(width: 3, height: 2, glyphs: glyphs)
        one.dot(x: x, y: y, pen: .init(.text))
        let canvas = Canvas(width: 3, height: 2, glyphs: glyphs)
        one.draw(on: canvas)
        for row in 0..<2 {
          for column in 0..<3 {
            let isHere = column == x / one.dotsAcross && row == y / one.dotsDown
            #expect((canvas.buffer[column, row].glyph != .space) == isHere)
          }
        }
        if glyphs.level == .full {
          let bit: [[UInt32]] = [[1, 8], [2, 16], [4, 32], [64, 128]]
          #expect(
            canvas.buffer[x / 2, y / 4].glyph.scalar.value == 0x2800 + bit[y % 4][x % 2])
        }
      }
    }
  }

  /// Brute force: walk the segment in tiny steps and set the nearest dot.
  @Test func linesCoverTheDotsOfBruteForceAndNothingFarFromTheSegment() {
    var random = RandomStream(seed: 11, name: "raster")
    func number(_ range: Double) -> Double { Double(random.next() % 10_000) / 10_000 * range }
    for _ in 0..<200 {
      var raster = BrailleRaster(width: 12, height: 6, glyphs: .full)
      let (x0, y0) = (number(40) - 8, number(40) - 8)
      let (x1, y1) = (number(40) - 8, number(40) - 8)
      raster.line(fromX: x0, y: y0, toX: x1, y: y1, pen: .init(.text))
      let steps = 4000
      for step in 0...steps {
        let t = Double(step) / Double(steps)
        let x = x0 + (x1 - x0) * t
        let y = y0 + (y1 - y0) * t
        // Points just between two dots may belong to either.
        let edge =
          abs((x - x.rounded(.down)) - 0.5) < 1e-6 || abs((y - y.rounded(.down)) - 0.5) < 1e-6
        let (column, row) = (Int(x.rounded()), Int(y.rounded()))
        guard !edge, column >= 0, column < raster.dotWidth, row >= 0, row < raster.dotHeight
        else { continue }
        #expect(raster.isSet(x: column, y: row))
      }
      let length = ((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)).squareRoot()
      for y in 0..<raster.dotHeight {
        for x in 0..<raster.dotWidth where raster.isSet(x: x, y: y) {
          let cross = (x1 - x0) * (y0 - Double(y)) - (x0 - Double(x)) * (y1 - y0)
          #expect(length < 1 || abs(cross) / length < 1.001)
        }
      }
    }
  }

  @Test func theLowestRankTakesTheColourWhateverTheOrder() {
    for order in [[0, 1], [1, 0]] {
      var raster = BrailleRaster(width: 1, height: 1, glyphs: .full)
      for rank in order { raster.dot(x: rank, y: 0, pen: .init(Style(.series(rank)), rank: rank)) }
      let canvas = Canvas(width: 1, height: 1)
      raster.draw(on: canvas)
      #expect(canvas.buffer[0, 0] == Cell("⠉", Style(.series(0))))
    }
  }

  @Test func gapsAndExtremesAreHarmless() {
    var raster = BrailleRaster(width: 4, height: 2, glyphs: .full)
    raster.polyline(
      [(0, 0), (.nan, 3), (7, .infinity), (2, 1e300), (3, -1e300), (1e300, 4)], pen: .init(.text))
    #expect(raster.isSet(x: 0, y: 0) && !raster.isSet(x: 1, y: 0))
    // The jump from far below to far above crosses the whole height.
    #expect((0..<8).allSatisfy { raster.isSet(x: 2, y: $0) || raster.isSet(x: 3, y: $0) })
    var empty = BrailleRaster(width: -1, height: 0, glyphs: .ascii)
    empty.line(fromX: 0, y: 0, toX: 9, y: 9, pen: .init(.text))
    #expect(empty.dotWidth == 0)
  }
}
