import Corpora
import Support
import TestSupport
import Testing

@Suite struct TokenizerTrainingTests {
  private static let corpus = PackageFolder.file("Tests/CorporaTests/Golden/corpus.txt")

  private func train(_ paths: [String], size: Int) throws -> FileTokenizer {
    let text = try BytePairTrainer(paths: paths, size: size).train(read: { _ in }, joined: {})
    return try FileTokenizer(json: text, place: "trained")
  }

  /// Golden/trained.json is of the library's trainer, with the same corpus, size and words.
  @Test func tokensAndMergesAreThoseOfTheLibrary() throws {
    let own = try JSONValue(parsing: train([Self.corpus], size: 600).json)
    let golden = try JSONValue(parsing: TokenizerGolden.file("trained"))
    func vocabulary(_ json: JSONValue) throws -> [String: Int] {
      let pairs = try #require(json["model"]?["vocab"]?.objectValue)
      return Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value.integerValue ?? -1) })
    }
    func merges(_ json: JSONValue) throws -> [String] {
      try #require(json["model"]?["merges"]?.listValue).compactMap { merge in
        merge.textValue ?? merge.listValue?.compactMap(\.textValue).joined(separator: " ")
      }
    }
    #expect(try vocabulary(own) == vocabulary(golden))
    #expect(try merges(own) == merges(golden))
    #expect(try merges(own).count == 600 - BytePairTrainer.leastSize)
  }

  @Test func anyTextComesBackAndDocumentsHaveMarks() throws {
    let tokenizer = try train([Self.corpus], size: 320)
    #expect(tokenizer.tokenCount == 320 && tokenizer.vocabularySize == 320)
    #expect(tokenizer.documentBegin == 0 && tokenizer.documentEnd == 1)
    for text in try TokenizerGolden().texts {
      #expect(Array(tokenizer.decode(tokenizer.encode(text)).utf8) == Array(text.utf8))
    }
    #expect(tokenizer.encode("1984").count == 4)
  }

  @Test func aShortTextGivesFewTokensAndNoneIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("aaaa bb aaaa bb", to: "short/a.txt")
    let tokenizer = try train([path], size: 1_000)
    #expect(tokenizer.tokenCount > BytePairTrainer.leastSize && tokenizer.tokenCount < 270)
    #expect(tokenizer.encode("aaaa").count == 1)
    #expect(throws: UserError.self) { try train([try folder.write("", to: "none.txt")], size: 300) }
    #expect(throws: UserError.self) { try train([folder.file("gone")], size: 300) }
  }
}
