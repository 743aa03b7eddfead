import Support

/// Byte-pair encoding: pieces of text become the tokens that a list of merges joins.
///
/// - SeeAlso: Sennrich et al. (arXiv:1508.07909), section 3.2.
final class BytePairs: Sendable {
  /// Merges: the rank of each pair.
  private let ranks: PairTable
  /// The token that each rank joins to.
  private let results: [Int32]
  /// The token of each byte, where symbols are bytes; nil where they are characters.
  private let bytes: [Int32?]?
  /// The token of every whole piece, when these go before merges.
  private let wholes: ByteTable?
  private let vocabulary: TokenVocabulary
  private let unknown: Int32?
  private let fusesUnknown: Bool
  /// The tokens `<0x00>` to `<0xFF>`.
  private let byteTokens: [Int32?]

  /// The model of a tokenizer.json.
  ///
  /// - Parameters:
  ///   - model: the part of the file.
  ///   - vocabulary: its tokens.
  ///   - isOfBytes: whether pieces are bytes, which stand in the vocabulary as visible characters.
  /// - Throws: `UserError` that names the key at fault.
  init(_ model: TokenizerPart, _ vocabulary: TokenVocabulary, isOfBytes: Bool) throws {
    if let type = model["type"], try type.text != "BPE" { throw try model.unknownType(["BPE"]) }
    if let dropout = model["dropout"], dropout.value.numberValue != 0 {
      throw dropout.error("merges that are left out by chance are not known")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let part = model[key], try !part.text.isEmpty {
        throw part.error("\(part.value.line) is not known")
      }
    }
    self.vocabulary = vocabulary
    (ranks, results) = try MergeList.read(try model.need("merges"), vocabulary)
    fusesUnknown = try model.flag("fuse_unk")
    unknown = try model["unk_token"].map { part in
      guard let id = vocabulary.id(try part.text) else {
        throw part.error("\(part.value.line) is not in the vocabulary")
      }
      return id
    }
    let hasByteTokens = try model.flag("byte_fallback")
    byteTokens = (0..<256).map { byte in
      hasByteTokens ? vocabulary.id(Self.byteToken(UInt8(byte))) : nil
    }
    bytes = isOfBytes ? ByteAlphabet.characters.map { vocabulary.id(String($0)) } : nil
    guard try model.flag("ignore_merges") else {
      wholes = nil
      return
    }
    wholes = Self.wholes(vocabulary, isOfBytes ? ByteAlphabet.bytes : { Array($0) })
  }

  /// The name of a byte's own token.
  static func byteToken(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  private static func wholes(
    _ vocabulary: TokenVocabulary, _ key: (UnsafeBufferPointer<UInt8>) -> [UInt8]?
  ) -> ByteTable {
    var table = ByteTable(capacity: vocabulary.count)
    vocabulary.forEach { id, text in
      key(text)?.withUnsafeBufferPointer { _ = table.insert($0, id) }
    }
    return table
  }

  /// Appends the tokens of a piece.
  func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ space: EncodingSpace, into ids: inout [Int32]
  ) {
    if let wholes, let id = wholes.value(piece) {
      ids.append(id)
      return
    }
    guard !space.memory.recall(piece, into: &ids) else { return }
    let first = ids.count
    start(piece, &space.merger.symbols)
    space.merger.merge(ranks, results, into: &ids)
    space.memory.remember(piece, ids[first...])
  }

  /// The symbols that a piece begins as: a token for each, else one for each of its bytes, else the
  /// unknown token.
  private func start(_ piece: UnsafeBufferPointer<UInt8>, _ symbols: inout [Int32]) {
    symbols.removeAll(keepingCapacity: true)
    var isUnknown = false
    var index = 0
    while index < piece.count {
      let end = bytes == nil ? min(piece.count, index + UTF8Length.of(piece[index])) : index + 1
      let symbol = UnsafeBufferPointer(rebasing: piece[index..<end])
      index = end
      if let id = bytes.map({ $0[Int(symbol[0])] }) ?? vocabulary.id(symbol) {
        if isUnknown, let unknown { symbols.append(unknown) }
        isUnknown = false
        symbols.append(id)
      } else if let ids = fallback(symbol) {
        // An unknown symbol before it comes after it, as the format's own library has it.
        symbols += ids
      } else {
        if isUnknown, !fusesUnknown, let unknown { symbols.append(unknown) }
        isUnknown = true
      }
    }
    if isUnknown, let unknown { symbols.append(unknown) }
  }

  /// A token for each byte of a symbol as the vocabulary writes it; nil when one is missing.
  private func fallback(_ symbol: UnsafeBufferPointer<UInt8>) -> [Int32]? {
    let text = bytes == nil ? Array(symbol) : Array(ByteAlphabet.text(symbol).utf8)
    let ids = text.compactMap { byteTokens[Int($0)] }
    return ids.count == text.count ? ids : nil
  }
}
