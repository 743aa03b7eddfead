import Corpora
import Support
import Testing

@Suite struct TokenizerFileTests {
  /// A fault, and words of the error: the key and what was found.
  struct Fault: Sendable, CustomTestStringConvertible {
    let key: String
    let value: JSONValue
    let says: [String]
    var testDescription: String { says.joined(separator: " ") }
  }

  static let faults = [
    Fault(key: "version", value: .text("2.0"), says: ["version", "2.0"]),
    Fault(key: "model.type", value: .text("Unigram"), says: ["model", "Unigram", "BPE"]),
    Fault(key: "model.dropout", value: .number(0.1), says: ["model.dropout"]),
    Fault(
      key: "model.continuing_subword_prefix", value: .text("##"),
      says: ["model.continuing_subword_prefix"]),
    Fault(key: "model.unk_token", value: .text("<none>"), says: ["model.unk_token", "<none>"]),
    Fault(key: "model.vocab", value: .object([]), says: ["model.vocab"]),
    Fault(
      key: "model.vocab", value: .object([("a", .integer(0)), ("b", .integer(0))]),
      says: ["model.vocab", "\"b\""]),
    Fault(
      key: "model.vocab", value: .object([("a", .integer(90_000))]),
      says: ["model.vocab", "90000"]),
    Fault(
      key: "model.vocab", value: .object([("a", .integer(-1))]), says: ["model.vocab", "-1"]),
    Fault(
      key: "model.vocab", value: .object([("a", .text("0"))]), says: ["model.vocab", "\"0\""]),
    Fault(key: "model.merges", value: .list([.text("ab")]), says: ["model.merges", "merge 0"]),
    Fault(key: "model.merges", value: .list([.text("a b c")]), says: ["model.merges", "a b c"]),
    Fault(key: "model.merges", value: .list([.text("q zz")]), says: ["model.merges", "q zz"]),
    Fault(
      key: "model.merges", value: .list([.list([.text("a")])]), says: ["model.merges", "merge 0"]),
    Fault(key: "model.merges", value: .text("a b"), says: ["model.merges", "list"]),
    Fault(
      key: "normalizer", value: .object([("type", .text("Nmt"))]), says: ["normalizer", "Nmt"]),
    Fault(
      key: "pre_tokenizer", value: .object([("type", .text("BertPreTokenizer"))]),
      says: ["pre_tokenizer", "BertPreTokenizer"]),
    Fault(key: "decoder", value: .object([("type", .text("CTC"))]), says: ["decoder", "CTC"]),
    Fault(
      key: "post_processor", value: .object([("type", .text("BertProcessing"))]),
      says: ["post_processor", "BertProcessing"]),
    Fault(
      key: "added_tokens",
      value: .list([.object([("id", .integer(5)), ("content", .text("<other>"))])]),
      says: ["added_tokens[0]", "5"]),
    Fault(
      key: "added_tokens",
      value: .list([.object([("id", .integer(7_000)), ("content", .text("a"))])]),
      says: ["added_tokens[0]", "\"a\""]),
    Fault(
      key: "added_tokens",
      value: .list([.object([("id", .integer(1 << 28)), ("content", .text("<far>"))])]),
      says: ["added_tokens[0]", "<far>"]),
    Fault(
      key: "pre_tokenizer",
      value: .object([
        ("type", .text("Sequence")),
        (
          "pretokenizers",
          .list([JSONValue](repeating: .object([("type", .text("Digits"))]), count: 65))
        ),
      ]), says: ["pretokenizers[64]", "more than 64 steps"]),
    Fault(
      key: "normalizer",
      value: .object([
        ("type", .text("Sequence")),
        (
          "normalizers",
          .list(
            [JSONValue](
              repeating: .object([
                ("type", .text("Replace")), ("pattern", .object([("String", .text("a"))])),
                ("content", .text("aa")),
              ]), count: 7))
        ),
      ]), says: ["normalizers[6]", "times as long"]),
    Fault(key: "pre_tokenizer", value: split("(a"), says: ["pattern.Regex", "cannot be read"]),
    Fault(key: "pre_tokenizer", value: split("[a&&b]"), says: ["pattern.Regex", "&&"]),
    Fault(key: "pre_tokenizer", value: split("[a[b]]"), says: ["pattern.Regex", "class"]),
    Fault(key: "pre_tokenizer", value: split("(a+)+$"), says: ["pattern.Regex", "too long"]),
  ]

  private static func split(_ pattern: String) -> JSONValue {
    .object([
      ("type", .text("Split")), ("pattern", .object([("Regex", .text(pattern))])),
      ("behavior", .text("Isolated")), ("invert", .bool(false)),
    ])
  }

  @Test(arguments: faults)
  func faultsAreNamed(fault: Fault) throws {
    let file = try JSONValue(parsing: TokenizerGolden.file("gpt2"))
      .setting(fault.key, to: fault.value).line
    let error = #expect(throws: UserError.self) {
      try FileTokenizer(json: file, place: "bad.json")
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("bad.json: "))
    for word in fault.says { #expect(text.contains(word), "\(text)") }
  }

  @Test(arguments: ["", "{", "[]", "{}", "{\"model\": 3}", "\u{0}"])
  func whatIsNoTokenizerIsRefused(text: String) {
    #expect(throws: UserError.self) { try FileTokenizer(json: text, place: "bad.json") }
  }

  @Test func aPatternThatIsSlowOnOneTextOnlyEndsToo() throws {
    // Quick on runs of one letter, so that reading lets it pass; the square of the length on others.
    let file = try JSONValue(parsing: TokenizerGolden.file("gpt2"))
      .setting("pre_tokenizer", to: Self.split("(?:ab|a|b)+(?:ba|a|b)+c"))
    let tokenizer = try FileTokenizer(json: file.line, place: "slow.json")
    let text = String(repeating: "ab", count: 20_000)
    let clock = ContinuousClock()
    var ids: [Int32] = []
    let time = clock.measure { ids = tokenizer.encode(text) }
    #expect(!ids.isEmpty && time < .seconds(30))
  }
}
