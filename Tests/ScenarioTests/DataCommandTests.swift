import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct DataCommandTests {
    @Test func dataShowsWhatARecipeWillFeed() throws {
      let place = try Workplace()
      let before = place.folder.names
      let result = try place.program("data", "tiny.yaml", "--documents", "2", "--json")
      expect(result)
      let events = try result.events
      let sources = events.named("source")
      #expect(!sources.isEmpty)
      for source in sources {
        let asked = try #require(source["share_asked"]?.numberValue)
        let given = try #require(source["share_given"]?.numberValue)
        #expect(abs(asked - given) < 0.05)
      }
      let rows = events.named("row")
      #expect(!rows.isEmpty)
      for row in rows {
        let length = try #require(row["input_ids"]?.listValue?.count)
        for key in ["position_ids", "targets", "loss_mask", "document_starts"] {
          #expect(row[key]?.listValue?.count == length, "\(key)")
        }
      }
      #expect(events.named("sample").allSatisfy { $0["text"]?.textValue?.isEmpty == false })
      expect(try place.program("data", "tiny.yaml"), says: ["asked %", "positions", "learnt"])
      #expect(place.folder.names == before)
    }

    @Test func aSelectionTellsWhy() throws {
      let place = try Workplace()
      let change = ["--set", "stages.0.select.kind=impactful"]
      let result = try Command.run(
        Program.path, ["data", place.folder.file("tiny.yaml"), "--json"] + change)
      expect(result)
      let sentences = try result.events.named("sample").flatMap { $0["sentences"]?.listValue ?? [] }
      #expect(sentences.contains { $0["kept"] == .bool(true) })
      #expect(sentences.allSatisfy { $0["reason"]?.textValue?.isEmpty == false })
      expectRefusal(
        try Command.run(
          Program.path,
          ["data", place.folder.file("tiny.yaml"), "--set", "stages.0.select.kind=impactfull"]),
        says: ["impactful"])
    }

    /// Another trainer that takes the rows sees what this one saw: so does this one, to the last bit.
    @Test func rowsThatAreWrittenTrainTheSame() throws {
      let place = try Workplace()
      _ = try place.folder.write(TinyRecipe.prose, to: "prose.txt")
      let own = TinyRecipe.text(path: "prose.txt", steps: 6)
        .replacingOccurrences(
          of: "mix: { prose: 1 }",
          with:
            "mix: { prose: 1 }\n    positions: { kind: pit }\n    pack: { kind: documents, mask: none }"
        )
      _ = try place.folder.write(own, to: "own.yaml")
      expect(try place.program("data", "own.yaml", "--out", "rows.jsonl"), says: ["48 rows"])
      let lines = try place.folder.text("rows.jsonl").split(separator: "\n").map(String.init)
      let first = try JSONValue(parsing: try #require(lines.first))
      #expect(first["input_ids"]?.listValue?.count == 65, "one token more than the row")
      #expect(first["labels"]?.listValue?.first == .integer(-100))
      let ready =
        own
        .replacingOccurrences(
          of: "positions: { kind: pit }\n    pack: { kind: documents, mask: none }",
          with: "pack: { kind: rows }"
        )
        .replacingOccurrences(
          of: "kind: text, path: prose.txt", with: "kind: tokens, path: rows.jsonl, order: file"
        )
        .replacingOccurrences(
          of: "evaluate:\n  - { kind: loss, every: 3, sequence: 64, tokens: 1k }\n", with: "")
      _ = try place.folder.write(ready, to: "ready.yaml")
      func losses(_ recipe: String, _ out: String) throws -> [Double] {
        let result = try place.program("run", recipe, "--json", "--threads", "1", "--out", out)
        expect(result)
        return try result.events.named("step").compactMap { $0["loss"]?.numberValue }
      }
      let wanted = try losses("own.yaml", "a")
      #expect(wanted.count == 6)
      #expect(try losses("ready.yaml", "b") == wanted)
      expectRefusal(try place.program("data", "own.yaml", "--out", "rows.jsonl"), says: ["exists"])
      expectRefusal(
        try place.program("data", "own.yaml", "--out", "more.jsonl", "--stage", "none"),
        says: ["no stage"])
    }
  }
}
