import Support

/// The vocabulary that a trainer builds, and its form as a tokenizer.json.
struct TrainedFile {
  /// How texts are cut.
  static let preTokenizer = JSONValue.object([
    ("type", .text("Sequence")),
    (
      "pretokenizers",
      .list([
        .object([("type", .text("Digits")), ("individual_digits", .bool(true))]),
        ByteLevelFile.step(cutsWords: true),
      ])
    ),
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
    ByteLevelFile(
      tokens: texts.enumerated().map { (text: $0.element, number: $0.offset) },
      begin: (BytePairTrainer.begin, 0), end: (BytePairTrainer.end, 1), merges: merges,
      preTokenizer: Self.preTokenizer
    ).json
  }
}
