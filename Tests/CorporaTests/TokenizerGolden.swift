import Support
import TestSupport
import Testing

/// What Hugging Face's tokenizers makes of the texts in Golden/ids.json, which states its version;
/// Golden/make_tokenizers.py made all of it.
struct TokenizerGolden {
  static let families = [
    "gpt2", "smollm", "llama3", "qwen2", "llama2", "mistral", "metaspace",
  ]
  static let variants = 34

  let json: JSONValue
  let texts: [String]

  init() throws {
    json = try JSONValue(parsing: PackageFolder.text("Tests/CorporaTests/Golden/ids.json"))
    texts = try #require(json["texts"]?.listValue).compactMap(\.textValue)
  }

  /// The text of a family's tokenizer.json.
  static func file(_ family: String) throws -> String {
    try PackageFolder.text("Tests/CorporaTests/Golden/\(family).json")
  }

  /// Lists of token numbers, one for each text.
  func ids(_ value: JSONValue?) throws -> [[Int32]] {
    try #require(value?.listValue).map { list in
      try #require(list.listValue).compactMap { $0.integerValue.map(Int32.init) }
    }
  }
}

extension JSONValue {
  /// The object with another value under one of its keys, also inside of it: `model.type`.
  func setting(_ path: String, to value: JSONValue) -> JSONValue {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    let inner = parts.count > 1 ? self[parts[0]]?.setting(parts[1], to: value) ?? .null : value
    let pairs = (objectValue ?? []).filter { $0.key != parts[0] }
    return .object(pairs + [(key: parts[0], value: inner)])
  }
}
