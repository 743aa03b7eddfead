import Foundation
import Records
import RunStore
import Runs
import Tensors
import TestSupport
import Testing

/// A run that was stopped and resumed gives every bit of one that was not.
@Suite(.serialized) struct ResumeTests {
  private static let straight: (outcome: Outcome, steps: Int, learnt: Int)? = try? {
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.everything), parent: place.path)
    let follower = Follower(run)
    let learnt = follower.steps.count { $0.stage == 0 }
    return (try Outcome(run.folder), follower.steps.count, learnt)
  }()

  @Test func theRunCrossesWhatAResumeMustSurvive() throws {
    let straight = try #require(Self.straight)
    // The stage ended because it had learnt, neither at its fewest nor at its most steps.
    #expect((3...5).contains(straight.learnt))
    #expect(straight.steps == straight.learnt + 4)
    #expect(straight.outcome.records.contains { $0.contains("\"needle\"") })
    #expect(straight.outcome.records.contains { $0.contains("\"evaluation\"") })
    #expect(straight.outcome.parameters.contains { $0 != 0 })
    #expect(straight.outcome.second.contains { $0 != 0 })
  }

  @Test(arguments: 1...8)
  func stoppedAfterAnyStepItGoesOnBitByBit(_ step: Int) throws {
    let straight = try #require(Self.straight)
    guard step <= straight.steps else { return }
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.everything), parent: place.path)
    let stopped = Follower(run) { record in
      if case .step(let done) = record, done.step == step { [.stop] } else { [] }
    }
    #expect(run.state == .stopped)
    #expect(stopped.steps.last?.step == step)
    let resumed = Follower(try TrainingRun.resume(run.folder))
    #expect(resumed.run.state == .finished)
    #expect(resumed.steps.first?.step == (step == straight.steps ? nil : step + 1))
    #expect(try Outcome(run.folder) == straight.outcome)
  }

  @Test func stoppedAfterEveryStepItGoesOnBitByBit() throws {
    let straight = try #require(Self.straight)
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.everything), parent: place.path)
    let stop: @Sendable (RunRecord) -> [RunCommand] = { record in
      if case .step = record { [.stop] } else { [] }
    }
    var state = Follower(run, answer: stop).run.state
    var resumes = 0
    while state == .stopped, resumes < 20 {
      state = Follower(try TrainingRun.resume(run.folder), answer: stop).run.state
      resumes += 1
    }
    #expect(state == .finished)
    #expect(resumes == straight.steps)
    #expect(try Outcome(run.folder) == straight.outcome)
  }

  @Test(arguments: 1...3)
  func biasesAndNormsOfHeadsAreTrainedAndGoOnBitByBit(_ step: Int) throws {
    let text = RunCase.small.replacing(
      "feed_forward: 64,", with: "feed_forward: 64, qkv_bias: true, qk_norm: true,")
    let place = try TemporaryFolder()
    let straight = try TrainingRun(RunCase.document(text), parent: place.path)
    #expect(Follower(straight).run.state == .finished)
    let trained = try RunReader(straight.folder).newestCheckpoint().contents.parameters
    for (name, start) in [("query_bias", Float(0)), ("value_bias", 0), ("key_norm", 1)] {
      let values = try #require(trained["layers/00/attention/\(name)"])
      #expect(values.contains { $0 != start })
    }
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    _ = Follower(run) { record in
      if case .step(let done) = record, done.step == step { [.stop] } else { [] }
    }
    #expect(run.state == .stopped)
    #expect(Follower(try TrainingRun.resume(run.folder)).run.state == .finished)
    #expect(try Outcome(run.folder) == Outcome(straight.folder))
  }

  @Test(arguments: [2, 4, 8])
  func stoppedInAnEvaluationItIsMeasuredWhole(_ step: Int) throws {
    let straight = try #require(Self.straight)
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.everything), parent: place.path)
    // After the first column, so that the second is missing.
    let stopped = Follower(run) { record in
      if case .needle(let cell) = record, cell.step == min(step, straight.steps) {
        [.stop]
      } else {
        []
      }
    }
    #expect(run.state == .stopped)
    let told = stopped.records.filter { if case .needle = $0 { true } else { false } }
    guard case .needle(let last) = told.last else {
      Issue.record("no cell was told")
      return
    }
    #expect(last.length == 64)
    #expect(Follower(try TrainingRun.resume(run.folder)).run.state == .finished)
    let outcome = try Outcome(run.folder)
    #expect(outcome.parameters == straight.outcome.parameters)
    #expect(outcome.records == straight.outcome.records)
    let resumed = try RunReader(run.folder).records().compactMap { record in
      if case .notice(let notice) = record { notice.resumedStep } else { nil }
    }
    #expect(resumed == [min(step, straight.steps)])
  }

  @Test func aPauseChangesNothing() throws {
    let straight = try #require(Self.straight)
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.everything), parent: place.path)
    let follower = Follower(run) { record in
      if case .step = record { [.pause, .evaluate, .checkpoint] } else { [] }
    }
    #expect(follower.run.state == .finished)
    let outcome = try Outcome(run.folder)
    #expect(outcome.parameters == straight.outcome.parameters)
    #expect(outcome.second == straight.outcome.second)
  }

  @Test func aRunKilledBeforeItsFirstStepBeginsAgain() throws {
    let place = try TemporaryFolder()
    var run: TrainingRun? = try TrainingRun(
      RunCase.document(RunCase.small), parent: place.path)
    let folder = try #require(run?.folder)
    run = nil
    #expect(Follower(try TrainingRun.resume(folder)).run.state == .finished)
    let other = try TrainingRun(RunCase.document(RunCase.small), parent: place.path)
    #expect(Follower(other).run.state == .finished)
    #expect(try Outcome(folder) == Outcome(other.folder))
  }

  @Test func abandoningLeavesTheLastCheckpoint() throws {
    let place = try TemporaryFolder()
    let recipe = RunCase.small + "\ncheckpoint: { every: 2 }"
    let run = try TrainingRun(RunCase.document(recipe), parent: place.path)
    _ = Follower(run) { record in
      if case .step(let step) = record, step.step == 3 { [.abandon] } else { [] }
    }
    #expect(run.state == .stopped)
    #expect(try RunReader(run.folder).newestCheckpoint().contents.step == 2)
  }

  @Test func theFolderIsHeldWhileItRunsAndFreeAfterwards() throws {
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.small), parent: place.path)
    #expect(throws: StoreError.self) { try TrainingRun.resume(run.folder) }
    _ = Follower(run) { record in
      if case .step(let step) = record, step.step == 2 { [.stop] } else { [] }
    }
    let second = try TrainingRun.resume(run.folder)
    #expect(throws: StoreError.self) { try TrainingRun.resume(run.folder) }
    #expect(Follower(second).run.state == .finished)
    let error = #expect(throws: (any Error).self) { try TrainingRun.resume(run.folder) }
    #expect("\(try #require(error))".contains("the run is done, nothing is left to train"))
  }

  @Test func theLogHoldsWhatWasTold() throws {
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(RunCase.everything), parent: place.path)
    let follower = Follower(run)
    let log = try String(contentsOfFile: run.folder + "/records.jsonl", encoding: .utf8)
    let lines = log.split(separator: "\n").map(String.init)
    #expect(lines == follower.records.map(\.jsonLine))
    guard case .plan = follower.records.first, case .done(let done) = follower.records.last else {
      Issue.record("a run begins with its plan and ends with its result")
      return
    }
    #expect(done.status == "done")
    #expect(
      done.final.map(\.name) == [
        "needle.keyed.64", "needle.keyed.96", "needle.keyed.grid", "loss.32",
      ])
    let plans = follower.records.compactMap { if case .plan(let plan) = $0 { plan } else { nil } }
    // One plan tells the time by the speed of the first steps.
    #expect(plans.count { $0.seconds != nil } == 1)
    // A stage that its skill ended early no longer counts with the most it might have taken.
    let corrected = plans.filter { $0.seconds == nil }.map(\.tokens)
    #expect(corrected.count == 2)
    #expect(corrected.first ?? 0 > done.tokens)
    #expect(corrected.last == done.tokens)
  }
}
