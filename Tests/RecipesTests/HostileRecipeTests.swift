import Foundation
import Recipes
import Support
import Testing

/// Texts made to hurt: each is refused with a sentence, quickly, and nothing crashes.
struct HostileRecipeTests {
  static func sentence(_ text: String) -> String? {
    do {
      _ = try RecipeDocument(text: text, file: "r.yaml")
      return nil
    } catch {
      return "\(error)"
    }
  }

  static func bomb(levels: Int, width: Int) -> String {
    (0..<levels).map { level in
      let items = [String](repeating: level == 0 ? "x" : "*a\(level - 1)", count: width)
      return "a\(level): &a\(level) [\(items.joined(separator: ", "))]"
    }.joined(separator: "\n")
  }

  @Test(.timeLimit(.minutes(1))) func aliasBombsAreRefusedFast() {
    let clock = ContinuousClock()
    let took = clock.measure {
      #expect(
        Self.sentence(Self.bomb(levels: 9, width: 9))
          == "r.yaml: at most 32 aliases (*name) are allowed, 72 found. "
          + "Put shared settings under `defaults:`.")
      // Few enough aliases, yet too many values once they are followed.
      #expect(
        Self.sentence(Self.bomb(levels: 11, width: 3))?.contains("at most 20000 values") == true)
      #expect(Self.sentence("a: &a [*a]") != nil)
      #expect(Self.sentence("a: *nothing") != nil)
    }
    #expect(took < .seconds(5))
  }

  @Test func aFewAliasesAreFine() throws {
    let text = try TestVocabulary.small(replacing: "rope: {", by: "rope: &r {")
    #expect(try TestVocabulary.recipe(text) == TestVocabulary.recipe())
  }

  @Test(arguments: [34, 500, 2000, 100_000])
  func deepNestingIsRefused(_ depth: Int) {
    for text in [
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth),
      String(repeating: "- ", count: depth) + "x",
      String(repeating: "{a: ", count: depth) + "1" + String(repeating: "}", count: depth),
      String(repeating: "[", count: depth),
    ] {
      #expect(Self.sentence(text) != nil, "\(depth) \(text.prefix(3))")
    }
  }

  @Test func deepIndentationIsRefused() {
    let text = (0..<400).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(Self.sentence(text)?.contains("nesting of at most 32 levels") == true)
  }

  @Test func aLongScalarIsRefused() throws {
    let long = "name: " + String(repeating: "x", count: 1 << 20)
    #expect(
      Self.sentence(long)
        == "r.yaml: a recipe of at most 262144 bytes is needed, 1048582 found. "
        + "Keep data in files of their own and name them by `path`.")
    let name = String(repeating: "y", count: 100_000)
    let text = try TestVocabulary.small(replacing: "name: small", by: "name: \(name)")
    let faults = try TestVocabulary.document(text).faults(TestVocabulary.vocabulary)
    #expect(
      faults.map(\.description) == [
        "r.yaml:1: name: a text of at most 4096 bytes is needed, 100000 found. Shorten it."
      ])
  }

  @Test func aKeyMayStandOnlyOnce() {
    #expect(
      Self.sentence("name: a\ntarget: 4\nname: b\n")
        == "r.yaml:1: each key may stand once, \"name\" found more often. Remove one of them.")
  }

  @Test func brokenYAMLNamesItsLine() {
    #expect(Self.sentence("name: a\nstages: [1, 2\ntarget: 3")?.hasPrefix("r.yaml:") == true)
    #expect(Self.sentence("name: 'a\nb: 2\n")?.contains("not readable as YAML") == true)
    #expect(Self.sentence("a: 1\n---\nb: 2\n")?.contains("document") == true)
    #expect(Self.sentence("a: \u{1}")?.contains("not readable") == true)
    #expect(Self.sentence("? [a, b]\n: c")?.contains("a plain word is needed as key") == true)
    for empty in ["", "# only a comment\n", "\n\n", "---\n"] {
      let faults = (try? RecipeDocument(text: empty).faults(TestVocabulary.vocabulary)) ?? []
      #expect(Self.sentence(empty) != nil || !faults.isEmpty)
    }
  }

  @Test func controlCharactersOfAValueDoNotReachTheTerminal() throws {
    let text = try TestVocabulary.small(replacing: "target: 4k", by: "target: \"\\e[31mred\\x07\"")
    let faults = try TestVocabulary.document(text).faults(TestVocabulary.vocabulary)
    let sentence = try #require(faults.first?.description)
    #expect(sentence.contains("\"?[31mred?\" found"))
  }

  @Test func filesThatAreNoTextAreRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "hostile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func sentence(_ name: String, _ bytes: [UInt8]?) throws -> String {
      let file = folder.appendingPathComponent(name)
      if let bytes { try Data(bytes).write(to: file) }
      do {
        _ = try RecipeDocument(contentsOf: file.path)
        return "none"
      } catch {
        return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
      }
    }
    #expect(
      try sentence("latin.yaml", [0x6E, 0x3A, 0x20, 0xE4, 0xF6])
        == "latin.yaml: UTF-8 text is needed, other bytes found. "
        + "Save the recipe as plain UTF-8 text.")
    #expect(
      try sentence("gone.yaml", nil)
        == "gone.yaml: a recipe file is needed, nothing found. Check the path.")
    #expect(
      try sentence("", nil).contains("a readable file is needed, a folder found"))
    #expect(try sentence("zero.yaml", [UInt8](repeating: 0, count: 64)) != "none")
    #expect(
      try sentence("big.yaml", [UInt8](repeating: 0x61, count: 3 << 20))
        .contains("at most 262144 bytes"))
    #expect(
      try sentence("empty.yaml", [])
        == "empty.yaml: the recipe is empty. Begin with `name:` and `stages:`.")
  }
}
