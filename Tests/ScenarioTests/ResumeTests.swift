import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct ResumeTests {
    /// Steps of a training long enough to be met in the middle, and short enough for a test.
    private static let recipe = TinyRecipe.world(steps: 150, every: 20, evaluations: 60)
      .replacingOccurrences(of: "tokens_per_step: 128", with: "tokens_per_step: 512")
      .replacingOccurrences(of: "tokens_per_step: 64", with: "tokens_per_step: 512")

    /// The run that nobody disturbed; trained once.
    private static let calm = Result { try undisturbed() }

    /// Number of step events in the only run's log so far.
    private func steps(_ place: Workplace) -> Int {
      guard let run = place.runs.first,
        let log = try? String(contentsOfFile: run + "/records.jsonl", encoding: .utf8)
      else { return 0 }
      return log.components(separatedBy: "{\"event\":\"step\"").count - 1
    }

    /// Weights and moments of a run that nobody disturbed, and its logged losses.
    private static func undisturbed() throws -> (bits: [[UInt32]], losses: [Double]) {
      let place = try Workplace(recipe)
      let run = try place.train()
      return (try bits(of: run), try losses(run))
    }

    private static func losses(_ run: String) throws -> [Double] {
      let log = try String(contentsOfFile: run + "/records.jsonl", encoding: .utf8)
      return try log.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        .named("step").compactMap { $0["loss"]?.numberValue }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGUSR1, 85)])
    func aSignalCommitsACheckpointAndResumeEndsBitForBitTheSame(
      signal: Int32, status: Int
    ) throws {
      let whole = try Self.calm.get()
      let place = try Workplace(Self.recipe)
      // Once in the first stage, once in the second.
      let started = try place.start()
      #expect(started.wait(seconds: 60) { _ in steps(place) >= 33 })
      started.signal(signal)
      let result = started.finish(seconds: 60)
      let run = try place.run()
      expect(result, status: status, says: ["go on with: needlepoint resume \(run)", "checkpoint"])
      #expect(steps(place) < 300, "it was over before the signal came")
      #expect(!place.names(under: run).contains("DONE"))
      let again = try Program.start(["resume", run, "--threads", "1"])
      #expect(again.wait(seconds: 60) { _ in steps(place) >= 190 })
      again.signal(signal)
      expect(again.finish(seconds: 60), status: status)
      expect(try place.program("resume", run, "--quiet"))
      #expect(place.names(under: run).contains("DONE"))
      #expect(try bits(of: run) == whole.bits)
      #expect(try Self.losses(run) == whole.losses)
      let over = try place.program("resume", run)
      expectRefusal(over, says: ["nothing is left to train"])
    }

    @Test func killingItAtAnyMomentLosesNoCommittedCheckpoint() throws {
      let whole = try Self.calm.get()
      let place = try Workplace(Self.recipe)
      var command = try place.start()
      // Before the first checkpoint, right around one, and far on.
      for moment in [3, 19, 41, 170, 260] {
        #expect(command.wait(seconds: 60) { _ in steps(place) >= moment })
        command.signal(SIGKILL)
        #expect(command.finish(seconds: 10).status == 128 + Int(SIGKILL))
        command = try Program.start(["resume", try place.run(), "--quiet", "--threads", "1"])
      }
      expect(command.finish(seconds: 120))
      let run = try place.run()
      #expect(try bits(of: run) == whole.bits)
      #expect(try Self.losses(run) == whole.losses)
    }

    @Test func resumePassesOverADamagedCheckpointAndSaysSo() throws {
      let whole = try Self.calm.get()
      let place = try Workplace(Self.recipe)
      let started = try place.start()
      #expect(started.wait(seconds: 60) { _ in steps(place) >= 50 })
      started.signal(SIGTERM)
      _ = started.finish(seconds: 60)
      let run = try place.run()
      let newest = try #require(
        place.names(under: run).last { $0.hasPrefix("step-") && $0.hasSuffix(".h5") })
      var bytes = try Data(contentsOf: URL(fileURLWithPath: run + "/" + newest))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(fileURLWithPath: run + "/" + newest))
      let result = try place.program("resume", run, "--threads", "1")
      expect(result, says: [newest, "damaged"])
      #expect(try bits(of: run) == whole.bits)
    }

    @Test func resumeAfterAMergeKnowsTheStageItMergesWith() throws {
      let recipe = Self.recipe.replacingOccurrences(
        of: "checkpoint:",
        with: "  - { name: mixed, kind: merge, with: first, weight: 0.4 }\ncheckpoint:")
      let calm = try Workplace(recipe)
      let whole = try bits(of: try calm.train())
      let place = try Workplace(recipe)
      let started = try place.start()
      #expect(started.wait(seconds: 60) { _ in steps(place) >= 200 })
      started.signal(SIGTERM)
      expect(started.finish(seconds: 60), status: 143)
      let run = try place.run()
      expect(try place.program("resume", run, "--quiet"))
      #expect(try bits(of: run) == whole)
    }

    @Test func twoTrainersNeverWriteOneRun() throws {
      let place = try Workplace(TinyRecipe.world(steps: 100_000, every: 50, evaluations: 90_000))
      let started = try place.start()
      #expect(started.wait(seconds: 60) { _ in steps(place) >= 5 })
      let run = try place.run()
      let second = try place.program("resume", run)
      #expect(second.status != 0)
      #expect(second.errors.contains("in use"), "\(second.errors)")
      started.signal(SIGTERM)
      expect(started.finish(seconds: 60), status: 143)
    }
  }
}
