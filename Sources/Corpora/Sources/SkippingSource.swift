public import Support

/// Cuts `length` tokens into chunks, and says how many tokens are skipped before each in all, the first
/// 0, none above `slack`.
public typealias ChunkRule =
  @Sendable (_ length: Int, _ slack: Int, _ random: inout RandomStream) -> (
    lengths: [Int], shifts: [Int]
  )

/// A source of chunks of long documents: the first from a document's beginning, each later one from a
/// random later place of it.
///
/// - SeeAlso: PoSE (arXiv:2309.10400), section 3.2; the places are those of its published trainer.
public struct SkippingSource: DocumentSource {
  private var inner: any DocumentSource
  private let reach: Int
  private let rule: ChunkRule
  private let name: String
  private var random: RandomStream

  /// A source over another one.
  ///
  /// - Parameters:
  ///   - inner: where the documents come from.
  ///   - reach: most tokens of a document that chunks are taken from.
  ///   - name: the source's name in the recipe.
  ///   - seed: of the draws.
  ///   - rule: where to cut and how far to skip.
  /// - Throws: `UserError` when its rows are ready-made.
  public init(
    _ inner: any DocumentSource, reach: Int, name: String, seed: UInt64, rule: @escaping ChunkRule
  ) throws {
    guard inner.readyMade == nil else {
      throw UserError(
        "mix.\(name)", "no text can be skipped in ready-made rows",
        remedy: "Use `text: contiguous`, or a source of documents.")
    }
    self.inner = inner
    self.reach = reach
    self.rule = rule
    self.name = name
    random = RandomStream(seed: seed, name: "skip/\(name)")
  }

  /// What a document leaves over is skipped text and not read on.
  public let isContinuous = false
  /// As the source below.
  public var pass: SourcePass? { inner.pass }
  /// As the source below.
  public var repeats: Bool { inner.repeats }

  /// The next document; of one longer than `limit` as many tokens in chunks.
  public mutating func next(limit: Int) throws -> Document {
    let whole = try inner.next(limit: max(limit, reach))
    let slack = whole.tokens.count - limit
    guard slack > 0 else { return whole }
    // A row's last token is a target only and has no position: the cut is that of the others.
    var (lengths, shifts) = rule(limit - 1, slack, &random)
    lengths[lengths.count - 1] += 1
    var result = Document()
    for (length, shift) in zip(lengths, shifts) {
      let start = result.tokens.count
      if start > 0 { result.cuts.append(start) }
      result.tokens += whole.tokens[start + shift..<start + shift + length]
      result.roles += whole.roles[start + shift..<start + shift + length]
    }
    result.leftOutTokens = whole.leftOutTokens + slack
    result.croppedTokens = whole.croppedTokens
    return result
  }

  /// The cursor of the source below with the draws of the skips.
  public var cursor: SourceCursor {
    var cursor = inner.cursor
    cursor.skips = random
    return cursor
  }

  /// Goes to where a cursor of the same source stood.
  public mutating func restore(_ cursor: SourceCursor) throws {
    guard let skips = cursor.skips else {
      throw UserError(
        "mix.\(name)", "the checkpoint's cursor is of a source whose text is not skipped",
        remedy: "Resume with the recipe of the run.")
    }
    try inner.restore(cursor)
    random = skips
  }
}
