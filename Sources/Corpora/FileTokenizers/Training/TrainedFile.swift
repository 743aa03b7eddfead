import Support

/// The vocabulary that a trainer builds, and its form as a tokenizer.json.
struct TrainedFile {
  /// How texts are cut.
  static let preTokenizer = JSONValue.object([
    ("type", .text("Sequence")),
    (
      "pretokenizers",
      .list([
        .object([("type", .text("Digits")), ("individual_digits", .bool(true))]), byteLevel,
      ])
    ),
  ])

  private static let byteLevel = JSONValue.object([
    ("type", .text("ByteLevel")), ("add_prefix_space", .bool(false)),
    ("trim_offsets", .bool(true)), ("use_regex", .bool(true)),
  ])

  /// The token of each byte, [256].
  private(set) var bytes = [Int32](repeating: 0, count: 256)
  private var texts = [BytePairTrainer.begin, BytePairTrainer.end]
  private var numbers: [String: Int32] = [:]
  private var merges: [String] = []

  /// Marks and bytes, these in the order of their visible characters.
  init() {
    for byte in (0..<256).sorted(by: {
      ByteAlphabet.characters[$0] < ByteAlphabet.characters[$1]
    }) {
      bytes[byte] = number(of: String(ByteAlphabet.characters[byte]))
    }
  }

  /// Tokens so far.
  var count: Int { texts.count }

  /// Adds the merge of two tokens; two merges may have the same result.
  mutating func join(_ left: Int32, _ right: Int32) -> Int32 {
    merges.append(texts[Int(left)] + " " + texts[Int(right)])
    return number(of: texts[Int(left)] + texts[Int(right)])
  }

  private mutating func number(of text: String) -> Int32 {
    if let known = numbers[text] { return known }
    let number = Int32(texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }

  /// The text of the file.
  var json: String {
    let marks: [JSONValue] = [BytePairTrainer.begin, BytePairTrainer.end].enumerated().map {
      .object([
        ("id", .integer($0.offset)), ("content", .text($0.element)), ("single_word", .bool(false)),
        ("lstrip", .bool(false)), ("rstrip", .bool(false)), ("normalized", .bool(false)),
        ("special", .bool(true)),
      ])
    }
    let model = JSONValue.object([
      ("type", .text("BPE")), ("dropout", .null), ("unk_token", .null),
      ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
      ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)), ("ignore_merges", .bool(false)),
      (
        "vocab", .object(texts.enumerated().map { (key: $0.element, value: .integer($0.offset)) })
      ),
      ("merges", .list(merges.map { .text($0) })),
    ])
    return JSONValue.object([
      ("version", .text("1.0")), ("truncation", .null), ("padding", .null),
      ("added_tokens", .list(marks)), ("normalizer", .null),
      ("pre_tokenizer", Self.preTokenizer), ("post_processor", Self.template),
      ("decoder", Self.byteLevel), ("model", model),
    ]).line + "\n"
  }

  /// The mark of the beginning before a text.
  private static var template: JSONValue {
    func special(_ type: Int) -> JSONValue {
      .object([
        (
          "SpecialToken",
          .object([("id", .text(BytePairTrainer.begin)), ("type_id", .integer(type))])
        )
      ])
    }
    func sequence(_ name: String, _ type: Int) -> JSONValue {
      .object([("Sequence", .object([("id", .text(name)), ("type_id", .integer(type))]))])
    }
    let begin = JSONValue.object([
      ("id", .text(BytePairTrainer.begin)), ("ids", .list([.integer(0)])),
      ("tokens", .list([.text(BytePairTrainer.begin)])),
    ])
    return .object([
      ("type", .text("TemplateProcessing")), ("single", .list([special(0), sequence("A", 0)])),
      ("pair", .list([special(0), sequence("A", 0), special(1), sequence("B", 1)])),
      ("special_tokens", .object([(BytePairTrainer.begin, begin)])),
    ])
  }
}
