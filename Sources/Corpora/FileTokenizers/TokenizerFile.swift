import Support

/// What stands in a tokenizer.json, checked.
final class TokenizerFile: Sendable {
  let vocabulary: TokenVocabulary
  let model: BytePairs
  let normalizer: TextNormalizer
  let preTokenizer: PreTokenizer
  let decoder: TokenDecoder
  /// Added tokens that are found before a text is normalized, and after.
  let raw: AddedTokens
  let normalized: AddedTokens
  /// Numbers of the special tokens.
  let specials: Set<Int32>
  /// The mark that the file puts before a text, and the one after it.
  let begin: Int32?
  let end: Int32?

  /// Reads the text of a file.
  ///
  /// - Throws: `UserError` that names the file and the key at fault.
  init(json text: String, file: String) throws {
    let json = try JSONValue(text, file: file)
    let whole = TokenizerPart(file: file, key: "", value: json)
    if let version = whole["version"], version.value != .text("1.0") {
      throw version.error("version \(version.value.line) is not known, 1.0 is")
    }
    let model = try whole.need("model")
    if let type = model["type"], try type.text != "BPE" { throw try model.unknownType(["BPE"]) }
    preTokenizer = try PreTokenizer(whole["pre_tokenizer"])
    normalizer = try TextNormalizer(whole["normalizer"])
    decoder = try TokenDecoder(whole["decoder"])
    var vocabulary = try TokenVocabulary(try model.need("vocab"))
    self.model = try BytePairs(model, vocabulary, isOfBytes: preTokenizer.isOfBytes)
    var raw = AddedTokens()
    var normalized = AddedTokens()
    var specials: Set<Int32> = []
    for part in try whole["added_tokens"]?.list ?? [] {
      let content = try part.need("content").text
      let isNormalized = try part.flag("normalized", default: true)
      let id = try part.need("id").id
      try vocabulary.add(content, id, part)
      let bytes = Array(content.utf8)
      let token = AddedTokens.Token(
        id: Int32(id),
        content: isNormalized ? normalizer.apply(bytes, continues: false) : bytes,
        isSpecial: try part.flag("special"), isSingleWord: try part.flag("single_word"),
        stripsLeft: try part.flag("lstrip"), stripsRight: try part.flag("rstrip"))
      if token.isSpecial { specials.insert(token.id) }
      if isNormalized { normalized.add(token) } else { raw.add(token) }
    }
    self.vocabulary = vocabulary
    self.raw = raw
    self.normalized = normalized
    self.specials = specials
    (begin, end) = try Self.marks(whole["post_processor"], vocabulary)
  }

  /// The marks that a post-processor puts around a text.
  private static func marks(
    _ part: TokenizerPart?, _ vocabulary: TokenVocabulary
  ) throws -> (begin: Int32?, end: Int32?) {
    guard let part else { return (nil, nil) }
    switch try part.type {
    case "ByteLevel": return (nil, nil)
    case "Sequence":
      var marks: (begin: Int32?, end: Int32?)
      for step in try part.need("processors").list {
        let found = try Self.marks(step, vocabulary)
        marks = (found.begin ?? marks.begin, found.end ?? marks.end)
      }
      return marks
    case "TemplateProcessing":
      var marks: (begin: Int32?, end: Int32?)
      var isAfterText = false
      for piece in try part.need("single").list {
        if piece["Sequence"] != nil {
          isAfterText = true
          continue
        }
        let name = try piece.need("SpecialToken").need("id").text
        let ids = try part.need("special_tokens").need(name).need("ids").list
        // The marks next to the text are the one that begins it and the one that ends it.
        for id in try ids.map({ try $0.id }) {
          guard id < vocabulary.count else { throw part.error("no token has the number \(id)") }
          if !isAfterText { marks.begin = Int32(id) } else { marks.end = marks.end ?? Int32(id) }
        }
      }
      return marks
    default: throw try part.unknownType(["ByteLevel", "TemplateProcessing", "Sequence"])
    }
  }
}
