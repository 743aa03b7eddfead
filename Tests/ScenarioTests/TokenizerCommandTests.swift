import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// From a folder of text to a model that reads it with a tokenizer of its own.
  @Suite struct TokenizerCommandTests {
    private func trained() throws -> Workplace {
      let recipe = TinyRecipe.text(path: "books", steps: 8)
        .replacing("tokenizer: bytes", with: "tokenizer: { kind: file, path: words.json }")
      let place = try Workplace(recipe)
      try place.folder.write(TinyRecipe.prose, to: "books/one.txt")
      expect(
        try place.program("tokenizer", "train", "books", "--size", "300", "--out", "words.json"),
        says: ["wrote words.json: 300 tokens"])
      return place
    }

    @Test func aTrainedTokenizerEncodesAndDecodes() throws {
      let place = try trained()
      let text = "The keeper's lantern <|end_of_text|> Straße 世界\n"
      let encoded = try place.program(
        "tokenizer", "encode", "words.json", "--text", text, "--json")
      expect(encoded)
      let ids = try #require(try encoded.events.first?["ids"]?.listValue)
      #expect(!ids.isEmpty && !ids.contains(.integer(1)))
      try place.folder.write(JSONValue.list(ids).line, to: "ids.json")
      let decoded = try place.program(
        "tokenizer", "decode", place.folder.path + "/words.json", "--tokens", "ids.json", "--json")
      #expect(try decoded.events.first?["text"]?.textValue == text)
      let marked = try place.program(
        "tokenizer", "encode", "words.json", "--special", "--text", "a<|end_of_text|>")
      #expect(marked.output.hasSuffix(" 1\n"))
      let file = try place.folder.write(text, to: "text.txt")
      let plain = try place.program("tokenizer", "encode", "words.json", file)
      let numbers = plain.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      #expect(numbers == ids.compactMap(\.integerValue))
      let shown = try Command.run(
        Program.path,
        ["tokenizer", "decode", "words.json", "--special"] + numbers.map(String.init) + ["1"],
        directory: place.folder.path)
      #expect(shown.output == text + "<|end_of_text|>\n")
    }

    @Test func aModelTrainsResumesAndIsAskedWithIt() throws {
      let place = try trained()
      let run = try place.train()
      // The checkpoint is whole without the file.
      try FileManager.default.removeItem(atPath: place.folder.file("words.json"))
      expect(try place.program("info", run), says: ["verified     true"])
      let ids = try place.program("tokenizer", "encode", run, "--text", "The keeper")
      expect(ids)
      #expect(!ids.output.isEmpty)
      expect(try place.program("generate", run, "--prompt", "The keeper"), says: ["The keeper"])
      expect(
        try place.program(
          "needle", run, "--lengths", "128", "--depths", "2", "--trials", "1", "--haystack",
          "books"))
      expect(try place.program("evaluate", run, "--task", "loss", "--data", "books"))
    }

    @Test func aStoppedRunGoesOnAndDataIsShown() throws {
      let place = try trained()
      let shown = try place.program("data", "tiny.yaml", "--json")
      expect(shown)
      let texts = try shown.events.named("sample").compactMap { $0["text"]?.textValue }
      #expect(texts.contains { $0.contains("keeper") })
      let command = try place.start("--set", "stages.0.steps=4000", "--set", "checkpoint.every=20")
      #expect(
        command.wait(seconds: 60) { _ in
          place.names(under: place.out).contains { $0.contains("step-") }
        })
      command.signal(SIGTERM)
      expect(command.finish(seconds: 60), status: 143)
      let run = try place.run()
      let saved = place.names(under: run)
      let resumed = try Program.start(
        ["resume", run, "--threads", "1"], directory: place.folder.path)
      #expect(
        resumed.wait(seconds: 60) { _ in
          place.names(under: run).contains { $0.hasSuffix(".seal") && !saved.contains($0) }
        })
      resumed.signal(SIGTERM)
      expect(resumed.finish(seconds: 60), status: 143)
    }

    @Test func wrongUseIsRefused() throws {
      let place = try trained()
      try place.folder.write("{\"model\": {\"type\": \"Unigram\"}}", to: "unigram.json")
      let lines: [([String], [String])] = [
        (["train", "books", "--size", "10", "--out", "a.json"], ["--size", "258"]),
        (["train", "books", "--size", "400", "--out", "a.txt"], ["--out", ".json"]),
        (["train", "none", "--size", "400", "--out", "a.json"], ["none"]),
        (["encode", "unigram.json", "--text", "a"], ["unigram.json", "Unigram"]),
        (["encode", "none.json", "--text", "a"], ["none.json"]),
        (["encode", "books", "--text", "a"], ["books"]),
        (["decode", "words.json"], ["token numbers"]),
        (["decode", "words.json", "70000"], ["70000"]),
      ]
      for (line, words) in lines {
        let result = try Command.run(
          Program.path, ["tokenizer"] + line, directory: place.folder.path)
        expectRefusal(result, says: words)
      }
      #expect(!place.folder.names.contains("a.json"))
    }
  }
}
