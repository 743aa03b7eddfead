import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct TokenRowsTests {
  private func open(
    _ lines: [String], _ folder: TemporaryFolder, _ settings: [String: SettingsValue] = [:],
    split: CorpusSplit = .training
  ) throws -> any DocumentSource {
    let path = try folder.write(lines.joined(separator: "\n"), to: "rows.jsonl")
    return try SourceKinds.catalog.make(
      "tokens", ["path": .text(path), "order": .text("file")].merging(settings) { $1 }
    ).open(SourceOpening(name: "rows", split: split, seed: 1, tokenizer: ByteTokenizer()))
  }

  private func stream(
    _ source: any DocumentSource, length: Int, packer: any Packer = RowPacker(),
    positions: PositionRule? = nil
  ) throws -> BatchStream {
    try BatchStream(
      sources: [WeightedSource(name: "rows", weight: 1, source: source)],
      plan: BatchPlan(rows: 1, length: length, packer: packer, positions: positions, seed: 1),
      tokenizer: ByteTokenizer())
  }

  private static func list(_ range: Range<Int>) -> String {
    "[" + range.map(String.init).joined(separator: ",") + "]"
  }

  @Test func rowsComeInFileOrderExactlyAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let labels = [-100, -100] + Array(3..<15) + [200, -100]
    let source = try open(
      [
        "{\"input_ids\": \(Self.list(1..<17))}",
        "{\"input_ids\": \(Self.list(1..<17)), \"labels\": \(labels), \"position_ids\": "
          + "\(Self.list(30..<46))}",
        "{\"input_ids\": \(Self.list(1..<18)), \"labels\": null}",
        "{\"input_ids\": [5, 6, 7]}",
      ], folder)
    var stream = try stream(source, length: 16)
    let plain = try stream.next()
    #expect(plain.tokens == (1..<17).map(Int32.init))
    #expect(plain.targets == (2..<17).map(Int32.init) + [-1])
    #expect(plain.positions == (0..<16).map(Int32.init))
    let labelled = try stream.next()
    // The label of a token is what the token before it predicts.
    #expect(
      labelled.targets == labels.dropFirst().map { $0 == -100 ? -1 : Int32($0) } + [-1])
    #expect(labelled.positions == (30..<46).map(Int32.init))
    #expect(labelled.documentStarts.allSatisfy { $0 == 0 })
    let longer = try stream.next()
    #expect(longer.targets == (2..<18).map(Int32.init))
    let short = try stream.next()
    #expect(short.targets[0..<2] == [6, 7] && short.targets[2...].allSatisfy { $0 == -1 })
    #expect(try stream.next().tokens == plain.tokens)
    #expect(stream.ledger.entries[0].epochs == 1)
  }

  @Test func nothingIsHeldOutInFileOrderUnlessAsked() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<20).map { "{\"input_ids\": [\($0), 1]}" }
    #expect(try open(lines, folder).pass?.documents == 20)
    #expect(throws: UserError.self) { try self.open(lines, folder, split: .evaluation) }
    #expect(try open(lines, folder, ["order": .text("random")]).pass?.documents == 19)
    let asked: [String: SettingsValue] = ["held_out": .real(0.1)]
    #expect(try open(lines, folder, asked, split: .evaluation).pass?.documents == 2)
  }

  static let broken: [(line: String, sentence: String)] = [
    ("{\"ids\": [1]}", "no list \"input_ids\""), ("{\"input_ids\": []}", "no list"),
    ("{\"input_ids\": [1.5]}", "no whole number"), ("{\"input_ids\": [1, -1]}", "-1 found"),
    ("{\"input_ids\": [320]}", "not in 0..<320"), ("{\"input_ids\": \"12\"}", "is no list"),
    ("{\"input_ids\": [1, 2], \"labels\": [1]}", "1 labels for 2 input_ids"),
    ("{\"input_ids\": [1, 2], \"labels\": [1, -5]}", "-5 found"),
    ("{\"input_ids\": [1, 2], \"position_ids\": [0]}", "1 position_ids for 2"),
    ("{\"input_ids\": [1, 2], \"position_ids\": [0, -2]}", "-2 found"),
    ("{\"input_ids\": [123456789012345678901]}", "no whole number"),
  ]

  @Test(arguments: broken) func aBrokenRowIsNamed(line: String, sentence: String) throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: UserError.self) {
      try self.open(["{\"input_ids\": [1]}", line], folder)
    }
    #expect(error.place.hasSuffix("rows.jsonl:2") && error.finding.contains(sentence), "\(error)")
  }

  @Test func rowsThatDoNotFitTheStageAreRefused() throws {
    let folder = try TemporaryFolder()
    let long = "{\"input_ids\": \(Self.list(0..<18))}"
    let error = #expect(throws: UserError.self) {
      try self.stream(self.open([long], folder), length: 16)
    }
    #expect(error?.remedy.contains("`sequence` to 18") == true)
    let own = "{\"input_ids\": [1, 2], \"position_ids\": [0, 9]}"
    #expect(throws: UserError.self) {
      try self.stream(self.open([own], folder), length: 16, packer: DocumentPacker())
    }
    #expect(throws: UserError.self) {
      try self.stream(self.open([own], folder), length: 16, positions: { _, _, _ in [] })
    }
    let plain = "{\"input_ids\": \(Self.list(0..<12))}"
    var packed = try stream(open([plain], folder), length: 16, packer: DocumentPacker())
    #expect(try packed.next().documentStarts.max() == 12)
  }
}
