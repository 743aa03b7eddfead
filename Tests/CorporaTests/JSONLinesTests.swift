import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct JSONLinesTests {
  private func open(
    _ kind: String, _ path: String, _ more: [String: SettingsValue] = [:],
    split: CorpusSplit = .training, tokenizer: any Tokenizer = ByteTokenizer()
  ) throws -> any DocumentSource {
    var settings = more
    settings["path"] = .text(path)
    return try SourceKinds.catalog.make(kind, settings).open(
      SourceOpening(name: "lines", split: split, seed: 1, tokenizer: tokenizer))
  }

  /// Whole documents of one pass, as texts, sorted.
  private func pass(_ source: any DocumentSource) throws -> [String] {
    var source = source
    var texts: [String] = []
    while source.cursor.epoch == 0 {
      let document = try source.next(limit: 1 << 20)
      #expect(document.tokens.first == ByteTokenizer.begin)
      #expect(document.tokens.last == ByteTokenizer.end)
      texts.append(ByteTokenizer().decode(document.tokens))
    }
    return texts.sorted()
  }

  private static let lines = (0..<40).map { "{\"id\": \($0), \"text\": \"document \($0) ü\"}" }

  @Test func trainingAndEvaluationShareNoDocument() throws {
    let folder = try TemporaryFolder()
    // Twins must be on the same side.
    let path = try folder.write((Self.lines + Self.lines).joined(separator: "\r\n"), to: "a.jsonl")
    let training = try pass(open("jsonl", path))
    let heldOut = try pass(open("jsonl", path, split: .evaluation))
    #expect(training.count + heldOut.count == 80 && heldOut.count >= 4)
    #expect(Set(training).isDisjoint(with: heldOut))
    let ten = try pass(open("jsonl", path, ["held_out": .real(0.1)], split: .evaluation))
    #expect(ten.count == 8)
  }

  @Test func fileOrderIsTheOrderOfTheFileAndRandomOrderIsNot() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.lines.joined(separator: "\n"), to: "a.jsonl")
    func firstPass(_ order: String) throws -> [String] {
      var source = try open("jsonl", path, ["order": .text(order), "held_out": .real(0)])
      return try (0..<40).map { _ in ByteTokenizer().decode(try source.next(limit: 999).tokens) }
    }
    let inOrder = try firstPass("file")
    #expect(inOrder == (0..<40).map { "document \($0) ü" })
    let shuffled = try firstPass("random")
    #expect(shuffled != inOrder && Set(shuffled) == Set(inOrder))
  }

  /// The program that packs; the library that unpacks comes with it.
  private static let hasZstandard =
    (try? Command.run("/bin/sh", ["-c", "zstd --version"]))?.status == 0

  @Test func gzipReadsAsThePlainFile() throws {
    try packedFileReadsAsThePlainOne(ending: "gz", program: "gzip")
  }

  @Test(.enabled(if: hasZstandard)) func zstandardReadsAsThePlainFile() throws {
    try packedFileReadsAsThePlainOne(ending: "zst", program: "zstd")
  }

  private func packedFileReadsAsThePlainOne(ending: String, program: String) throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write(Self.lines.joined(separator: "\n"), to: "a.jsonl")
    // Two members, as programs write that append.
    let half = try folder.write(Self.lines.prefix(20).joined(separator: "\n") + "\n", to: "half")
    let rest = try folder.write(Self.lines.dropFirst(20).joined(separator: "\n"), to: "rest")
    let packed = folder.file("b.jsonl.\(ending)")
    let result = try Command.run(
      "/bin/sh", ["-c", "{ \(program) -c < \(half); \(program) -c < \(rest); } > \(packed)"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try pass(open("jsonl", packed)).count == pass(open("jsonl", plain)).count)
    let everything = try pass(open("jsonl", packed, ["held_out": .real(0)]))
    #expect(everything == Self.lines.indices.map { "document \($0) ü" }.sorted())
    try folder.write(
      Data(try folder.bytes("b.jsonl.\(ending)").dropLast(9)), to: "c.jsonl.\(ending)")
    let error = #expect(throws: UserError.self) {
      try self.open("jsonl", folder.file("c.jsonl.\(ending)"))
    }
    #expect(error?.finding.contains("damaged or cut off") == true)
  }

  static let broken: [(line: String, sentence: String)] = [
    ("{\"text\": \"a\"", "\"}\" is needed"), ("[1]", "\"{\" is needed"),
    ("{\"text\": 5}", "\"text\" is no text"),
    ("{\"body\": \"a\"}", "no text in the field \"text\""),
    ("{\"text\": \"\"}", "no text"), ("{\"text\": \"a\", \"text\": \"b\"}", "twice"),
    ("{\"text\": \"\\ud800\"}", "surrogate"), ("{\"text\": \"a\"} x", "goes on"),
    ("{\"text\": \"a\u{1}\"}", "control character"), ("{\"text\": \"a\", \"x\": nope}", "a value"),
    ("{\"text\": \"a\", \"x\": \(String(repeating: "[", count: 99))}", "nested deeper"),
  ]

  @Test(arguments: broken) func aBrokenLineIsNamed(line: String, sentence: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"text\": \"fine\"}\n\n" + line + "\n", to: "a.jsonl")
    let error = try #require(throws: UserError.self) { try self.open("jsonl", path) }
    #expect(error.place == path + ":3", "\(error)")
    #expect("\(error)".contains(sentence), "\(error)")
    #expect(!error.remedy.isEmpty)
  }

  @Test func brokenBytesAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Data("{\"text\": \"".utf8) + [0xFF] + Data("\"}".utf8), to: "a.jsonl")
    let error = #expect(throws: UserError.self) { try self.open("jsonl", path) }
    #expect(error?.finding == "byte 11 is not UTF-8")
    #expect(throws: UserError.self) { try self.open("jsonl", folder.path + "/missing") }
    try folder.write("", to: "empty/a.jsonl")
    #expect(throws: UserError.self) { try self.open("jsonl", folder.file("empty")) }
  }

  @Test func escapesAreRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "\u{FEFF}{\"text\": \"\\u00fc\\ud83d\\ude00\\n\\\"\\/\\\\\", \"n\": [1.5e3, {\"a\": null}]}",
      to: "a.jsonl")
    #expect(try pass(open("jsonl", path)) == ["ü😀\n\"/\\"])
  }

  @Test func aDocumentGoesOnWhereTheSourceStopped() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.lines.joined(separator: "\n"), to: "a.jsonl")
    var whole = try open("jsonl", path)
    var pieces: [Document] = []
    var cursors: [SourceCursor] = []
    for _ in 0..<200 {
      cursors.append(whole.cursor)
      pieces.append(try whole.next(limit: 7))
    }
    #expect(whole.cursor.epoch >= 1)
    #expect(pieces.contains { $0.offset > 0 && $0.offset + $0.tokens.count < $0.wholeCount ?? 0 })
    for cut in stride(from: 0, to: 200, by: 7) {
      var resumed = try open("jsonl", path)
      try resumed.restore(cursors[cut])
      for index in cut..<min(cut + 30, 200) { #expect(try resumed.next(limit: 7) == pieces[index]) }
    }
    try folder.write((Self.lines + ["{\"text\": \"new\"}"]).joined(separator: "\n"), to: "a.jsonl")
    var changed = try open("jsonl", path)
    #expect(throws: UserError.self) { try changed.restore(cursors[5]) }
  }

  @Test func repositoriesAreJoinedFiles() throws {
    let folder = try TemporaryFolder()
    try folder.write("b", to: "one/src/b.c")
    try folder.write("a\n", to: "one/a.c")
    try folder.write("two", to: "two/x")
    try folder.write(Data([0, 1, 2]), to: "two/program.bin")
    try folder.write("hidden", to: "two/.git/config")
    try folder.write("beside", to: "README")
    try folder.write(Data([0, 1, 2]), to: "three/program.bin")
    let source = try open("repositories", folder.path, ["held_out": .real(0)])
    #expect(try pass(source) == ["a\nb\n", "two\n"])
    #expect(source.pass?.documents == 2 && source.pass?.tokens == 8 + 4)
    #expect(throws: UserError.self) { try self.open("repositories", folder.file("three")) }
    #expect(throws: UserError.self) { try self.open("repositories", folder.file("README")) }
  }

  @Test func textsOfOthersNeedATokenizerForAnyText() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.lines[0], to: "a.jsonl")
    for kind in ["jsonl", "repositories"] {
      #expect(throws: UserError.self) {
        try self.open(kind, path, tokenizer: WorldTokenizer())
      }
    }
  }
}
