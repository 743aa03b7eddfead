import Support

/// A tokenizer.json over the alphabet of bytes, with a mark before each text.
struct ByteLevelFile {
  /// Every token with its number, marks included.
  let tokens: [(text: String, number: Int)]
  /// The mark before a text.
  let begin: (text: String, number: Int)
  /// The mark after a text.
  let end: (text: String, number: Int)
  /// Pairs that are joined, the two texts with a space between, in their order.
  let merges: [String]
  /// How texts are cut before pairs are joined.
  let preTokenizer: JSONValue

  /// The step between text and the alphabet of bytes, which may also cut words as GPT-2 does.
  static func step(cutsWords: Bool) -> JSONValue {
    .object([
      ("type", .text("ByteLevel")), ("add_prefix_space", .bool(false)),
      ("trim_offsets", .bool(true)), ("use_regex", .bool(cutsWords)),
    ])
  }

  /// The text of the file.
  var json: String {
    let marks: [JSONValue] = [begin, end].map { mark in
      .object([
        ("id", .integer(mark.number)), ("content", .text(mark.text)), ("single_word", .bool(false)),
        ("lstrip", .bool(false)), ("rstrip", .bool(false)), ("normalized", .bool(false)),
        ("special", .bool(true)),
      ])
    }
    let model = JSONValue.object([
      ("type", .text("BPE")), ("dropout", .null), ("unk_token", .null),
      ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
      ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)), ("ignore_merges", .bool(false)),
      ("vocab", .object(tokens.map { (key: $0.text, value: .integer($0.number)) })),
      ("merges", .list(merges.map { .text($0) })),
    ])
    return JSONValue.object([
      ("version", .text("1.0")), ("truncation", .null), ("padding", .null),
      ("added_tokens", .list(marks)), ("normalizer", .null), ("pre_tokenizer", preTokenizer),
      ("post_processor", template), ("decoder", Self.step(cutsWords: true)), ("model", model),
    ]).line + "\n"
  }

  private var template: JSONValue {
    func special(_ type: Int) -> JSONValue {
      .object([
        ("SpecialToken", .object([("id", .text(begin.text)), ("type_id", .integer(type))]))
      ])
    }
    func sequence(_ name: String, _ type: Int) -> JSONValue {
      .object([("Sequence", .object([("id", .text(name)), ("type_id", .integer(type))]))])
    }
    let mark = JSONValue.object([
      ("id", .text(begin.text)), ("ids", .list([.integer(begin.number)])),
      ("tokens", .list([.text(begin.text)])),
    ])
    return .object([
      ("type", .text("TemplateProcessing")), ("single", .list([special(0), sequence("A", 0)])),
      ("pair", .list([special(0), sequence("A", 0), special(1), sequence("B", 1)])),
      ("special_tokens", .object([(begin.text, mark)])),
    ])
  }
}

extension ByteTokenizer {
  /// This tokenizer as a tokenizer.json: byte pairs without a merge, each byte with its own number.
  public var tokenizerFile: String {
    let letters = ByteAlphabet.characters.enumerated().map {
      (text: String($0.element), number: $0.offset)
    }
    let marks = zip(Self.marks, [Self.begin, Self.end]).map { (text: $0, number: Int($1)) }
    return ByteLevelFile(
      tokens: letters + marks, begin: marks[0], end: marks[1], merges: [],
      preTokenizer: ByteLevelFile.step(cutsWords: false)
    ).json
  }
}
