import Foundation
import Pictures
import Records
import Support
import TestSupport
import Testing

@Suite struct LineChartTests {
  /// Two runs: one that falls from 4 to 2 with a spike, one a little above it and half as long.
  static var chart: LineChart {
    func curve(_ name: String, _ count: Int, above: Double) -> LineChart.Curve {
      LineChart.Curve(
        name: name,
        points: (1...count).map { step in
          let smooth = 2 + 2 / Double(step) + above
          return LineChart.Point(
            step: step, x: Double(step) * 1000, raw: smooth + (step == 37 ? 1 : 0), smooth: smooth)
        })
    }
    return LineChart(
      title: "Loss of 2 runs", source: "run 017, seed 1", xLabel: "Tokens trained on",
      yLabel: "Training loss (nats)", halfLife: 8,
      curves: [curve("017-longrecipe", 200, above: 0), curve("016, \"pose\"", 100, above: 0.2)],
      events: [LineChart.Event(x: 60_000, label: "learning rate")])
  }

  @Test func theTableHoldsEveryPointRawAndSmoothedWithTheHalfLife() throws {
    let lines = Self.chart.csv.split(separator: "\n")
    #expect(lines.count == 301)
    #expect(
      lines[0]
        == "run,step,Tokens trained on,Training loss (nats),Training loss (nats) half-life 8")
    #expect(lines[37] == "017-longrecipe,37,37000.0,3.054054054054054,2.054054054054054")
    #expect(lines[201].hasPrefix("\"016, \"\"pose\"\"\",1,1000.0,"))
  }

  @Test func theFigureHasAxesUnitsEventsLegendAndSource() {
    let svg = Self.chart.svg
    for words in [
      "Tokens trained on", "Training loss (nats)", "learning rate", "017-longrecipe",
      "016, &quot;pose&quot;", "half-life of 8 steps", "Source: run 017, seed 1.",
    ] {
      #expect(svg.contains(words), "\(words)")
    }
    #expect(svg.matches(of: /<polyline/).count > 10)
    #expect(svg.matches(of: /stroke-dasharray/).count >= 3, "the second run is dashed")
  }

  @Test func aSpikeOfOneStepIsInTheFigureOfALongRun() {
    let points = (0..<200_000).map { step in
      LineChart.Point(step: step, x: Double(step), raw: step == 123_456 ? 9 : 1, smooth: 1)
    }
    var chart = Self.chart
    chart.curves = [LineChart.Curve(name: "long", points: points)]
    chart.events = []
    // The top of the plot is at 58 points: only the spike reaches it.
    #expect(chart.svg.contains(",58 ") && chart.svg.utf8.count < 300_000)
  }

  @Test func logAxesLeaveOutWhatHasNoPlace() {
    var chart = Self.chart
    (chart.isLogX, chart.isLogY) = (true, true)
    chart.curves = [
      LineChart.Curve(
        name: "a",
        points: [(0, 1.0), (10, 0), (100, 10), (1000, .nan)].map { x, y in
          LineChart.Point(step: Int(x), x: x, raw: y, smooth: y)
        })
    ]
    #expect(!chart.svg.contains("nan") && !chart.svg.contains("inf"))
    #expect(chart.text.contains("1,000") || chart.text.contains("1k"))
  }

  @Test func levelsAreDrawnAndHaveRoomAndWhatIsNotSmoothedHasOneColumn() throws {
    var chart = Self.chart
    chart.levels = [LineChart.Level(y: 40, label: "trained 40"), .init(y: 0.5, label: "half")]
    chart.halfLife = 0
    (chart.indexName, chart.origin) = ("pair", "By formula.")
    for text in [chart.svg, chart.text] {
      #expect(text.contains("trained 40") && text.contains("half"))
    }
    #expect(chart.svg.contains("By formula. Source: run 017") && !chart.svg.contains("half-life"))
    #expect(chart.text.split(separator: "\n").count { $0.contains("------") } == 3)
    let lines = chart.csv.split(separator: "\n")
    #expect(lines[0] == "run,pair,Tokens trained on,Training loss (nats)")
    #expect(lines[37] == "017-longrecipe,37,37000.0,3.054054054054054")
  }

  @Test func anEmptyChartSaysSo() {
    var chart = Self.chart
    chart.curves = []
    #expect(chart.svg.contains("no point to show"))
    #expect(chart.text.contains("no point to show"))
  }

  @Test(arguments: PictureFile.endings) func everyFormatIsWritten(ending: String) throws {
    let folder = try TemporaryFolder()
    try PictureFile.write(Self.chart, to: folder.file("loss" + ending))
    #expect(try folder.bytes("loss" + ending).count > 500)
  }

  @Test func theTextShowsBothRunsOverTheirAxes() {
    let lines = Self.chart.text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "Loss of 2 runs" && lines[1] == "Training loss (nats)")
    #expect(lines.contains { $0.contains("*") && $0.contains("A") })
    #expect(lines.contains { $0.hasSuffix("Tokens trained on") })
    #expect(lines.allSatisfy { $0.count <= 120 })
  }
}

@Suite struct HeatmapDifferenceTests {
  private func cell(_ length: Int, _ correct: Int, step: Int) -> NeedleRecord {
    let share = Proportion(correct, of: 20)
    return NeedleRecord(
      step: step, task: "keyed", length: length, depth: 0.5, correct: correct, trials: 20,
      score: share.score, low: share.low, high: share.high)
  }

  private var map: Heatmap {
    var map = Heatmap(
      [cell(256, 20, step: 50), cell(512, 12, step: 50), cell(1024, 3, step: 50)],
      subtitle: "step 50", source: "run 017")
    map.reference = Heatmap.Reference(
      title: "step 25", records: [cell(256, 4, step: 25), cell(512, 10, step: 25)])
    return map
  }

  /// 20 and 4 of 20 differ beyond their intervals, 12 and 10 do not, 1,024 was not run before.
  @Test func theTableSaysWhatIsMoreThanChance() {
    let lines = map.csv.split(separator: "\n").map(String.init)
    #expect(lines[0].hasSuffix(",reference_correct,reference_trials,difference,clear"))
    #expect(lines[1].hasSuffix(",4,20,0.8,true"))
    #expect(lines[2].contains(",10,20,0.09999999999999998,false"))
    #expect(lines[3].hasSuffix(",,,,"))
  }

  @Test func theFigureIsSignedAndColoursOnlyWhatIsClear() {
    let svg = map.svg
    #expect(svg.contains(">+80<") && svg.contains(">+10<"))
    #expect(svg.contains("Difference (points)"))
    #expect(svg.contains("points above step 25"))
    #expect(svg.contains("not run"))
  }

  @Test func theTextMarksWhatIsClear() {
    let text = map.text(width: 80, glyphs: .ascii)
    #expect(text.contains("* +80") && text.contains("+10"))
    #expect(text.contains("points above step 25"))
  }
}
