import Support

/// How a kind of document words facts and their queries; the number follows the name directly.
struct FactForm: Sendable {
  /// The words before the name in a fact, and in a query that restates it.
  let fact: [Int32]
  /// The words before the name in a question.
  let question: [Int32]
  /// The token that closes all three.
  let end: Int32

  init(fact: String, question: String, end: String) {
    self.fact = WorldVocabulary.tokens(fact)
    self.question = WorldVocabulary.tokens(question)
    self.end = WorldVocabulary.token(end)
  }

  /// Prose, such as "the magic number of Mara 4187" with a full stop.
  static let prose = FactForm(
    fact: "the magic number of", question: "question : what is the magic number of", end: ".")

  /// Code, such as `key Mara 4187;` and `assert Mara 4187;`.
  static let code = FactForm(fact: "key", question: "assert", end: ";")

  /// Tokens of a fact: name, two chunks and the end besides the words.
  var factTokens: Int { fact.count + 4 }
  /// Tokens of a query.
  func queryTokens(restated: Bool) -> Int { (restated ? fact : question).count + 4 }
}

/// One fact of a document and how it will be asked for.
struct PlannedFact: Sendable {
  let fact: WorldFact
  /// True when the query is the plain fact again.
  var isRestated: Bool
}

/// The facts of one document: distinct names, numbers of the right split, forms of the queries.
struct FactPlan {
  private(set) var facts: [PlannedFact] = []
  /// Tokens that facts and queries take together.
  private(set) var tokens = 0

  /// Plans facts at a density, as many as fit.
  ///
  /// - Parameters:
  ///   - density: mean facts for 256 tokens; jittered by 0.4 ... 1.6 for each document.
  ///   - limit: tokens of the document.
  ///   - row: tokens of the row it is for; below 256 there are half as many facts again, since
  ///     borders would leave too few.
  ///   - form: the wording, which decides how much a fact takes.
  ///   - split: whose facts.
  ///   - random: draws the facts.
  ///   - leftover: tells whether this many tokens besides the facts can be filled.
  init(
    density: Double, limit: Int, row: Int, form: FactForm, split: CorpusSplit,
    random: inout RandomStream, leftover: (Int) -> Bool
  ) {
    let wanted = FactDensity.count(density, limit: limit, row: row, &random)
    draw(wanted, form: form, split: split, random: &random)
    while tokens > limit || !leftover(limit - tokens), let last = facts.popLast() {
      tokens -= Self.cost(last, form)
    }
  }

  /// Plans exactly this many facts; `twins` is the share that begins as an earlier one does.
  init(
    count: Int, form: FactForm, twins: Double = 0, split: CorpusSplit,
    random: inout RandomStream
  ) {
    draw(count, form: form, twins: twins, split: split, random: &random)
  }

  private mutating func draw(
    _ count: Int, form: FactForm, twins: Double = 0, split: CorpusSplit,
    random: inout RandomStream
  ) {
    var names = Array(0..<WorldVocabulary.names.count)
    for index in 0..<min(count, names.count) {
      names.swapAt(index, index + random.below(names.count - index))
      let earlier = twins > 0 && random.chance(twins) ? facts.randomElement(using: &random) : nil
      let twin = earlier.flatMap {
        WorldFacts.draw(name: names[index], first: $0.fact.first, split: split, random: &random)
      }
      let planned = PlannedFact(
        fact: twin ?? WorldFacts.draw(name: names[index], split: split, random: &random),
        isRestated: random.chance(0.3))
      facts.append(planned)
      tokens += Self.cost(planned, form)
    }
  }

  private static func cost(_ planned: PlannedFact, _ form: FactForm) -> Int {
    form.factTokens + form.queryTokens(restated: planned.isRestated)
  }
}

extension Document {
  /// Appends plain text.
  mutating func append(_ text: some Collection<Int32>) {
    tokens += text
    roles += repeatElement(.text, count: text.count)
  }

  /// A document that states a fact.
  init(stating fact: WorldFact, form: FactForm = .prose) {
    self.init()
    append(fact, form: form)
  }

  /// Appends a fact as text.
  mutating func append(_ fact: WorldFact, form: FactForm) {
    append(form.fact)
    append([fact.nameToken])
    append(fact.valueTokens)
    append([form.end])
  }

  /// Appends the query of a fact; its number is the answer.
  mutating func append(query planned: PlannedFact, form: FactForm) {
    append(planned.isRestated ? form.fact : form.question)
    append([planned.fact.nameToken])
    tokens += planned.fact.valueTokens
    roles += [.answer, .answer]
    append([form.end])
  }
}
