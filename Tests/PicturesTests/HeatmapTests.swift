import Pictures
import Records
import Support
import Testing

@Suite struct HeatmapTests {
  @Test func columnsAndRowsAreSortedAndTheLastMeasureOfACellCounts() {
    let map = Heatmap([
      Samples.cell(512, 1, 3, step: 1), Samples.cell(256, 0, 4, step: 1),
      Samples.cell(512, 1, 9, step: 2),
    ])
    #expect(map.lengths == [256, 512])
    #expect(map.depths == [0, 1])
    #expect(map.cell(column: 1, row: 1)?.correct == 9)
    #expect(map.cell(column: 0, row: 1) == nil)
    #expect(map.subtitle == "steps 1 to 2, 10 trials a cell")
  }

  @Test func meansPoolTheTrialsAndIgnoreCellsThatWereNotRun() {
    let map = Heatmap([
      Samples.cell(256, 0, 1, of: 1), Samples.cell(256, 1, 0, of: 3),
      Samples.cell(512, 1, 2, of: 4),
    ])
    #expect(map.mean(column: 0) == Proportion(1, of: 4))
    #expect(map.mean(row: 0) == Proportion(1, of: 1))
    #expect(map.mean == Proportion(3, of: 8))
  }

  @Test func depthsThatDifferOnlyByRoundingAreOneRow() {
    let map = Heatmap([Samples.cell(256, 1.0 / 3, 1), Samples.cell(512, 0.1 + 0.2333333333, 2)])
    #expect(map.depths.count == 1)
  }

  @Test func anotherTaskIsNotMixedIn() {
    let map = Heatmap([Samples.cell(256, 0, 1), Samples.cell(512, 0, 1, task: "single")])
    #expect(map.lengths == [256])
  }

  @Test func plannedCellsStandInTheLayoutBeforeTheyAreRun() {
    let map = Heatmap([], lengths: [256, 512], depths: [0, 0.5, 1])
    #expect(map.lengths.count == 2 && map.depths.count == 3)
    #expect(map.records.isEmpty)
    #expect(map.text(width: 80).contains("not run"))
    #expect(Heatmap([]).text(width: 80).contains("no cell has been run"))
  }

  @Test func csvHoldsEveryCellInFull() {
    let lines = Samples.small.csv.split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    #expect(lines[0] == "step,task,length,depth,correct,trials,score,low,high")
    #expect(lines[1].hasPrefix(",keyed,256,0.0,10,10,1.0,0.722"))
    #expect(lines[1].hasSuffix(",1.0"))
    let odd = Heatmap([Samples.cell(256, 0, 1, task: "a,\"b\"")])
    #expect(odd.csv.contains("\"a,\"\"b\"\"\""))
  }

  @Test func jsonLinesReadBackAsTheSameRecords() {
    let lines = Samples.cliff.json.split(separator: "\n").map(String.init)
    let records = lines.compactMap { line -> NeedleRecord? in
      if case .needle(let record)? = RunRecord(jsonLine: line) { record } else { nil }
    }
    #expect(records == Samples.cliff.records)
    #expect(records.count == 50)
  }
}
