import Records
import Testing

struct NeedleCellsTests {
  private static func cell(
    _ step: Int?, _ correct: Int, task: String = "keyed", length: Int = 64, depth: Double = 0
  ) -> NeedleRecord {
    NeedleRecord(
      step: step, task: task, length: length, depth: depth, correct: correct, trials: 10, score: 0,
      low: 0, high: 1)
  }

  @Test func aPlaceIsCountedOnceByWhatWasToldLast() {
    var cells = NeedleCells()
    let others = [
      Self.cell(50, 1), Self.cell(75, 2), Self.cell(nil, 3), Self.cell(50, 4, task: "single"),
      Self.cell(50, 5, length: 128), Self.cell(50, 6, depth: 0.5),
    ]
    #expect(others.allSatisfy { cells.add($0) == nil })
    #expect(cells.add(Self.cell(50, 9))?.correct == 1)
    #expect(cells.all.map(\.correct) == [9, 2, 3, 4, 5, 6])
  }
}
