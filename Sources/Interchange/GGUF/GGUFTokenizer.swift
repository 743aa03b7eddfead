import Corpora
import Models
import Support

/// The tokenizer's keys of a GGUF file, from a `tokenizer.json` of byte pairs.
enum GGUFTokenizer {
  /// Numbers that tell llama.cpp what a token is.
  private enum TokenType: Int {
    case normal = 1
    case control = 3
    case userDefined = 4
    case unused = 5
  }

  /// Keys behind `tokenizer.ggml.`.
  ///
  /// - Throws: `UserError` when the tokenizer is none that llama.cpp knows.
  static func keys(_ model: PlainModel) throws -> [(key: String, value: GGUFValue)] {
    guard let text = try TokenizerTexts.make(model)["tokenizer.json"] else {
      throw UserError(
        "gguf", "the words of the miniature world have no place in this format",
        remedy: "Export a model that reads any text.")
    }
    let json = try JSONValue(text, file: "tokenizer.json")
    guard json["model"]?["byte_fallback"] != .bool(true) else {
      throw UserError(
        "gguf", "tokenizers made by SentencePiece are not written",
        remedy: "Export to huggingface, and convert that folder.")
    }
    var tokens = [String?](repeating: nil, count: model.shape.vocabulary)
    var types = [TokenType](repeating: .unused, count: tokens.count)
    for (word, id) in json["model"]?["vocab"]?.objectValue ?? [] {
      guard let id = id.integerValue, tokens.indices.contains(id) else { continue }
      tokens[id] = word
      types[id] = .normal
    }
    for token in json["added_tokens"]?.listValue ?? [] {
      guard let id = token["id"]?.integerValue, tokens.indices.contains(id),
        let word = token["content"]?.textValue
      else { continue }
      tokens[id] = word
      types[id] = token["special"] == .bool(true) ? .control : .userDefined
    }
    let merges = (json["model"]?["merges"]?.listValue ?? []).compactMap { merge in
      merge.textValue ?? merge.listValue.map { $0.compactMap(\.textValue).joined(separator: " ") }
    }
    var keys: [(key: String, value: GGUFValue)] = [
      ("model", .text("gpt2")),
      ("pre", .text(try splitting(json["pre_tokenizer"]))),
      ("tokens", .texts(tokens.enumerated().map { $1 ?? "[PAD\($0)]" })),
      ("token_type", .counts(types.map(\.rawValue))),
      ("merges", .texts(merges)),
    ]
    if let begin = model.tokenizer.documentBegin {
      keys += [("bos_token_id", .count(Int(begin))), ("add_bos_token", .flag(true))]
    } else {
      keys.append(("add_bos_token", .flag(false)))
    }
    if let end = model.tokenizer.documentEnd { keys.append(("eos_token_id", .count(Int(end)))) }
    return keys
  }

  /// llama.cpp's name for the rule that cuts a text before pairs are merged.
  private static func splitting(_ json: JSONValue?) throws -> String {
    let steps = json?["pretokenizers"]?.listValue ?? [json].compactMap(\.self)
    let types = steps.compactMap { $0["type"]?.textValue }
    switch (types, steps.first?["pattern"]?["Regex"]?.textValue) {
    case (["Split", "ByteLevel"], Self.words(digits: #"\p{N}{1,3}"#)): return "llama-bpe"
    case (["Split", "ByteLevel"], Self.words(digits: #"\p{N}"#)): return "qwen2"
    case (["Digits", "ByteLevel"], _): return "smollm"
    case (["ByteLevel"], _): return "gpt-2"
    default: break
    }
    throw UserError(
      "gguf", "the tokenizer cuts texts by a rule that is not known in this format",
      remedy: "Export to huggingface, and convert that folder.")
  }

  /// The expression of Llama 3 and Qwen 2, which differ in how many digits stay together.
  private static func words(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }
}
