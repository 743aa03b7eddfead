import Queues
import Records
import Support
import Testing

@Suite struct SweepTableTests {
  private static func run(correct: Int, loss: Double) -> [RunRecord] {
    func cell(_ step: Int, _ correct: Int) -> RunRecord {
      let share = Proportion(correct, of: 50)
      return .needle(
        NeedleRecord(
          step: step, task: "keyed", length: 256, depth: 0, correct: correct, trials: 50,
          score: share.score, low: share.low, high: share.high))
    }
    func figure(_ step: Int, _ value: Double) -> RunRecord {
      .evaluation(
        EvaluationRecord(
          step: step, task: "loss", metric: "loss at 32, nats", value: value, low: value,
          high: value,
          samples: 1))
    }
    return [
      // As when the last stage merges: what was asked before it at the same step does not count.
      cell(0, 0), figure(0, 2), cell(4, 0), cell(4, correct), figure(4, loss),
      .done(
        DoneRecord(
          status: "done", path: "", seconds: 3, tokens: 8, flops: 2e12,
          final: [
            NamedNumber("needle.keyed.256", 1),
            NamedNumber("loss.32", loss),
          ])),
    ]
  }

  @Test func theTableHasMeansErrorsAndMarksWhatIsClear() throws {
    let table = SweepTable(
      arms: ["first", "worse", "none"],
      results: [
        ("first", Self.run(correct: 50, loss: 1.5)), ("first", Self.run(correct: 48, loss: 1.7)),
        ("worse", Self.run(correct: 20, loss: 1.6)), ("worse", Self.run(correct: 24, loss: 1.6)),
      ])
    #expect(table.runs == [2, 2, 0])
    #expect(
      table.rows.map(\.name) == ["keyed at 256", "loss.32", "loss.32, change", "TFLOP", "seconds"])
    let answers = try #require(table.rows.first)
    #expect(answers.isShare)
    #expect(answers.cells[0]?.values == [1, 0.96])
    #expect(answers.cells[0]?.pooled == Proportion(98, of: 100))
    // The spread is 0.02; chance among 98 of 100 answers is a little less than it.
    #expect(table.text(answers, 0) == "98.0 ± 2.0")
    #expect(table.isClear(answers, 1))
    #expect(table.text(answers, 1).hasSuffix(" *"))
    #expect(table.text(answers, 2) == "-")
    #expect(!table.isClear(table.rows[1], 1))
    #expect(table.text(table.rows[2], 0) == "-0.400 ± 0.100")
    #expect(table.markdown.contains("| keyed at 256, % | 98.0 ± 2.0 |"))
    #expect(table.csv.contains("\"keyed at 256\",worse,2,0.48"))
  }
}
