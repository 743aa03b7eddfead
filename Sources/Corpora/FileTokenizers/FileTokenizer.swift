public import Support

/// A tokenizer from a file, the `tokenizer.json` of Hugging Face's libraries.
///
/// Byte-pair encoding as in GPT-2, SmolLM, Llama, Qwen and Mistral. Text never becomes a special token,
/// whatever it says; see `encode(_:_:)`.
public struct FileTokenizer: Tokenizer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "file", "Byte pairs of a tokenizer.json, as other programs write it; works for any text.",
    settings: [
      Setting(
        required: "path", .path,
        help: "A tokenizer.json; `needlepoint tokenizer train` writes one.")
    ])

  /// The file's text.
  public let json: String
  /// Token numbers, V.
  public let vocabularySize: Int
  /// The mark before the first token of a document; nil when there is none.
  public let documentBegin: Int32?
  /// The mark after the last token of a document; nil when there is none.
  public let documentEnd: Int32?
  /// For every token number whether it ends a sentence; shape [V].
  public let sentenceEnds: [Bool]
  /// A hash of the file's text.
  public let vocabularyHash: String
  private let file: TokenizerFile
  private let spaces: EncodingSpaces

  /// A tokenizer of a file's text.
  ///
  /// - Parameters:
  ///   - text: a tokenizer.json.
  ///   - place: what errors call the text, a path.
  ///   - vocabularySize: rows of the model, at least `tokenCount`; nil for the next multiple of 64.
  ///   - documentBegin: the mark that begins a document; nil for the one that the text names, if any.
  ///   - documentEnd: the mark that ends a document; nil for the one that the text names, or a
  ///     token with one of the usual names.
  /// - Throws: `UserError` that names the key at fault.
  public init(
    json text: String, place: String, vocabularySize: Int? = nil, documentBegin: Int32? = nil,
    documentEnd: Int32? = nil
  ) throws {
    try self.init(
      json: text, try TokenizerFile(json: text, file: place), place: place,
      vocabularySize: vocabularySize, documentBegin: documentBegin, documentEnd: documentEnd)
  }

  /// As above, of a file that has been read.
  init(
    json text: String, _ file: TokenizerFile, place: String, vocabularySize: Int?,
    documentBegin: Int32?, documentEnd: Int32?
  ) throws {
    let usual = Self.usualEnds.lazy.compactMap { file.vocabulary.id($0) }.first
    try self.init(
      json: text, file, place: place, vocabularySize: vocabularySize,
      begin: documentBegin ?? file.begin, end: documentEnd ?? file.end ?? usual)
  }

  /// Names of the mark that ends a text, for files that do not say it.
  private static let usualEnds = ["<|end_of_text|>", "<|endoftext|>", "</s>", "<eos>"]

  private init(
    json: String, _ file: TokenizerFile, place: String, vocabularySize: Int?, begin: Int32?,
    end: Int32?
  ) throws {
    let count = file.vocabulary.count
    let size = vocabularySize ?? Tokenizers.padded(count)
    guard size >= count else {
      throw UserError(
        place, "\(count) tokens found, the model has \(size)",
        remedy: "Use the tokenizer of this model.")
    }
    for mark in [begin, end].compactMap(\.self) where !(0..<count).contains(Int(mark)) {
      throw UserError(place, "no token has the number \(mark)", remedy: "Use another mark.")
    }
    self.json = json
    self.file = file
    spaces = EncodingSpaces()
    self.vocabularySize = size
    documentBegin = begin
    documentEnd = end
    vocabularyHash = String(StableHash.fnv1a(json), radix: 16)
    sentenceEnds = (0..<size).map { id in
      let token = file.vocabulary.bytes(id)
      return id == end.map(Int.init)
        || Self.endsSentence(file.decoder.bytes(of: [token], continues: true))
    }
  }

  /// Builds it from checked settings, with the marks that the files beside it name.
  public init(_ values: SettingsValues) throws {
    self = try Self.read(path: try TextFiles.path(values))
  }

  /// The kind's name.
  public var name: String { Self.kind.name }

  /// Tokens of the file: one more than the greatest number.
  public var tokenCount: Int { file.vocabulary.count }

  /// True for a token that ends a sentence.
  public func isSentenceEnd(_ token: Int32) -> Bool {
    sentenceEnds.indices.contains(Int(token)) && sentenceEnds[Int(token)]
  }

  /// The number of a token by its text in the file; nil when there is none.
  public func token(_ text: String) -> Int32? { file.vocabulary.id(text) }

  /// The token numbers of a text.
  public func encode(_ text: String, _ options: EncodingOptions) -> [Int32] {
    var ids: [Int32] = []
    var text = text
    spaces.with { space in
      text.withUTF8 { file.encode($0, options, space, into: &ids) }
    }
    return ids
  }

  /// The text of token numbers without special tokens.
  ///
  /// Numbers that nothing has are left out, broken UTF-8 becomes U+FFFD.
  public func decode(_ tokens: [Int32]) -> String { decode(tokens, marks: false) }

  /// The text of token numbers.
  ///
  /// - Parameters:
  ///   - tokens: numbers; those that nothing has are left out.
  ///   - marks: whether special tokens are written out.
  /// - Returns: the text; broken UTF-8 becomes U+FFFD.
  public func decode(_ tokens: [Int32], marks: Bool) -> String {
    let texts = tokens.filter { marks || !file.specials.contains($0) }
      .map { file.vocabulary.bytes(Int($0)) }.filter { !$0.isEmpty }
    return String(decoding: file.decoder.bytes(of: texts), as: UTF8.self)
  }

  /// The text of one token inside a text, with the space before it.
  public func word(_ token: Int32) -> String {
    let text = file.vocabulary.bytes(Int(token))
    return String(decoding: file.decoder.bytes(of: [text], continues: true), as: UTF8.self)
  }

  private static func endsSentence(_ text: [UInt8]) -> Bool {
    if text.contains(0x0A) { return true }
    switch text.last(where: { $0 != 0x20 }) {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): return true
    default: return false
    }
  }
}

extension FileTokenizer {
  /// One line of JSON for checkpoints, which holds the whole file.
  public var description: String {
    func mark(_ id: Int32?) -> JSONValue { id.map { .integer(Int($0)) } ?? .null }
    return JSONValue.object([
      ("kind", .text(name)),
      ("vocabulary_size", .integer(vocabularySize)),
      ("vocabulary_hash", .text(vocabularyHash)),
      ("document_begin", mark(documentBegin)),
      ("document_end", mark(documentEnd)),
      ("json", .text(json)),
    ]).line
  }

  /// Rebuilds it from its description.
  public init(description: JSONValue) throws {
    let place = "tokenizer"
    guard let json = description["json"]?.textValue,
      let size = description["vocabulary_size"]?.integerValue
    else {
      throw UserError(
        place, "the description holds no tokenizer.json", remedy: "The checkpoint is damaged.")
    }
    func mark(_ key: String) -> Int32? {
      description[key]?.integerValue.flatMap(Int32.init(exactly:))
    }
    try self.init(
      json: json, try TokenizerFile(json: json, file: place), place: place, vocabularySize: size,
      begin: mark("document_begin"), end: mark("document_end"))
  }
}
