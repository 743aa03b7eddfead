import Support
import Terminal
import Testing

@Suite struct CanvasTests {
  @Test func focusIsVisibleWithoutColour() {
    let canvas = Canvas(width: 26, height: 3, glyphs: .ascii)
    canvas.box(Rect(width: 13, height: 3), title: "mix", focused: true)
    canvas.box(Rect(x: 13, width: 13, height: 3), title: "mix")
    #expect(
      canvas.buffer.text == """
        #= mix =====#+- mix -----+
        #           #|           |
        #===========#+-----------+
        """)
  }

  @Test func titlesYieldToTheFrame() {
    let canvas = Canvas(width: 20, height: 2)
    canvas.box(title: "a title far too long", trailing: "right")
    #expect(canvas.buffer.lines[0] == "╭─ a title far t… ─╮")
    let roomy = Canvas(width: 24, height: 2)
    roomy.box(title: "loss", trailing: "follow")
    #expect(roomy.buffer.lines[0] == "╭─ loss ────── follow ─╮")
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 1), (1, 2), (3, 3), (20, 3)])
  func everythingDrawsAtAnySizeAndStaysInside(width: Int, height: Int) {
    for glyphs in [GlyphSet.full, .basic, .ascii] {
      let canvas = Canvas(width: 30, height: 8, glyphs: glyphs)
      canvas.fill(with: "#")
      let view = canvas.view(Rect(x: 4, y: 2, width: width, height: height))
      let inside = view.box(title: "日本 title", trailing: "x", focused: true)
      inside.text("日本語 text", x: -1, y: 0)
      view.bar(0.7, x: 0, y: 0, width: 50, caps: true)
      view.sparkline([1, 2, .nan, 3], x: -2, y: 0, width: 9)
      view.column(2, x: 0, bottom: 0, height: 9)
      view.leftAxis(
        Ticks.nice(0, 9, limit: 9), axis: Axis(low: 0, high: 9), x: 2, y: 0, height: 40)
      view.bottomAxis(
        Ticks.nice(0, 9, limit: 9), axis: Axis(low: 0, high: 9), x: 0, y: 0, width: 40)
      var raster = BrailleRaster(width: 30, height: 9, glyphs: glyphs)
      raster.line(fromX: -5, y: -5, toX: 500, y: 80, pen: .init(.text))
      raster.draw(on: view)
      for y in 0..<8 {
        for x in 0..<30 where !Rect(x: 4, y: 2, width: width, height: height).contains(x: x, y: y) {
          #expect(canvas.buffer[x, y].glyph == "#", "\(x),\(y) of \(width)x\(height)")
        }
      }
    }
  }

  @Test func aWideGlyphCutByAnEdgeBecomesASpace() {
    let canvas = Canvas(width: 6, height: 1)
    canvas.view(Rect(width: 3, height: 1)).put("日", x: 2, y: 0)
    #expect(canvas.buffer.lines[0] == "      ")
    canvas.put("日", x: 1, y: 0)
    canvas.put("x", x: 2, y: 0)
    #expect(canvas.buffer.lines[0] == "  x   ")
    canvas.put("日", x: 1, y: 0)
    canvas.put("y", x: 1, y: 0)
    #expect(canvas.buffer.lines[0] == " y    ")
  }

  @Test func randomWritesKeepEveryRowExactlyAsWideAsTheFrame() {
    var random = RandomStream(seed: 7, name: "canvas")
    var buffer = CellBuffer(width: 9, height: 2)
    let glyphs: [Glyph] = ["a", "日", "é", " ", "本"]
    for _ in 0..<5000 {
      buffer.put(
        glyphs[Int(random.next() % 5)], x: Int(random.next() % 11) - 1, y: Int(random.next() % 2),
        style: .text)
      for y in 0..<2 {
        var x = 0
        while x < 9 {
          let width = buffer[x, y].glyph.width
          #expect(width > 0)
          for half in 1..<max(width, 1) { #expect(buffer[x + half, y].glyph == .continuation) }
          x += max(width, 1)
        }
        #expect(x == 9)
      }
    }
  }

  @Test func alignmentAndBarsAreExact() {
    let canvas = Canvas(width: 10, height: 4)
    canvas.text("ab", y: 0, align: .right)
    canvas.text("ab", y: 1, align: .center)
    canvas.bar(0.5, x: 0, y: 2, width: 5, style: .text)
    canvas.bar(1, x: 0, y: 3, width: 4, caps: true, style: .text)
    #expect(canvas.buffer.text == "        ab\n    ab\n██▌\n▕██▏")
  }

  @Test func goldenRowsShowGlyphsAndRunsOfStyles() {
    let canvas = Canvas(width: 6, height: 2)
    canvas.text("日", y: 0, style: .heat(3))
    canvas.text("x", x: 3, y: 0, style: .bad)
    canvas.text("yz", x: 1, y: 1, style: Style(.accent, on: .diverging(4), [.bold, .reverse]))
    #expect(canvas.buffer.golden == ["|日 x  | 2h3 1. 1b", "| yz   | 1. 2a/d4*!"])
  }

  @Test func asciiCanvasesHoldOnlyASCII() {
    let canvas = Canvas(width: 40, height: 5, glyphs: .ascii)
    canvas.box(title: "é → 日本 ✓", trailing: "▲")
    canvas.text("│┃▁█⣿…•", x: 2, y: 2)
    canvas.put("╬", x: 0, y: 0)
    #expect(canvas.buffer.text.unicodeScalars.allSatisfy { $0.isASCII })
  }
}
