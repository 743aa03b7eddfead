public import Support

/// Lays out recall tests: statements hidden in one haystack, all questions shuffled at its end.
///
/// Facts are of the evaluation split. The length counts the whole sequence with its answers, as
/// RULER does (arXiv:2404.06654, section 3).
public struct NeedleBuilder: Sendable {
  /// How the tokenizer words facts and questions.
  public let wording: any NeedleWording
  private let haystack: [Int32]?
  /// The mark that every document began with when the model was trained, if there is one.
  private let begin: [Int32]

  /// A builder for a model's tokenizer.
  ///
  /// - Parameters:
  ///   - tokenizer: of the model.
  ///   - haystack: tokens of a text to hide needles in; nil means stories of the miniature world.
  ///     A text shorter than a sequence is repeated.
  /// - Throws: `UserError` when the text has no tokens or the tokenizer none for needles.
  public init(tokenizer: any Tokenizer, haystack: [Int32]? = nil) throws {
    begin = tokenizer.documentBegin.map { [$0] } ?? []
    wording =
      tokenizer.readsAnyText ? try TextNeedleWording(tokenizer) : WorldNeedleWording()
    if let haystack, haystack.isEmpty {
      throw UserError(
        "haystack", "the text has no tokens", remedy: "Give a text of a few sentences at least.")
    }
    self.haystack = haystack
  }

  /// Tokens of a sequence that a plan may fill, those of the haystack among them.
  public func room(in length: Int) -> Int { length - begin.count }

  /// One sequence of a plan.
  ///
  /// - Parameters:
  ///   - plan: what to hide and to ask.
  ///   - length: most tokens of the sequence.
  ///   - random: draws the haystack and the order of the questions.
  /// - Returns: the sequence.
  /// - Throws: `UserError` when statements and questions do not fit.
  public func sequence(
    _ plan: NeedlePlan, length: Int, random: inout RandomStream
  ) throws -> NeedleSequence {
    let statements = plan.statements
    let taken =
      begin.count + statements.reduce(0) { $0 + wording.placed($1.tokens, atStart: false).count }
      + plan.questions.reduce(0) { $0 + $1.tokens.count }
    let least = plan.filler == nil ? wording.leastHaystack : 0
    guard length - taken >= least else {
      throw UserError(
        "needle",
        "\(statements.count) needles need \(taken + least) tokens, \(length) found",
        remedy: "Ask for greater lengths, or fewer depths.")
    }
    let text = plan.filler?(length - taken, &random) ?? hay(tokens: length - taken, &random)
    let cuts = statements.map { cut(text, depth: $0.depth, length: length) }

    var tokens = begin
    tokens.reserveCapacity(length)
    var places = [Range<Int>](repeating: 0..<0, count: statements.count)
    var done = 0
    let order = statements.indices.sorted {
      (cuts[$0], statements[$0].depth, $0) < (cuts[$1], statements[$1].depth, $1)
    }
    for index in order {
      tokens += text[done..<cuts[index]]
      done = cuts[index]
      let start = tokens.count
      tokens += wording.placed(statements[index].tokens, atStart: cuts[index] == 0)
      places[index] = start..<tokens.count
    }
    tokens += text[done...]
    let questionStart = tokens.count
    var offsets = [Int](repeating: 0, count: plan.questions.count)
    for index in plan.questions.indices.shuffled(using: &random) {
      offsets[index] = tokens.count
      tokens += plan.questions[index].tokens
    }
    let needles = plan.probes.map { probe in
      let answer = plan.questions[probe.question].answers[probe.answer]
      let start = offsets[probe.question]
      return PlacedNeedle(
        key: probe.key, depth: probe.depth,
        actualDepth: Double(probe.evidence.map { cuts[$0] }.min() ?? 0)
          / Double(max(1, text.count)),
        evidence: probe.evidence.map { places[$0] },
        answerTokens: Array(plan.questions[probe.question].tokens[answer]),
        answerPositions: answer.map { start + $0 - 1 })
    }
    return NeedleSequence(
      tokens: tokens, haystackTokens: begin.count + text.count, questionStart: questionStart,
      candidates: Set(plan.candidates).sorted { $0.lexicographicallyPrecedes($1) },
      needles: needles)
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
