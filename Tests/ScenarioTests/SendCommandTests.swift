import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct SendCommandTests {
    private func log(_ place: Workplace) -> String {
      place.runs.first.flatMap {
        try? String(contentsOfFile: $0 + "/records.jsonl", encoding: .utf8)
      } ?? ""
    }

    @Test func aRunIsChangedAndEndedFromAnotherProcess() throws {
      let place = try Workplace(
        TinyRecipe.world(steps: 100_000, every: 1_000_000, evaluations: 1_000_000))
      let started = try place.start()
      #expect(started.wait(seconds: 60) { _ in log(place).contains("\"event\":\"step\"") })
      let run = try place.run()
      expect(
        try place.program(
          "send", run, "pause", "learning_rate=2e-3", "stages.0.sequence=32", "step",
          "stages.0.steps=3", "stages.1.steps=2", "continue"))
      let result = started.finish(seconds: 60)
      expect(result)
      let edits = try log(place).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        .named("edit")
      #expect(
        edits.compactMap { $0["path"]?.textValue }.prefix(3)
          == ["learning_rate", "stages.0.steps", "stages.1.steps"])
      #expect(log(place).contains("stages.0.sequence = 32 refused"))
      let over = try place.program("send", run, "pause")
      expect(over, status: 2, says: ["nobody trains it"])
    }

    @Test(arguments: ["paus", "learning_rate=fast", ""])
    func whatIsNoCommandIsRefusedBeforeAnythingIsSent(_ command: String) throws {
      let place = try Workplace(
        TinyRecipe.world(steps: 1, every: 1_000_000, evaluations: 1_000_000))
      let refused = try place.program("send", "nowhere", "pause", command)
      expect(refused, status: 2, says: ["send"])
    }
  }
}
