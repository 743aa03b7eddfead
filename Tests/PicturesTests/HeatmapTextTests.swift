import Pictures
import Records
import Testing

@Suite struct HeatmapTextTests {
  @Test func cellsCarryAGlyphAndANumberAndTheContextsAreMarked() {
    let expected = """
      small & <sharp>
      10 trials a cell

        depth │   256┊   1K┃
          0 % │ █ 100┊    ·┃
        100 % │ ▒  50┊    0┃
              └────────────
         mean │ ▓  75┊    0┃

      all cells 50.0 % [33.2, 66.8] of 30 trials
      ┊ trained on 256 tokens   ┃ target 1,024 tokens
      right answers in percent: blank 0-4  ░ 5-34  ▒ 35-64  ▓ 65-94  █ 95-100  · not run
      1K = 1,024 tokens

      """
    #expect(Samples.small.text(width: 80) == expected)
  }

  @Test(arguments: [Samples.cliff, Samples.small])
  func asciiTextIsAsciiOnly(map: Heatmap) {
    #expect(map.text(width: 80, glyphs: .ascii).allSatisfy { $0.isASCII })
  }

  @Test(arguments: [1, 24, 30, 40, 60, 80, 200])
  func noColumnIsLeftOutAtAnyWidth(width: Int) {
    let text = Samples.cliff.text(width: width)
    let rows = text.split(separator: "\n").filter { $0.contains("│") }
    let header = rows.filter { $0.contains("depth") }.joined()
    for name in ["256", "512", "1K", "2K", "4K"] { #expect(header.contains(name)) }
    #expect(rows.allSatisfy { $0.count <= max(width, 24) + 1 })
  }

  @Test func almostAllIsNotCalledAllAndAlmostNoneIsNotCalledNone() {
    let map = Heatmap([
      Samples.cell(256, 0, 999, of: 1000), Samples.cell(512, 0, 1, of: 1000),
    ])
    let row = map.text(width: 80).split(separator: "\n").first { $0.contains("0 %") }
    #expect(row?.contains("99") == true)
    #expect(row?.contains("100") == false)
    #expect(row?.hasSuffix("1") == true)
  }
}
