import Corpora
import Models
import Support

/// The tokenizer's files of a model folder.
enum TokenizerTexts {
  /// Texts by file name; none for the words of the miniature world, which no other program reads.
  static func make(_ model: PlainModel) throws -> [String: String] {
    var texts = model.companions.filter { $0.key != "config.json" }
    switch model.tokenizer {
    case let file as FileTokenizer: texts["tokenizer.json"] = file.json
    case let bytes as ByteTokenizer: texts["tokenizer.json"] = bytes.tokenizerFile
    default: return [:]
    }
    texts["tokenizer_config.json"] =
      texts["tokenizer_config.json"].map { lengthened($0, model) } ?? config(model).indented
    return texts
  }

  /// A text that stays as it is, unless it says of a context that it is shorter than the model's is now.
  private static func lengthened(_ text: String, _ model: PlainModel) -> String {
    let key = "model_max_length"
    guard var pairs = (try? JSONValue(parsing: text))?.objectValue,
      let place = pairs.firstIndex(where: { $0.key == key }),
      let length = pairs[place].value.numberValue, length < Double(model.shape.trainedContext)
    else { return text }
    pairs[place].value = .integer(model.shape.trainedContext)
    return JSONValue.object(pairs).indented
  }

  private static func config(_ model: PlainModel) -> JSONValue {
    var pairs: [(key: String, value: JSONValue)] = [
      ("tokenizer_class", .text("PreTrainedTokenizerFast")),
      ("model_max_length", .integer(model.shape.trainedContext)),
      ("clean_up_tokenization_spaces", .bool(false)),
    ]
    let tokenizer = model.tokenizer
    let marks: [String?] =
      tokenizer is ByteTokenizer
      ? ByteTokenizer.marks
      : [tokenizer.documentBegin, tokenizer.documentEnd].map { $0.map(tokenizer.word) }
    for case (let key, let word?) in zip(["bos_token", "eos_token"], marks) {
      pairs.append((key, .text(word)))
    }
    return .object(pairs)
  }
}
