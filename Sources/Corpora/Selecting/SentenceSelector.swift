public import Support

/// What became of a sentence, and why.
public struct SentenceVerdict: Sendable, Equatable {
  /// The sentence, by the document's tokens.
  public let tokens: Range<Int>
  /// Whether it was kept, at least its beginning.
  public internal(set) var isKept: Bool
  /// Why, in a few words.
  public internal(set) var reason: String
}

/// Chooses sentences of long documents until a row is full; their order stays.
///
/// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.1, step 5.
public struct SentenceSelector: Sendable {
  /// Which sentences may be kept.
  enum Rule: Sendable {
    /// Those with a digit, and each other one with a probability.
    case digits(isDigit: [Bool], otherwise: Double)
    /// Those with a token of an anchor type.
    case anchors(AnchorTable)
  }

  /// Share of a document that is kept, 0 to 1.
  public let keep: Double
  let rule: Rule
  /// True when sentences are drawn where too many qualify; else the first are taken.
  let isDrawn: Bool
  let sentenceEnds: [Bool]
  private let words: @Sendable (Int32) -> String

  init(keep: Double, rule: Rule, isDrawn: Bool, tokenizer: any Tokenizer) {
    self.keep = keep
    self.rule = rule
    self.isDrawn = isDrawn
    sentenceEnds = tokenizer.sentenceEnds
    words = { tokenizer.word($0) }
  }

  /// The anchor types, when two models told them.
  public var anchors: AnchorTable? {
    if case .anchors(let table) = rule { table } else { nil }
  }

  /// The sentences of a document that fit into `limit` tokens, and the verdict on each.
  ///
  /// The last one that is taken is cut where the limit is reached.
  public func select(
    _ document: Document, limit: Int, random: inout RandomStream
  ) -> (document: Document, verdicts: [SentenceVerdict]) {
    var verdicts = sentences(of: document.tokens).map { range in
      judge(document.tokens[range], range, &random)
    }
    let fitting = verdicts.indices.filter { verdicts[$0].isKept }
    let order = isDrawn ? fitting.shuffled(using: &random) : fitting
    var taken = 0
    for index in order {
      if taken >= limit {
        verdicts[index].isKept = false
        verdicts[index].reason += isDrawn ? ", but not drawn" : ", but the row is full"
      }
      taken += verdicts[index].isKept ? verdicts[index].tokens.count : 0
    }
    var result = Document()
    for verdict in verdicts where verdict.isKept {
      let range = verdict.tokens.prefix(limit - result.tokens.count)
      result.tokens += document.tokens[range]
      result.roles += document.roles[range]
    }
    result.leftOutTokens = document.tokens.count - result.tokens.count
    result.croppedTokens = document.croppedTokens
    return (result, verdicts)
  }

  private func sentences(of tokens: [Int32]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for index in tokens.indices
    where sentenceEnds[Int(tokens[index])] || index + 1 == tokens.count {
      ranges.append(start..<index + 1)
      start = index + 1
    }
    return ranges
  }

  private func judge(
    _ sentence: ArraySlice<Int32>, _ range: Range<Int>, _ random: inout RandomStream
  ) -> SentenceVerdict {
    switch rule {
    case .digits(let isDigit, let otherwise):
      if let digit = sentence.first(where: { isDigit[Int($0)] }) {
        return SentenceVerdict(tokens: range, isKept: true, reason: "digit \(words(digit))")
      }
      let isKept = random.chance(otherwise)
      return SentenceVerdict(
        tokens: range, isKept: isKept, reason: isKept ? "no digit, by chance" : "no digit")
    case .anchors(let table):
      guard let anchor = sentence.first(where: { table.isAnchor[Int($0)] }) else {
        return SentenceVerdict(tokens: range, isKept: false, reason: "no anchor")
      }
      return SentenceVerdict(tokens: range, isKept: true, reason: "anchor \(words(anchor))")
    }
  }
}

/// A source whose documents are selected from before they are packed.
public struct SelectingSource: DocumentSource {
  /// Documents without anything to keep after which the source has nothing.
  private static let mostEmpty = 1000

  private var inner: any DocumentSource
  private let selector: SentenceSelector
  private let name: String
  private var random: RandomStream

  /// A source over another one.
  ///
  /// - Throws: `UserError` when its rows are ready-made.
  public init(
    _ inner: any DocumentSource, _ selector: SentenceSelector, name: String, seed: UInt64
  ) throws {
    guard inner.readyMade == nil else {
      throw UserError(
        "mix.\(name)", "ready-made rows cannot be selected from",
        remedy: "Use `select: none`, or a source of documents.")
    }
    self.inner = inner
    self.selector = selector
    self.name = name
    random = RandomStream(seed: seed, name: "select/\(name)")
  }

  /// As the source below.
  public var isContinuous: Bool { inner.isContinuous }
  /// As the source below.
  public var repeats: Bool { inner.repeats }

  /// What is kept of the source below, about.
  public var pass: SourcePass? {
    inner.pass.map { pass in
      SourcePass(
        documents: pass.documents, tokens: pass.tokens.map { Int(Double($0) * selector.keep) })
    }
  }

  /// The next document of the source below with the verdict on each of its sentences, and what is
  /// kept of it, which may be nothing.
  ///
  /// It is longer than `limit` by what is left out.
  public mutating func look(
    limit: Int
  ) throws -> (whole: Document, kept: Document, verdicts: [SentenceVerdict]) {
    let wide = max(limit, Int((Double(limit) / selector.keep).rounded(.up)))
    let whole = try inner.next(limit: wide)
    let (kept, verdicts) = selector.select(whole, limit: limit, random: &random)
    return (whole, kept, verdicts)
  }

  /// What is kept of the next document of which anything is.
  public mutating func next(limit: Int) throws -> Document {
    var leftOut = 0
    for _ in 0..<Self.mostEmpty {
      var selected = try look(limit: limit).kept
      leftOut += selected.leftOutTokens
      guard !selected.tokens.isEmpty else { continue }
      selected.leftOutTokens = leftOut
      return selected
    }
    throw UserError(
      "mix.\(name)", "no sentence of \(Self.mostEmpty) documents is worth keeping",
      remedy: "Use another source, or another `select`.", kind: .work)
  }

  /// The cursor of the source below with the draws of the selection.
  public var cursor: SourceCursor {
    var cursor = inner.cursor
    cursor.selection = random
    return cursor
  }

  /// Goes to where a cursor of the same source stood.
  public mutating func restore(_ cursor: SourceCursor) throws {
    guard let selection = cursor.selection else {
      throw UserError(
        "mix.\(name)", "the checkpoint's cursor is of a source without a selection",
        remedy: "Resume with the recipe of the run.")
    }
    try inner.restore(cursor)
    random = selection
  }
}
