public import Support

/// Every tokenizer that a recipe may name.
public enum Tokenizers {
  /// The kinds, in the order shown.
  public static let catalog = Catalog<any Tokenizer>(
    "tokenizer", [WorldTokenizer.self, ByteTokenizer.self])

  /// Rebuilds the tokenizer of a checkpoint.
  ///
  /// - Throws: `UserError` when the text is no description, its kind is unknown, or its vocabulary
  ///   is not the one that this program has, so that no model ever reads wrong token numbers.
  public static func make(description: String) throws -> any Tokenizer {
    guard let json = try? JSONValue(parsing: description), let kind = json["kind"]?.textValue else {
      throw UserError(
        "tokenizer", "the description is not readable", remedy: "The checkpoint is damaged.")
    }
    let tokenizer = try catalog.make(kind)
    guard
      let own = try? JSONValue(parsing: tokenizer.description),
      own["vocabulary_hash"] == json["vocabulary_hash"]
    else {
      throw UserError(
        "tokenizer", "the vocabulary of \"\(kind)\" differs from this program's",
        remedy: "Use the program version that wrote the checkpoint.")
    }
    return tokenizer
  }

  /// The description that goes into checkpoints.
  static func describe(_ kind: String, size: Int, words: [String]) -> String {
    let hash = StableHash.fnv1a(words.joined(separator: "\u{0}"))
    return JSONValue.object([
      ("kind", .text(kind)),
      ("vocabulary_size", .integer(size)),
      ("vocabulary_hash", .text(String(hash, radix: 16))),
      ("words", .list(words.map { .text($0) })),
    ]).line
  }

  /// The next multiple of 64, which keeps matrix products of the output layer aligned.
  static func padded(_ count: Int) -> Int { (count + 63) / 64 * 64 }
}
