import Records
import Testing

@Suite struct RunRecordTests {
  /// One record of every event, with names that need escaping and numbers that are not finite.
  static let samples: [(event: String, record: RunRecord)] = [
    (
      "plan",
      .plan(
        PlanRecord(
          stages: 2, tokens: 3_276_800, flops: 1.5e13, peakBytes: 1 << 31, diskBytes: 9_000_000,
          seconds: nil, recompute: "selective"))
    ),
    (
      "stage",
      .stage(StageRecord(step: 100, stage: 1, name: "extend", steps: nil, text: "base \"160k\""))
    ),
    (
      "step",
      .step(
        StepRecord(
          step: 7, stage: 0, loss: 2.125, learningRate: 1e-3, gradientNorm: 0.1, tokens: 114_688,
          tokensPerSecond: 41_234.5, seconds: 2.75, waitSeconds: 0.25,
          lossBySource: [NamedNumber("books", 2), NamedNumber("code", 2.25)],
          lossByRole: [NamedNumber("answer", 0.5)],
          lossByPosition: [NamedNumber("ids to 512", 1.5)]))
    ),
    (
      "ledger",
      .ledger(
        LedgerRecord(
          step: 10, stage: 1,
          sources: [
            LedgerRecord.Source(
              name: "my \"books\"", askedTokens: 500.5, tokens: 512, epochs: 2, croppedTokens: 9,
              leftOutTokens: 30)
          ],
          replay: [
            LedgerRecord.Source(
              name: "code", askedTokens: 64, tokens: 64, epochs: 0, croppedTokens: 0)
          ]))
    ),
    (
      "needle",
      .needle(
        NeedleRecord(
          step: 25, task: "keyed", length: 4096, depth: 1.0 / 3, correct: 9, trials: 10, score: 0.9,
          low: 0.596, high: 0.982,
          answers: [
            NeedleAnswer(
              key: "k", expected: "4", answered: "\u{1B}[31m", logProbability: -.infinity,
              excerpt: "line\nbreak")
          ]))
    ),
    (
      "evaluation",
      .evaluation(
        EvaluationRecord(
          step: nil, task: "loss", metric: "nats per token", value: .infinity, low: 1, high: 2,
          samples: 64))
    ),
    (
      "checkpoint",
      .checkpoint(CheckpointRecord(step: 200, path: "runs/a b/step.h5", bytes: 4_000_000))
    ),
    ("edit", .edit(EditRecord(step: 12, path: "stages.0.mix.books", old: "0.3", new: "0.5"))),
    ("notice", .notice(NoticeRecord(level: .warning, text: "tab\tand \\ and é"))),
    ("notice", .notice(NoticeRecord(level: .info, text: "goes on", resumedStep: 12))),
    (
      "done",
      .done(
        DoneRecord(
          status: "stopped", path: "", seconds: 0, tokens: 0, flops: 0,
          final: [NamedNumber("needle", 0.98)], peakBytes: 1 << 30))
    ),
  ]

  @Test(arguments: samples.indices)
  func everyRecordReadsBackFromItsLine(index: Int) {
    let (event, record) = Self.samples[index]
    let line = record.jsonLine
    #expect(line.hasPrefix("{\"event\":\"\(event)\","))
    #expect(!line.contains("\n"))
    #expect(RunRecord(jsonLine: line) == record)
  }

  @Test func numbersThatAreNotOnesSurviveAsWords() {
    let record = RunRecord.step(
      StepRecord(
        step: 1, stage: 0, loss: .nan, learningRate: 0, gradientNorm: .infinity, tokens: 1,
        tokensPerSecond: 0, seconds: 0, lossBySource: []))
    #expect(record.jsonLine.contains("\"loss\":\"nan\""))
    guard case .step(let read)? = RunRecord(jsonLine: record.jsonLine) else {
      Issue.record("no step in \(record.jsonLine)")
      return
    }
    #expect(read.loss.isNaN)
    #expect(read.gradientNorm == .infinity)
  }

  @Test(arguments: samples.indices)
  func aTornLineIsNoRecordWhereverItIsCut(index: Int) {
    let line = Self.samples[index].record.jsonLine
    for length in 0..<line.count {
      #expect(RunRecord(jsonLine: String(line.prefix(length))) == nil)
    }
  }

  @Test(arguments: [
    "{\"event\":\"from_the_future\",\"step\":1}", "{\"step\":1}", "{\"event\":1}", "[]", "null",
    "{\"event\":\"checkpoint\",\"step\":\"one\",\"path\":\"a\",\"bytes\":1}",
    "{\"event\":\"notice\",\"level\":\"shout\",\"text\":\"a\"}",
  ])
  func unknownEventsAndWrongTypesAreNoRecords(line: String) {
    #expect(RunRecord(jsonLine: line) == nil)
  }

  @Test func unknownKeysAreIgnored() {
    let line =
      "{\"event\":\"checkpoint\",\"new\":{\"a\":[1]},\"step\":3,\"path\":\"a\",\"bytes\":1,\"more\":null}"
    #expect(
      RunRecord(jsonLine: line) == .checkpoint(CheckpointRecord(step: 3, path: "a", bytes: 1)))
  }

  @Test func aRunIsOverOnlyInItsLastStates() {
    let over: [RunState] = [.finished, .stopped, .failed("disk full")]
    let on: [RunState] = [.preparing, .training, .evaluating, .paused, .stopping]
    #expect(over.allSatisfy { $0.isOver })
    #expect(!on.contains { $0.isOver })
  }
}
