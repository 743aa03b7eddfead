import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct TextSourceTests {
  private func open(
    _ path: String, _ split: CorpusSplit = .training
  ) throws -> any DocumentSource {
    try SourceKinds.catalog.make("text", ["path": .text(path)]).open(
      SourceOpening(name: "books", split: split, seed: 1, tokenizer: ByteTokenizer()))
  }

  /// The bytes of one pass, marks left out.
  private func pass(_ source: any DocumentSource, limit: Int) throws -> [UInt8] {
    var source = source
    var bytes: [UInt8] = []
    while source.cursor.epoch == 0 {
      let document = try source.next(limit: limit)
      #expect(document.tokens.count <= limit && document.tokens.count > 0)
      bytes += document.tokens.compactMap { UInt8(exactly: $0) }
      #expect(bytes.count < 1_000_000)
    }
    return bytes
  }

  private static let text = (0..<400).map { "Línea número \($0) del texto.\n" }.joined()

  @Test(arguments: [1, 2, 17, 64, 1_000, 100_000])
  func trainingAndHeldOutPartsTogetherAreTheFile(limit: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.text, to: "a.txt")
    guard limit > 1 else {
      var source = try open(path)
      #expect(try source.next(limit: 1).tokens == [ByteTokenizer.begin])
      return
    }
    let training = try pass(open(path), limit: limit)
    let heldOut = try pass(open(path, .evaluation), limit: limit)
    #expect(training + heldOut == Array(Self.text.utf8))
    #expect(heldOut.count >= Self.text.utf8.count / 20 && heldOut.count >= 256)
    #expect(heldOut.count < Self.text.utf8.count / 20 + 260)
    #expect(String(validating: heldOut, as: UTF8.self) != nil)
  }

  @Test(arguments: ["gpt2", "smollm", "llama3", "qwen2", "llama2"])
  func tokensOfAFileAreThoseOfItsTextWithMarks(family: String) throws {
    let tokenizer = try FileTokenizer(json: TokenizerGolden.file(family), place: family)
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.text, to: "a.txt")
    func tokens(_ split: CorpusSplit) throws -> [Int32] {
      var source = try SourceKinds.catalog.make("text", ["path": .text(path)]).open(
        SourceOpening(name: "books", split: split, seed: 1, tokenizer: tokenizer))
      var tokens: [Int32] = []
      while source.cursor.epoch == 0 { tokens += try source.next(limit: 50).tokens }
      return tokens
    }
    let heldOut = try tokens(.evaluation)
    let text = tokenizer.decode(heldOut)
    #expect(Self.text.hasSuffix(text) && text.utf8.count >= Self.text.utf8.count / 20)
    let end = tokenizer.documentEnd.map { [$0] } ?? []
    #expect(heldOut == tokenizer.encode(text) + end)
    let begin = tokenizer.documentBegin.map { [$0] } ?? []
    let training = try tokens(.training)
    #expect(training == begin + tokenizer.encode(String(Self.text.dropLast(text.count))))
  }

  @Test func foldersAreReadInTheOrderOfTheirPathsWithoutHiddenFiles() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x", count: 600)
    try folder.write("b" + long, to: "b.txt")
    try folder.write("a" + long, to: "sub/a.txt")
    try folder.write("c" + long, to: "a/c.txt")
    try folder.write("h" + long, to: ".hidden")
    try folder.write("g" + long, to: ".git/g.txt")
    try folder.write("short", to: "short.txt")
    let text = String(decoding: try pass(open(folder.path), limit: 50), as: UTF8.self)
    #expect(text.filter { $0 != "x" } == "cbshorta")
    let heldOut = try pass(open(folder.path, .evaluation), limit: 50)
    #expect(heldOut.count == 3 * 256)
  }

  /// Files of 200 kB each, whose bytes tell file and place.
  private func shelves(_ folder: TemporaryFolder) throws {
    for name in ["a", "b", "c", "d"] {
      try folder.write(
        (0..<25_000).map { "\(name)\(String($0 + 100_000)) " }.joined(), to: name + ".txt")
    }
  }

  @Test(arguments: [CorpusSplit.training, .evaluation])
  func readersTakeTurnsAndTogetherReadEveryByteOnce(split: CorpusSplit) throws {
    let folder = try TemporaryFolder()
    try shelves(folder)
    var source = try open(folder.path, split)
    let total = try #require(source.pass?.tokens)
    var seen = Set<[Int32]>()
    var tokens = 0
    var early = Set<Int32>()
    while source.cursor.epoch == 0 {
      let piece = try source.next(limit: 4_096)
      tokens += piece.tokens.count
      // File letter and number, so that no two pieces are alike.
      #expect(seen.insert(piece.tokens).inserted)
      if seen.count <= 8 { early.formUnion(piece.tokens.filter { (97...100).contains($0) }) }
    }
    #expect(tokens == total)
    #expect(source.cursor.readers?.count == (split == .training ? 8 : 1))
    // Eight readers have seen every file after eight pieces; the held-out ends are read in order.
    #expect(early.count == (split == .training ? 4 : early.count))
    let again = try source.next(limit: 4_096).tokens
    #expect(seen.contains(again))
  }

  @Test func manyReadersResumeInTheMiddleOfADocument() throws {
    let folder = try TemporaryFolder()
    try shelves(folder)
    var whole = try open(folder.path)
    var cursors: [SourceCursor] = []
    var pieces: [Document] = []
    for _ in 0..<400 {
      cursors.append(whole.cursor)
      pieces.append(try whole.next(limit: 3_001))
    }
    #expect(whole.cursor.epoch >= 1)
    for cut in stride(from: 0, to: 400, by: 37) {
      var resumed = try open(folder.path)
      let stored = try JSONEncoder().encode(cursors[cut])
      try resumed.restore(try JSONDecoder().decode(SourceCursor.self, from: stored))
      for index in cut..<400 { #expect(try resumed.next(limit: 3_001) == pieces[index]) }
    }
  }

  @Test func everyFileIsADocumentOfItsOwn() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try folder.write(String(repeating: name, count: 600), to: name)
    }
    var stream = try BatchStream(
      sources: [WeightedSource(name: "books", weight: 1, source: try open(folder.path))],
      plan: BatchPlan(rows: 1, length: 500, seed: 1), tokenizer: ByteTokenizer())
    let batch = try stream.next()
    let start = try #require(batch.documentStarts.first { $0 > 0 })
    #expect(batch.tokens[Int(start)] == ByteTokenizer.begin)
    #expect(Set(batch.tokens[..<Int(start)]) == [ByteTokenizer.begin, 97])
  }

  @Test func whatIsNoTextIsNamedWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let long = Data(String(repeating: "x", count: 600).utf8)
    let cases: [(String, Data?, String)] = [
      ("missing", nil, "no such file"),
      ("binary", long + Data([0]) + long, "NUL byte was found at byte 600"),
      ("latin", long + Data([0xE9, 0x20]), "not UTF-8, byte 600"),
      ("overlong", Data([0xC0, 0x80]) + long, "not UTF-8, byte 0"),
      ("surrogate", Data([0x41, 0xED, 0xA0, 0x80]) + long, "not UTF-8, byte 1"),
      ("beyond", Data([0xF4, 0x90, 0x80, 0x80]) + long, "not UTF-8, byte 0"),
      ("cut", long + Data([0xE4, 0xB8]), "not UTF-8, byte 600"),
      ("short", Data("short".utf8), "no file is long enough"),
      ("empty", Data(), "no file is long enough"),
    ]
    for (name, bytes, sentence) in cases {
      if let bytes { try folder.write(bytes, to: name) }
      let path = folder.file(name)
      do {
        _ = try open(path)
        Issue.record("\(name) was taken")
      } catch let error as UserError {
        #expect(error.description.contains(sentence), "\(error)")
        #expect(error.place == path && error.kind == .input && !error.remedy.isEmpty)
      }
    }
  }

  @Test func anEmptyFolderIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: UserError.self) { try open(folder.path) }
    try folder.write("x", to: ".hidden")
    #expect(throws: UserError.self) { try open(folder.path) }
  }

  @Test func textNeedsBytes() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.text, to: "a.txt")
    let opening = SourceOpening(
      name: "books", split: .training, seed: 1, tokenizer: WorldTokenizer())
    #expect(throws: UserError.self) {
      try SourceKinds.catalog.make("text", ["path": .text(path)]).open(opening)
    }
  }

  @Test func changedFilesAreNoticedOnResume() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.text, to: "a.txt")
    let cursor = try open(path).cursor
    try folder.write(Self.text + "more", to: "a.txt")
    var source = try open(path)
    #expect(throws: UserError.self) { try source.restore(cursor) }
  }
}
