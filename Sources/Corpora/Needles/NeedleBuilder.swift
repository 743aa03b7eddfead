public import Support

/// Builds needle tests: many needles in one haystack, all questions shuffled at its end.
///
/// With one depth this is the single needle test; with several, every needle is a distractor of the
/// others, so that a model must use the key. Facts are of the evaluation split. The length counts
/// the whole sequence with its answers, as RULER does (arXiv:2404.06654, section 3).
public struct NeedleBuilder: Sendable {
  private let wording: any NeedleWording
  private let haystack: [Int32]?

  /// A builder for a model's tokenizer.
  ///
  /// - Parameters:
  ///   - tokenizer: of the model.
  ///   - haystack: tokens of a text to hide needles in; nil means stories of the miniature world.
  ///     A text shorter than a sequence is repeated.
  /// - Throws: `UserError` when the text has no tokens or the tokenizer has no needles.
  public init(tokenizer: any Tokenizer, haystack: [Int32]? = nil) throws {
    switch tokenizer {
    case is WorldTokenizer: wording = WorldNeedleWording()
    case is ByteTokenizer: wording = ByteNeedleWording()
    default:
      throw UserError("needle", "no needles are known for the tokenizer \(tokenizer.name)")
    }
    if let haystack, haystack.isEmpty {
      throw UserError(
        "haystack", "the text has no tokens", remedy: "Give a text of a few sentences at least.")
    }
    self.haystack = haystack
  }

  /// The needles that one sequence can hold.
  ///
  /// At most five up to 512 tokens and ten above, and no more than half of the sequence.
  public func needlesPerSequence(length: Int) -> Int {
    min(length <= 512 ? 5 : 10, max(1, length / 2 / wording.typicalTokens))
  }

  /// Deals depths out to sequences in turn, so that each spans the whole haystack.
  public func groups(of depths: [Double], length: Int) -> [[Double]] {
    guard !depths.isEmpty else { return [] }
    let most = needlesPerSequence(length: length)
    let count = (depths.count + most - 1) / most
    return (0..<count).map { group in
      stride(from: group, to: depths.count, by: count).map { depths[$0] }
    }
  }

  /// One sequence with a needle at each depth.
  ///
  /// - Parameters:
  ///   - length: most tokens of the sequence.
  ///   - depths: 0 ... 1, one for each needle; at most 300.
  ///   - random: draws facts, haystack and the order of the questions.
  /// - Returns: the sequence; its needles are in the order of their places.
  /// - Throws: `UserError` when the needles and their questions do not fit.
  public func sequence(
    length: Int, depths: [Double], random: inout RandomStream
  ) throws -> NeedleSequence {
    let plan = FactPlan(
      count: depths.count, form: .prose, split: .evaluation, random: &random)
    let facts = plan.facts.map(\.fact)
    let questions = facts.map(wording.question)
    let taken = zip(facts, questions).reduce(0) {
      $0 + wording.needle($1.0, atStart: false).tokens.count + $1.1.tokens.count
    }
    guard length - taken >= wording.leastHaystack else {
      throw UserError(
        "needle",
        "\(depths.count) needles need \(taken + wording.leastHaystack) tokens, \(length) found",
        remedy: "Ask for greater lengths, or fewer depths.")
    }
    let text = hay(tokens: length - taken, &random)
    let cuts = depths.map { cut(text, depth: $0, length: length) }
    let needles = depths.indices.map { wording.needle(facts[$0], atStart: cuts[$0] == 0) }

    var tokens: [Int32] = []
    tokens.reserveCapacity(length)
    var offsets = [Int](repeating: 0, count: depths.count)
    var done = 0
    let byDepth = depths.indices.sorted { (cuts[$0], $0) < (cuts[$1], $1) }
    for index in byDepth {
      tokens += text[done..<cuts[index]]
      done = cuts[index]
      offsets[index] = tokens.count
      tokens += needles[index].tokens
    }
    tokens += text[done...]
    var positions = [[Int]](repeating: [], count: depths.count)
    for index in depths.indices.shuffled(using: &random) {
      positions[index] = questions[index].answer.map { tokens.count + $0 - 1 }
      tokens += questions[index].tokens
    }
    let placed = byDepth.map { index in
      PlacedNeedle(
        key: WorldVocabulary.words[Int(facts[index].nameToken)],
        answer: WorldVocabulary.chunks[facts[index].first]
          + WorldVocabulary.chunks[facts[index].second],
        depth: depths[index], actualDepth: Double(cuts[index]) / Double(text.count),
        tokenOffset: offsets[index], tokenCount: needles[index].tokens.count,
        answerTokens: questions[index].answer.map { questions[index].tokens[$0] },
        answerPositions: positions[index])
    }
    return NeedleSequence(tokens: tokens, haystackTokens: text.count, needles: placed)
  }

  /// Exactly this many tokens of haystack.
  private func hay(tokens: Int, _ random: inout RandomStream) -> [Int32] {
    guard let haystack else { return wording.story(tokens: tokens, &random) }
    // Begins after a sentence end where there is one nearby, else at the start.
    var start = random.below(max(1, haystack.count - tokens))
    while start > 0, !wording.isBoundary(haystack, start) { start -= 1 }
    return (0..<tokens).map { haystack[(start + $0) % haystack.count] }
  }

  /// The sentence end nearest to a depth; the very start and end are taken as they are, and where
  /// no sentence ends nearby the wanted place is.
  private func cut(_ text: [Int32], depth: Double, length: Int) -> Int {
    let wanted = min(text.count, max(0, Int((depth * Double(text.count)).rounded())))
    let reach = max(length / 50, 64)
    for distance in 0...reach {
      for place in [wanted - distance, wanted + distance] {
        if place == 0 || place == text.count { return place }
        if place > 0, place < text.count, wording.isBoundary(text, place) { return place }
      }
    }
    return wanted
  }
}
