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
  }
}
