public import Support

/// Every tokenizer that a recipe may name.
public enum Tokenizers {
  /// The kinds, in the order shown.
  public static let catalog = Catalog<any Tokenizer>(
    "tokenizer", [WorldTokenizer.self, ByteTokenizer.self, FileTokenizer.self])

  /// Rebuilds the tokenizer of a checkpoint.
  ///
  /// - Throws: `UserError` when the text is no description, its kind is unknown, or its vocabulary
  ///   is not the one that this program has, so that no model ever reads wrong token numbers.
  public static func make(description: String) throws -> any Tokenizer {
    guard let json = try? JSONValue(parsing: description), let kind = json["kind"]?.textValue else {
      throw UserError(
        "tokenizer", "the description is not readable", remedy: "The checkpoint is damaged.")
    }
    guard let type = try catalog.type(kind) as? any Tokenizer.Type else {
      preconditionFailure("\(kind) is no tokenizer")
    }
    let tokenizer = try type.init(description: json)
    guard tokenizer.vocabularyHash == json["vocabulary_hash"]?.textValue
    else {
      throw UserError(
        "tokenizer", "the vocabulary of \"\(kind)\" differs from this program's",
        remedy: "Use the program version that wrote the checkpoint.")
    }
    return tokenizer
  }

  /// The description that goes into checkpoints.
  static func describe(_ tokenizer: some Tokenizer, words: [String]) -> String {
    JSONValue.object([
      ("kind", .text(tokenizer.name)),
      ("vocabulary_size", .integer(tokenizer.vocabularySize)),
      ("vocabulary_hash", .text(tokenizer.vocabularyHash)),
      ("words", .list(words.map { .text($0) })),
    ]).line
  }

  /// The hash of a list of words.
  static func hash(_ words: [String]) -> String {
    String(StableHash.fnv1a(words.joined(separator: "\u{0}")), radix: 16)
  }

  /// The next multiple of 64, which keeps matrix products of the output layer aligned.
  static func padded(_ count: Int) -> Int { (count + 63) / 64 * 64 }
}
