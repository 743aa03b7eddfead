import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct FileTokenizerTests {
  private func tokenizer(_ family: String) throws -> FileTokenizer {
    try FileTokenizer(json: TokenizerGolden.file(family), place: family)
  }

  @Test(arguments: TokenizerGolden.families)
  func idsAndTextsAreThoseOfTheLibrary(family: String) throws {
    let golden = try TokenizerGolden()
    let tokenizer = try tokenizer(family)
    let expected = try #require(golden.json["families"]?[family])
    let plain = try golden.ids(expected["plain"])
    let special = try golden.ids(expected["special"])
    let decoded = try #require(expected["decoded"]?.listValue).compactMap(\.textValue)
    let whole = try #require(expected["decoded_special"]?.listValue).compactMap(\.textValue)
    #expect(golden.texts.count == plain.count && decoded.count == plain.count)
    for (index, text) in golden.texts.enumerated() {
      #expect(tokenizer.encode(text) == plain[index], "\(text.debugDescription)")
      #expect(tokenizer.encode(text, .marks) == special[index], "\(text.debugDescription)")
      #expect(Array(tokenizer.decode(special[index]).utf8) == Array(decoded[index].utf8))
      let marked = tokenizer.decode(special[index], marks: true)
      #expect(Array(marked.utf8) == Array(whole[index].utf8))
    }
  }

  @Test(arguments: 0..<TokenizerGolden.variants)
  func normalizersAndSplitsAreThoseOfTheLibrary(number: Int) throws {
    let golden = try TokenizerGolden()
    let variants = try #require(golden.json["variants"]?.listValue)
    #expect(variants.count == TokenizerGolden.variants)
    let key = try #require(variants[number]["key"]?.textValue)
    let part = try #require(variants[number]["part"])
    let file = try JSONValue(parsing: TokenizerGolden.file("gpt2")).setting(key, to: part)
    let tokenizer = try FileTokenizer(json: file.line, place: "variant")
    let plain = try golden.ids(variants[number]["plain"])
    for (index, text) in golden.texts.enumerated() {
      #expect(tokenizer.encode(text) == plain[index], "\(part.line) \(text.debugDescription)")
    }
  }

  @Test(arguments: TokenizerGolden.families)
  func anyTextComesBack(family: String) throws {
    let tokenizer = try tokenizer(family)
    // Qwen's normal form changes letters with marks; where spaces are signs, those of a text become
    // spaces, and Metaspace takes a space at the beginning for its own.
    let texts = try TokenizerGolden().texts.filter { text in
      !text.contains("\u{2581}")
        && (family != "qwen2" || text.unicodeScalars.allSatisfy { $0.isASCII })
        && (!["mistral", "metaspace"].contains(family) || !text.hasPrefix(" "))
    }
    for text in texts {
      let back = tokenizer.decode(tokenizer.encode(text), marks: true)
      #expect(Array(back.utf8) == Array(text.utf8), "\(text.debugDescription)")
    }
  }

  @Test func textNeverBecomesAMark() throws {
    let tokenizer = try tokenizer("gpt2")
    let mark = try #require(tokenizer.token("<|endoftext|>"))
    #expect(!tokenizer.encode("a<|endoftext|>b").contains(mark))
    #expect(tokenizer.encode("a<|endoftext|>b", .marks).contains(mark))
    #expect(tokenizer.documentEnd == mark && tokenizer.documentBegin == nil)
  }

  @Test func aTextThatContinuesHasNoSpaceBeforeItsFirstWord() throws {
    for family in ["llama2", "mistral", "metaspace"] {
      let tokenizer = try tokenizer(family)
      let ids = tokenizer.encode("need") + tokenizer.encode("les", .continues)
      #expect(tokenizer.decode(ids) == "needles", "\(family)")
      #expect(tokenizer.decode(tokenizer.encode("need") + tokenizer.encode("les")) != "needles")
    }
  }

  @Test func sizesMarksAndSentenceEndsAreRead() throws {
    let llama = try tokenizer("llama3")
    #expect(llama.documentBegin == llama.token("<|begin_of_text|>"))
    #expect(llama.documentEnd == llama.token("<|end_of_text|>"))
    #expect(llama.vocabularySize % 64 == 0 && llama.vocabularySize >= llama.tokenCount)
    #expect(llama.sentenceEnds.count == llama.vocabularySize)
    for text in [".", "!", "?", "\n"] {
      let last = try #require(llama.encode("needle" + text).last)
      #expect(llama.isSentenceEnd(last), "\(text.debugDescription)")
    }
    for text in ["needle", ",", "3"] {
      let last = try #require(llama.encode(text).last)
      #expect(!llama.isSentenceEnd(last), "\(text)")
    }
    let wide = try FileTokenizer(
      json: llama.json, place: "wide", vocabularySize: 1_000, documentBegin: 5, documentEnd: 6)
    #expect(wide.vocabularySize == 1_000 && wide.documentBegin == 5 && wide.documentEnd == 6)
    #expect(throws: UserError.self) {
      try FileTokenizer(json: llama.json, place: "narrow", vocabularySize: 10)
    }
  }

  @Test func filesBesideItNameTheMarks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(try TokenizerGolden.file("smollm"), to: "tokenizer.json")
    try folder.write(
      #"{"add_bos_token": true, "bos_token": {"content": "<|im_start|>"}}"#,
      to: "tokenizer_config.json")
    try folder.write(#"{"eos_token": "<|im_end|>"}"#, to: "special_tokens_map.json")
    for place in [path, folder.path] {
      let tokenizer = try FileTokenizer.read(path: place)
      #expect(tokenizer.documentBegin == tokenizer.token("<|im_start|>"))
      #expect(tokenizer.documentEnd == tokenizer.token("<|im_end|>"))
    }
    try folder.write(#"{"eos_token": "<gone>"}"#, to: "special_tokens_map.json")
    #expect(throws: UserError.self) { try FileTokenizer.read(path: path) }
    #expect(throws: UserError.self) { try FileTokenizer.read(path: folder.file("none.json")) }
  }

  @Test(arguments: TokenizerGolden.families)
  func theDescriptionHoldsTheWholeFile(family: String) throws {
    let tokenizer = try FileTokenizer(
      json: TokenizerGolden.file(family), place: family, vocabularySize: 1_000, documentEnd: 3)
    let description = tokenizer.description
    #expect(!description.contains("\n"))
    let rebuilt = try #require(try Tokenizers.make(description: description) as? FileTokenizer)
    #expect(rebuilt.json == tokenizer.json && rebuilt.description == description)
    #expect(rebuilt.documentBegin == tokenizer.documentBegin && rebuilt.documentEnd == 3)
    let text = "The needle's in 1984 haystacks.\n"
    #expect(rebuilt.encode(text) == tokenizer.encode(text))
    let damaged = description.replacing("needle", with: "noodle")
    if damaged != description {
      #expect(throws: UserError.self) { try Tokenizers.make(description: damaged) }
    }
  }

  @Test(arguments: ["gpt2", "llama2"])
  func aMillionEqualLettersStayQuick(family: String) throws {
    let tokenizer = try tokenizer(family)
    let text = String(repeating: "a", count: 1_000_000)
    let clock = ContinuousClock()
    var ids: [Int32] = []
    let time = clock.measure { ids = tokenizer.encode(text) }
    #expect(tokenizer.decode(ids) == text)
    // In n log n steps it takes a second at most; with n^2 hours.
    #expect(time < .seconds(30))
  }
}
