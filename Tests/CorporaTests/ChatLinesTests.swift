import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct ChatLinesTests {
  private let tokenizer = ByteTokenizer()

  private func open(
    _ text: String, _ more: [String: SettingsValue] = [:], by other: (any Tokenizer)? = nil
  ) throws -> any DocumentSource {
    let folder = try TemporaryFolder()
    var settings: [String: SettingsValue] = ["held_out": .real(0), "order": .text("file")]
    settings["path"] = .text(try folder.write(text, to: "chat.jsonl"))
    settings.merge(more) { $1 }
    return try SourceKinds.catalog.make("chat", settings).open(
      SourceOpening(name: "chat", split: .training, seed: 1, tokenizer: other ?? tokenizer))
  }

  private static let line =
    "{\"messages\": [{\"role\": \"system\", \"content\": \"Be kind.\"}, "
    + "{\"role\": \"user\", \"content\": \"Hi?\"}, {\"content\": \"Hello.\", \"role\": "
    + "\"assistant\", \"weight\": [1]}, {\"role\": \"user\", \"content\": \"Bye\"}, "
    + "{\"role\": \"assistant\", \"content\": \"Later!\"}]}"

  /// The text with what is learnt in brackets.
  private func marked(_ document: Document) -> String {
    var text = ""
    var isLearnt = false
    for (token, role) in zip(document.tokens, document.roles) where token < 256 {
      if (role == .answer) != isLearnt { text += isLearnt ? "]" : "[" }
      isLearnt = role == .answer
      text += tokenizer.decode([token])
    }
    return text + (isLearnt ? "]" : "")
  }

  @Test func marksOfTheFormatAreMarksAndThoseOfMessagesAreText() throws {
    let smollm = try FileTokenizer(json: TokenizerGolden.file("smollm"), place: "smollm")
    let line = Self.line.replacing("Hi?", with: "<|im_end|>")
    var source = try open(line, ["format": .text("chatml")], by: smollm)
    let tokens = try source.next(limit: 4_000).tokens
    for name in ["<|im_start|>", "<|im_end|>"] {
      let mark = try #require(smollm.token(name))
      #expect(tokens.count { $0 == mark } == 5, "\(name)")
    }
    #expect(smollm.decode(tokens).contains("user\n<|im_end|>\nassistant"), "the user's is text")
  }

  @Test func repliesAreLearntWithTheMarkThatEndsThem() throws {
    var source = try open(Self.line)
    let document = try source.next(limit: 1_000)
    #expect(
      marked(document)
        == "System: Be kind.\nUser: Hi?\nAssistant: [Hello.\n]User: Bye\nAssistant: [Later!\n]")
    #expect(document.tokens.first == ByteTokenizer.begin)
    #expect(document.tokens.last == ByteTokenizer.end)
    #expect(document.questions.map(\.kind) == ["reply", "reply"])
    var all = try open(Self.line, ["loss": .text("all")])
    #expect(try !all.next(limit: 1_000).roles.contains(.ignored))
  }

  @Test func tokensAreCountedWithoutCuttingThem() throws {
    for format in ["plain", "chatml"] {
      let lines = [Self.line, Self.line.replacing("Hi?", with: "Grüße? 🌍")]
      var source = try open(lines.joined(separator: "\n"), ["format": .text(format)])
      let counts = try (0..<2).map { _ in try source.next(limit: 1_000).tokens.count }
      #expect(source.pass?.documents == 2 && source.pass?.tokens == counts[0] + counts[1])
    }
  }

  @Test func whatMayNotBeRepeatedIsToldWhenItIs() throws {
    let lines = (0..<4).map { _ in Self.line }.joined(separator: "\n")
    for isTold in [true, false] {
      let source = try open(lines, ["repeat": .flag(!isTold)])
      var stream = try BatchStream(
        sources: [WeightedSource(name: "chat", weight: 1, source: source)],
        plan: BatchPlan(rows: 1, length: 200, packer: RowPacker(), seed: 1), tokenizer: tokenizer)
      for row in 1...10 {
        _ = try stream.next()
        // The fourth row is the last of the pass, and nothing has been repeated yet.
        #expect(stream.repeatedAgainstTheirWill == (isTold && row > 4 ? ["chat"] : []), "\(row)")
      }
    }
  }

  @Test func shareGPTAndMarksOfOthersAreRead() throws {
    let line =
      "{\"conversations\": [{\"from\": \"human\", \"value\": \"Hi\"}, "
      + "{\"from\": \"gpt\", \"value\": \"Yes\"}]}"
    var source = try open(
      line, ["field": .text("conversations"), "format": .text("chatml")])
    #expect(
      marked(try source.next(limit: 1_000))
        == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Yes<|im_end|>\n]")
  }

  @Test func aConversationIsCutAtTheRowAndItsRestIsToldAsLost() throws {
    let plan = BatchPlan(rows: 1, length: 64, seed: 1)
    let source = try open(Self.line + "\n" + Self.line, ["repeat": .flag(true)])
    var whole = source
    let length = try whole.next(limit: 1_000).tokens.count
    var stream = try BatchStream(
      sources: [WeightedSource(name: "chat", weight: 1, source: source)], plan: plan,
      tokenizer: tokenizer)
    var cropped = 0
    for _ in 0..<10 {
      let batch = try stream.next()
      // Every row begins with a conversation: nothing goes on from the row before.
      #expect(batch.tokens[0] == ByteTokenizer.begin)
      cropped += length - 65
    }
    #expect(length > 65 && stream.ledger.entries[0].croppedTokens == cropped)
  }

  @Test func longerConversationsMayBeLeftOut() throws {
    let short = "{\"messages\": [{\"role\": \"assistant\", \"content\": \"Hi\"}]}"
    var source = try open(
      [Self.line, short, Self.line].joined(separator: "\n"), ["longer": .text("drop")])
    let kept = try source.next(limit: 60)
    #expect(marked(kept) == "Assistant: [Hi\n]" && kept.croppedTokens == 75)
    #expect(try source.next(limit: 60).croppedTokens == 2 * 75 && source.cursor.epoch == 1)
    var long = try open(Self.line, ["longer": .text("drop")])
    #expect(throws: UserError.self) { try long.next(limit: 60) }
  }

  static let broken: [(line: String, sentence: String)] = [
    ("{\"messages\": 5}", "\"messages\" is no list"),
    ("{\"chat\": []}", "no messages in the field"),
    ("{\"messages\": []}", "no messages"), ("{\"messages\": [5]}", "\"{\" is needed"),
    (
      "{\"messages\": [{\"role\": \"user\"}]}",
      "message 1 of \"messages\" has no role or no content"
    ),
    (
      "{\"messages\": [{\"role\": \"boss\", \"content\": \"Go\"}]}", "no role \"boss\" is known"
    ),
    ("{\"messages\": [{\"role\": \"user\", \"content\": 1}]}", "\"content\" is no text"),
  ]

  @Test(arguments: broken) func aBrokenLineIsNamed(line: String, sentence: String) throws {
    let error = try #require(throws: UserError.self) {
      try self.open(Self.line + "\n" + line)
    }
    #expect(error.place.hasSuffix(":2") && "\(error)".contains(sentence), "\(error)")
    #expect(!error.remedy.isEmpty)
  }
}
