public import Support

/// What a recall task puts into a text and asks at its end, before it is laid out.
public struct NeedlePlan: Sendable {
  /// A piece that is hidden in the haystack.
  public struct Statement: Sendable {
    /// Its tokens.
    public let tokens: [Int32]
    /// Its place, from 0, the start of the haystack, to 1, its end; equal places keep their order.
    public let depth: Double
  }

  /// One answer that is scored.
  public struct Probe: Sendable {
    /// Number of the question that it belongs to.
    public let question: Int
    /// Number of the answer in that question.
    public let answer: Int
    /// What is asked for, such as `Mara`.
    public let key: String
    /// The depth that it counts for.
    public let depth: Double
    /// Numbers of the statements that tell the answer.
    public let evidence: [Int]
  }

  /// What is hidden.
  public private(set) var statements: [Statement] = []
  /// What is asked; the order is shuffled in the text.
  public private(set) var questions: [NeedleText] = []
  /// What is scored.
  public private(set) var probes: [Probe] = []
  /// All answers that look right without reading the keys: a blind guess is one of these.
  public var candidates: [[Int32]] = []
  /// Tells at most this many tokens of haystack; nil for stories, or the text that was given.
  public var filler: (@Sendable (_ tokens: Int, _ random: inout RandomStream) -> [Int32])?

  /// A plan without anything.
  public init() {}

  /// Hides a piece of text.
  ///
  /// - Returns: the number of the statement.
  @discardableResult
  public mutating func state(_ tokens: [Int32], at depth: Double) -> Int {
    statements.append(Statement(tokens: tokens, depth: depth))
    return statements.count - 1
  }

  /// Hides a fact, whose number becomes a candidate.
  ///
  /// - Returns: the number of the statement.
  @discardableResult
  public mutating func state(
    _ fact: WorldFact, at depth: Double, in wording: any NeedleWording
  ) -> Int {
    let text = wording.fact(fact)
    candidates += text.answers.map { Array(text.tokens[$0]) }
    return state(text.tokens, at: depth)
  }

  /// Asks a question.
  ///
  /// - Parameters:
  ///   - question: the text with its answers.
  ///   - probes: key, depth and evidence of each answer that is scored, nil where it is not.
  public mutating func ask(
    _ question: NeedleText, _ probes: [(key: String, depth: Double, evidence: [Int])?]
  ) {
    precondition(probes.count == question.answers.count, "a probe or nil for each answer")
    for (answer, probe) in probes.enumerated() {
      guard let probe else { continue }
      self.probes.append(
        Probe(
          question: questions.count, answer: answer, key: probe.key, depth: probe.depth,
          evidence: probe.evidence))
    }
    questions.append(question)
  }

  /// Facts with names of their own, each asked for on its own.
  ///
  /// - Parameters:
  ///   - depths: 0 ... 1, one for each fact that is asked for.
  ///   - decoys: facts more that nobody asks for, anywhere.
  ///   - wording: of the tokenizer.
  ///   - random: draws facts of the evaluation split; at most 300 in all.
  /// - Returns: the plan.
  public static func keyed(
    depths: [Double], decoys: Int = 0, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    let facts = WorldFact.draw(depths.count + decoys, random: &random)
    var plan = NeedlePlan()
    for (fact, depth) in zip(facts, depths) {
      let place = plan.state(fact, at: depth, in: wording)
      plan.ask(wording.question(fact), [(fact.key, depth, [place])])
    }
    for fact in facts.dropFirst(depths.count) {
      plan.state(fact, at: random.uniform(), in: wording)
    }
    return plan
  }
}

extension WorldFact {
  /// The key as text, such as `Mara`.
  public var key: String { WorldVocabulary.words[Int(nameToken)] }
  /// The number as text, four digits.
  public var value: String { WorldVocabulary.chunks[first] + WorldVocabulary.chunks[second] }

  /// Facts of the evaluation split with names of their own.
  ///
  /// - Parameters:
  ///   - count: at most 300.
  ///   - random: draws names and numbers.
  /// - Returns: the facts.
  public static func draw(_ count: Int, random: inout RandomStream) -> [WorldFact] {
    FactPlan(count: count, form: .prose, split: .evaluation, random: &random).facts.map(\.fact)
  }
}
