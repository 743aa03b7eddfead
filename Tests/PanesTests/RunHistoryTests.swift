import Panes
import Records
import Terminal
import Testing

struct RunHistoryTests {
  private func step(_ step: Int, loss: Double = 2) -> RunRecord {
    .step(
      StepRecord(
        step: step, stage: 0, loss: loss, learningRate: 1e-3, gradientNorm: 1, tokens: step * 100,
        tokensPerSecond: 50, seconds: Double(step) * 2, lossBySource: [NamedNumber("a", loss)]))
  }

  private func cell(_ step: Int, _ length: Int, _ depth: Double, _ correct: Int) -> RunRecord {
    .needle(
      NeedleRecord(
        step: step, task: "keyed", length: length, depth: depth, correct: correct, trials: 4,
        score: Double(correct) / 4, low: 0, high: 1))
  }

  @Test func progressAndTimeLeftFollowThePlan() {
    var history = RunHistory()
    #expect(history.progress == nil && history.secondsLeft == nil)
    history.apply(
      .plan(
        PlanRecord(stages: 1, tokens: 1000, flops: 1, peakBytes: 1, diskBytes: 1, seconds: nil)))
    history.apply(step(4))
    #expect(history.progress == 0.4)
    #expect(history.secondsLeft == 12)
  }

  @Test func theLastLedgerOfEachStageIsKept() {
    var history = RunHistory()
    func ledger(_ step: Int, _ stage: Int, tokens: Int) -> LedgerRecord {
      LedgerRecord(
        step: step, stage: stage,
        sources: [
          LedgerRecord.Source(
            name: "a", askedTokens: 1, tokens: tokens, epochs: 0, croppedTokens: 0)
        ])
    }
    for record in [ledger(10, 0, tokens: 5), ledger(20, 0, tokens: 9), ledger(30, 1, tokens: 2)] {
      history.apply(.ledger(record))
    }
    #expect(history.ledgers == [0: ledger(20, 0, tokens: 9), 1: ledger(30, 1, tokens: 2)])
    #expect(history.events.isEmpty)
  }

  @Test func sourcesStandBeforePositionIds() {
    var history = RunHistory()
    for (number, source) in ["b", "a"].enumerated() {
      history.apply(
        .step(
          StepRecord(
            step: number + 1, stage: 0, loss: 2, learningRate: 1e-3, gradientNorm: 1,
            tokens: (number + 1) * 100, tokensPerSecond: 50, seconds: Double(number),
            lossBySource: [NamedNumber(source, 2)],
            lossByPosition: [NamedNumber("ids to 256", 1), NamedNumber("ids to 512", 1)])))
    }
    #expect(history.sources.map(\.name) == ["b", "a", "ids to 256", "ids to 512"])
  }

  @Test func aLossThatIsNotANumberIsOneEvent() {
    var history = RunHistory()
    history.apply(step(1))
    history.apply(step(2, loss: .nan))
    history.apply(step(3, loss: .nan))
    #expect(history.events.filter { $0.mark == .failure }.count == 1)
  }

  @Test func cellsOfOneEvaluationShareOneEventAndKeepTheirPlaces() {
    var history = RunHistory()
    for record in [cell(25, 512, 0, 1), cell(25, 256, 0.5, 4), cell(50, 256, 0.5, 2)] {
      history.apply(record)
    }
    #expect(history.evaluations.map(\.step) == [25, 50])
    #expect(history.axes["keyed"] == NeedleAxes(lengths: [256, 512], depths: [0, 0.5]))
    #expect(
      history.events.map(\.text) == [
        "needle keyed 63 % of 8 trials", "needle keyed 50 % of 4 trials",
      ])
  }

  @Test func aCellNotYetMeasuredShowsTheEvaluationBeforeAsOlder() throws {
    var history = RunHistory()
    for record in [cell(25, 256, 0, 1), cell(25, 512, 0, 3), cell(50, 256, 0, 4)] {
      history.apply(record)
    }
    let map = NeedleMap(
      evaluations: history.evaluations, shown: 1, axes: history.axes["keyed"] ?? NeedleAxes(),
      trained: 256, target: 512)
    let fresh = try #require(map.cell(0, 0))
    #expect(fresh.age == .current && fresh.record.correct == 4)
    let old = try #require(map.cell(1, 0))
    #expect(old.age == .older(step: 25) && old.record.correct == 3)
    #expect(map.cell(2, 0) == nil)
    #expect(map.course(0, 0).map(\.correct) == [1, 4])
  }

  @Test func resumedStepsReplaceTheOnesAfterTheCheckpoint() {
    var history = RunHistory()
    for number in 1...10 { history.apply(step(number)) }
    history.apply(step(6, loss: 9))
    #expect(history.loss.raw.count == 6)
    #expect(history.loss.raw.values.last == 9)
  }

  @Test func weightsMovedTogetherAreOneEventAboutTheLargestMove() {
    var history = RunHistory()
    history.apply(step(4))
    for (name, old, new) in [("b", "0.2", "0.19"), ("a", "0.5", "0.51"), ("a", "0.51", "0.6")] {
      history.apply(.edit(EditRecord(step: 5, path: "mix.\(name)", old: old, new: new)))
    }
    #expect(
      history.events.map(\.text) == ["mix a 0.500 → 0.600, others rescaled (you)"])
  }

  @Test func timeLeftCountsTheEvaluationsToCome() {
    var history = RunHistory()
    history.apply(
      .plan(
        PlanRecord(stages: 1, tokens: 1000, flops: 1, peakBytes: 1, diskBytes: 1, seconds: nil)))
    // Ten steps of 100 tokens, 1 s each; evaluations of 4 s at steps 0 and 2.
    func step(_ step: Int, seconds: Double) -> RunRecord {
      .step(
        StepRecord(
          step: step, stage: 0, loss: 2, learningRate: 1, gradientNorm: 1, tokens: step * 100,
          tokensPerSecond: 100, seconds: seconds, lossBySource: []))
    }
    history.apply(cell(0, 256, 0, 1))
    history.apply(step(1, seconds: 5))
    history.apply(step(2, seconds: 6))
    history.apply(cell(2, 256, 0, 1))
    history.apply(step(3, seconds: 11))
    history.apply(step(4, seconds: 12))
    // Six steps and the evaluations at 6, 8 and 10.
    #expect(abs((history.secondsLeft ?? 0) - (6 + 3 * 4)) < 1e-9)
  }

  @Test func waitingIsTheShareOfTheLastStepsTime() throws {
    var history = RunHistory()
    // Steps of 100 tokens and 2 s each; the first waited long, the log of another did not say.
    let waits: [Double?] = [1, nil] + [Double?](repeating: 0.05, count: 40)
    for (number, waited) in waits.enumerated() {
      history.apply(
        .step(
          StepRecord(
            step: number + 1, stage: 0, loss: 2, learningRate: 1, gradientNorm: 1,
            tokens: (number + 1) * 100, tokensPerSecond: 50, seconds: Double(number) * 2,
            waitSeconds: waited, lossBySource: [])))
      if number < 2 { #expect(history.waitingShare == 0.5) }
    }
    #expect(abs(try #require(history.waitingShare) - 0.025) < 1e-9)
  }

  @Test func aMetricThatNamesItsTaskIsNotNamedTwice() {
    var history = RunHistory()
    history.apply(
      .evaluation(
        EvaluationRecord(
          step: 20, task: "loss", metric: "loss at 256, nats", value: 1.75, low: 1.7, high: 1.8,
          samples: 10)))
    #expect(history.events.last?.text == "loss at 256 1.75")
  }
}

struct ChartViewTests {
  @Test func theRightEdgeStaysPutWhileStepsComeIn() {
    let chart = ChartView()
    var edges = Set<Double>()
    for step in 1...1000 { edges.insert(chart.domain(last: Double(step), end: nil).upperBound) }
    #expect(edges.count < 60)
    for step in 1...1000 {
      #expect(chart.domain(last: Double(step), end: nil).upperBound > Double(step))
    }
  }

  @Test(arguments: [Axis.Scale.linear, .logarithmic])
  func zoomingStaysInsideAndComesBackToEverything(scale: Axis.Scale) {
    var chart = ChartView()
    let whole = Axis(low: 1, high: 100, scale: scale)
    for _ in 0..<10 {
      chart.zoom(by: 0.5, within: whole, around: 90, least: 5)
      let range = chart.range ?? whole.low...whole.high
      #expect(range.lowerBound >= 1 - 1e-9 && range.upperBound <= 100 + 1e-9)
      #expect(range.upperBound - range.lowerBound >= 4.5)
      #expect(range.contains(90))
    }
    for _ in 0..<10 { chart.zoom(by: 2, within: whole, around: 90, least: 5) }
    #expect(chart.range == nil)
  }

  /// A run of ten steps that are ever longer: step n trains n thousand tokens.
  private func growing() -> RunHistory {
    var history = RunHistory(halfLife: 0)
    for step in 1...10 {
      history.apply(
        .step(
          StepRecord(
            step: step, stage: 0, loss: Double(step), learningRate: 1, gradientNorm: 1,
            tokens: 500 * step * (step + 1), tokensPerSecond: 1, seconds: Double(step * step),
            lossBySource: [])))
    }
    return history
  }

  @Test(arguments: Budget.axes, [false, true])
  func theCursorStopsAtDataInEveryUnit(unit: Budget, isLogarithmic: Bool) {
    let history = growing()
    var chart = ChartView()
    (chart.unit, chart.logarithmicX) = (unit, isLogarithmic)
    let axis = ChartAxis(chart, history)
    var step = 10.0
    for wanted in stride(from: 9.0, through: 7, by: -1) {
      step = axis.step(from: step, columns: -1, of: 400, in: history)
      #expect(step <= wanted && step == step.rounded())
    }
    for _ in 0..<40 { step = axis.step(from: step, columns: -10, of: 20, in: history) }
    #expect(step == 1)
    for _ in 0..<40 { step = axis.step(from: step, columns: 1, of: 20, in: history) }
    #expect(step == 10)
  }

  /// Whatever the unit and the scale, every point falls into exactly one column.
  @Test(arguments: Budget.axes, [false, true])
  func columnsHoldEveryPointOnce(unit: Budget, isLogarithmic: Bool) {
    let history = growing()
    var chart = ChartView()
    (chart.unit, chart.logarithmicX) = (unit, isLogarithmic)
    for count in [1, 3, 17, 200] {
      let edges = ChartAxis(chart, history).edges(count, in: history)
      #expect(edges == edges.sorted())
      let columns = history.loss.raw.columns(edges: edges).compactMap(\.self)
      #expect(columns.reduce(0) { $0 + $1.count } == 10)
      #expect(columns.map(\.minimum).min() == 1 && columns.map(\.maximum).max() == 10)
    }
  }

  @Test func aStepOfOneSpikeIsSeenAtEveryZoomOfALongRun() {
    var series = SeriesPyramid()
    let spike = 777_777
    for step in 0..<1_000_000 { series.append(step == spike ? 9 : 1, at: Double(step)) }
    for exponent in 1...19 {
      let half = Double(1 << exponent)
      let range = max(0, Double(spike) - half)...(Double(spike) + half)
      let tall = series.columns(over: range, count: 100).compactMap(\.self)
        .filter { $0.maximum == 9 }
      #expect(tall.count == 1)
    }
  }
}
