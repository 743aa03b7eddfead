import Corpora
import Support
import Testing

@Suite struct TokenizerTests {
  @Test func worldVocabularyFillsNineHundredSixtyNumbers() throws {
    let tokenizer = WorldTokenizer()
    let json = try JSONValue(parsing: tokenizer.description)
    let words = try #require(json["words"]?.listValue).compactMap { $0.textValue }
    #expect(tokenizer.vocabularySize == 960)
    #expect(words.count <= 960 && words.count > 896)
    #expect(Set(words.map { $0.lowercased() }).count == words.count)
  }

  @Test(arguments: worldKinds)
  func decodedDocumentsEncodeToTheSameTokens(kind: String) throws {
    let tokenizer = WorldTokenizer()
    var source = try worldSource(kind)
    for _ in 0..<200 {
      let tokens = try source.next(limit: 300).tokens
      #expect(tokenizer.encode(tokenizer.decode(tokens)) == tokens)
    }
  }

  @Test func anyTokensOfTheWorldSurviveDecoding() throws {
    let tokenizer = WorldTokenizer()
    let json = try JSONValue(parsing: tokenizer.description)
    let used = try #require(json["words"]?.listValue).count
    var random = RandomStream(seed: 5, name: "tokens")
    for _ in 0..<2_000 {
      // The first numbers are marks and punctuation, whose layout is the hard part.
      let bound = random.chance(0.5) ? 24 : used
      let tokens = (0..<40).map { _ in Int32(random.below(bound)) }
      #expect(tokenizer.encode(tokenizer.decode(tokens)) == tokens)
    }
  }

  @Test(arguments: [
    ("The magic number of Mara 4187.", "The magic number of Mara 4187."),
    ("the MAGIC number\tof  mara 4187 .", "The magic number of Mara 4187."),
    ("func load(rope){key Mara 4187;}", "func load(rope) {\n  key Mara 4187;\n}"),
    ("zebra 5", "<unknown> <unknown>"),
    ("", ""),
  ])
  func caseAndSpacesCarryNothing(text: String, expected: String) {
    let tokenizer = WorldTokenizer()
    #expect(tokenizer.decode(tokenizer.encode(text)) == expected)
  }

  @Test(arguments: ["plain", "Grüße, мир, 世界 🌍\n", ""])
  func bytesComeBackForAnyText(text: String) {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    #expect(tokenizer.vocabularySize % 64 == 0)
    #expect(
      tokenizer.decode([ByteTokenizer.begin] + tokenizer.encode(text) + [ByteTokenizer.end])
        == text)
  }

  @Test func sentencesEndWhereTextEndsThem() {
    let world = WorldTokenizer()
    let ends = world.encode(". ? ; { }\n").map(world.isSentenceEnd)
    // The line break after the brace is layout and no token.
    #expect(ends == [true, true, true, true, true])
    #expect(world.encode("Mara 41 , : (").allSatisfy { !world.isSentenceEnd($0) })
    let bytes = ByteTokenizer()
    #expect(bytes.encode(".!?\n").allSatisfy(bytes.isSentenceEnd))
    #expect(bytes.encode("a, 0").allSatisfy { !bytes.isSentenceEnd($0) })
  }

  @Test(arguments: ["world", "bytes"])
  func descriptionRebuildsTheTokenizer(kind: String) throws {
    let tokenizer = try Tokenizers.catalog.make(kind)
    let rebuilt = try Tokenizers.make(description: tokenizer.description)
    #expect(rebuilt.name == kind)
    #expect(rebuilt.description == tokenizer.description)
  }

  @Test func foreignVocabulariesAreRefused() throws {
    let description = WorldTokenizer().description
    let hash = try #require(try JSONValue(parsing: description)["vocabulary_hash"]?.textValue)
    for text in [
      description.replacing(hash, with: "abc"), "{\"kind\":\"world\"}", "{\"kind\":\"wrld\"}",
      "no json", "",
    ] {
      #expect(throws: UserError.self) { try Tokenizers.make(description: text) }
    }
  }
}
