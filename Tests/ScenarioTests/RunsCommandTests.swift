import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct RunsCommandTests {
    /// Two runs of the tiny recipe: the second one has another rate and fewer steps.
    private func twoRuns() throws -> (place: Workplace, first: String, second: String) {
      let place = try Workplace()
      let first = try place.train("--set", "name=first")
      let second = try place.train(
        "--set", "name=second", "--set", "stages.0.optimizer.rate=2e-3", "--set",
        "stages.1.steps=4")
      return (place, first, second)
    }

    @Test func runsAreListedFilteredSortedComparedAndDrawn() throws {
      let (place, first, second) = try twoRuns()
      let list = try place.program("runs", place.out, "--sort", "steps", "--json")
      expect(list)
      #expect(try list.events.map { $0["name"]?.textValue } == ["first", "second"])
      #expect(try list.events.map { $0["steps"]?.integerValue } == [16, 12])
      let filtered = try place.program("runs", place.out, "--filter", "rate=2e-3 steps<16")
      expect(filtered, says: ["second"])
      #expect(filtered.lines.count == 2)
      expectRefusal(
        try place.program("runs", place.out, "--filter", "stps<3"),
        says: ["no field \"stps\"", "\"steps\""])

      let compared = try place.program("compare", first, second, "--json")
      expect(compared)
      let head = try #require(try compared.events.first)
      // 8 steps of 128 tokens, then 4 of 64: where the shorter run ended.
      #expect(head["common"]?.integerValue == 8 * 128 + 4 * 64)
      let fields = try compared.events.named("field")
      #expect(
        Set(fields.compactMap { $0["path"]?.textValue })
          == ["stages.0.optimizer.rate", "stages.1.steps"])
      let results = try compared.events.named("result")
      let steps = results.first { $0["name"]?.textValue == "steps" }
      #expect(steps?["values"]?.listValue?.map(\.integerValue) == [12, 12])
      #expect(results.contains { $0["name"]?.textValue?.hasPrefix("needle keyed") ?? false })
      expect(
        try place.program("compare", first, second, "--at", "end"),
        says: ["stages.0.optimizer.rate", "fields are equal", "loss, nats"])
      expectRefusal(try place.program("compare", first), says: ["two runs are needed"])

      for (what, name) in [("loss", "loss.svg"), ("repeat", "repeat.csv"), ("needle", "map.svg")] {
        expect(
          try place.program(
            "draw", first, second, "--show", what, "--x", "tokens", "--out",
            place.folder.file(name)))
      }
      let svg = try place.folder.text("loss.svg")
      #expect(svg.contains("Tokens trained on") && svg.contains("Training loss (nats)"))
      #expect(svg.contains("seed 3"))
      let rows = try place.folder.text("repeat.csv").split(separator: "\n").count
      // A step in which a source has no row has no loss of it.
      #expect((10...17).contains(rows))
      #expect(try place.folder.text("map.svg").contains("Difference (points)"))
      expectRefusal(
        try place.program("draw", first, "--show", "los", "--out", place.folder.file("x.svg")),
        says: ["no run has a curve \"los\"", "\"loss\""])
      expectRefusal(
        try place.program(
          "draw", first, "--show", "needle", "--step", "3", "--out", place.folder.file("x.svg")),
        says: ["no evaluation at step 3", "There are: "])
      expectRefusal(
        try place.program(
          "draw", first, "--show", "needle", "--task", "qa", "--out", place.folder.file("x.svg")),
        says: ["it has no needle evaluation of qa", "It has: keyed"])
    }

    /// Limits far above those of `bench screen`, for machines that have other work to do.
    @Test func theScreenIsQuickWhileItTrains() throws {
      let result = try Program.run(
        "bench", "screen", "--seconds", "3", "--keys", "40", "--json", seconds: 120)
      expect(result)
      let event = try #require(try result.events.first)
      #expect(event["event"]?.textValue == "bench" && event["config"]?.textValue == "screen")
      #expect(event["training"] == .bool(true))
      #expect(event["keys"]?.integerValue == 40)
      #expect((event["first_frame_ms"]?.numberValue ?? .infinity) < 2000)
      #expect((event["key_p50_ms"]?.numberValue ?? .infinity) < 100)
      #expect((event["bytes_per_frame"]?.numberValue ?? .infinity) < 4096)
      #expect((event["screen_share"]?.numberValue ?? .infinity) < 20)
    }
  }
}
