public import Support

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Synthetic lengthy tables: a long table, then a conversation of questions about it.
///
/// - SeeAlso: LongSkywork (arXiv:2406.00605), section 3.2; the generator is ours, since none was
///   published.
public struct LengthyTables: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "lengthy_tables",
    "Synthetic lengthy tables with questions: look-ups, reasoning in steps, and overviews.",
    source: "after LongSkywork (arXiv:2406.00605), section 3.2",
    settings: [
      Setting(
        "shortest", .size(16...(1 << 24)), default: nil,
        help: "Shortest table with its questions in tokens, an eighth of the row when absent; "
          + "lengths are drawn evenly by their logarithm.", applies: .nextStage),
      Setting(
        "longest", .size(16...(1 << 24)), default: nil,
        help: "Longest table with its questions in tokens; the row when absent.",
        applies: .nextStage),
      Setting(
        "questions", .integer(1...64), default: .integer(4),
        help: "Most questions of a table, turns of one conversation.", applies: .nextStage),
      Setting(
        "families", .choice(["all", "retrieval", "reasoning", "overview"]),
        default: .text("all"), help: "Which questions are asked.", applies: .nextStage),
      Setting(
        "layout", .choice(["any", "pipes", "commas", "tabs", "json", "records"]),
        default: .text("any"), help: "How tables are written; any draws one for each.",
        applies: .nextStage),
      Setting(
        "header_every", .integer(0...100_000), default: .integer(0),
        help: "Rows after which the titles are repeated; 0 never.", applies: .nextStage),
      Setting(
        "loss", .choice(["answers", "all"]), default: .text("answers"),
        help: "What is learnt: the answers, or the table and the questions too.",
        applies: .nextStage),
    ])

  private let shortest: Int?
  private let longest: Int?
  private let questions: Int
  private let families: [TableFamily]
  private let layouts: [TableLayout]
  private let headerEvery: Int
  private let isLearntWhole: Bool

  /// Builds it from checked settings.
  ///
  /// - Throws: `UserError` when the shortest table is longer than the longest.
  public init(_ values: SettingsValues) throws {
    shortest = values.integer("shortest")
    longest = values.integer("longest")
    if let shortest, let longest, shortest > longest {
      throw UserError(
        "lengthy_tables.shortest",
        "at most the longest table's \(longest) tokens are needed, \(shortest) found",
        remedy: "Lower `shortest` or raise `longest`.")
    }
    questions = values.integer("questions") ?? 4
    headerEvery = values.integer("header_every") ?? 0
    isLearntWhole = values.text("loss") == "all"
    families = TableFamily.allCases.filter { ["all", "\($0)"].contains(values.text("families")) }
    layouts = TableLayout.allCases.filter { ["any", "\($0)"].contains(values.text("layout")) }
  }

  /// Opens the endless source.
  public func open(_ opening: SourceOpening) -> any DocumentSource {
    let tokenizer = opening.tokenizer
    let split = opening.split
    let dialect: any TableDialect =
      tokenizer.readsAnyText ? TextTableDialect() : WorldTableDialect()
    return GeneratedSource(name: Self.kind.name, random: opening.random) { limit, random in
      document(min(limit, longest ?? limit), dialect, tokenizer, split, &random)
    }
  }

  /// A conversation of at most `limit` tokens.
  private func document(
    _ limit: Int, _ dialect: any TableDialect, _ tokenizer: any Tokenizer, _ split: CorpusSplit,
    _ random: inout RandomStream
  ) -> Document {
    var writer = ConversationWriter(tokenizer, isLearntWhole: isLearntWhole)
    let least = Double(min(limit, shortest ?? max(64, limit / 8)))
    let drawn = least * pow(Double(limit) / least, random.uniform())
    let budget = min(limit, Int(drawn)) - writer.closingTokens
    let layout = random.pick(layouts)
    var table = SyntheticTable(
      columns: min(random.integer(in: 4...12), max(4, budget / 40)), dialect: dialect,
      split: split, random: &random)
    let header = dialect.header(layout, table.columns)
    // A row's tokens are not known before it is drawn; links are as long as keys.
    let headerTokens = tokenizer.encode(header, .continues).count
    var taken = headerTokens
    let room = budget - min(budget / 2, 60 * questions)
    repeat {
      table.addRow(&random)
      let cells = table.rows[table.rows.count - 1].map {
        $0.text.isEmpty ? table.rows[0][0] : $0
      }
      taken += tokenizer.encode(dialect.line(layout, table.columns, cells), .continues).count
      if headerEvery > 0, table.rows.count % headerEvery == 0 { taken += headerTokens }
    } while taken < room && !table.isFull
    table.finish(&random)

    var asked = self.asked(table, dialect, &random)[...]
    let asksFirst = random.chance(0.1)
    if asksFirst, let first = asked.first { writer.give(dialect.prompt(first.ask)) }
    var rows: [Range<Int>] = []
    for (index, row) in table.rows.enumerated() {
      if index == 0 || (headerEvery > 0 && index % headerEvery == 0) { writer.give(header) }
      let start = writer.count
      writer.give(dialect.line(layout, table.columns, row))
      rows.append(start..<writer.count)
    }
    var isFirst = true
    while let question = asked.popFirst() {
      var prompt = dialect.prompt(question.ask)
      if isFirst, asksFirst { prompt = "" }
      writer.ask(
        tokenizer.encode(prompt, .continues),
        reply: tokenizer.encode(Self.reply(question, dialect), .continues),
        kind: question.kind,
        evidence: question.gold.count == rows.count
          ? [rows[0].lowerBound..<rows[rows.count - 1].upperBound] : question.gold.map { rows[$0] },
        limit: isFirst ? limit : budget)
      isFirst = false
    }
    return writer.finished().cut(to: limit)
  }

  private func asked(
    _ table: SyntheticTable, _ dialect: any TableDialect, _ random: inout RandomStream
  ) -> [TableQuestion] {
    let asker = TableAsker(table: table, dialect: dialect)
    var asked: [TableQuestion] = []
    for _ in 0..<8 * questions where asked.count < questions {
      let question = asker.question(random.pick(families), &random)
      if let question, !asked.contains(where: { $0.ask == question.ask }) {
        asked.append(question)
      }
    }
    return asked
  }

  private static func reply(_ question: TableQuestion, _ dialect: any TableDialect) -> String {
    let marks = dialect.marks
    guard !question.isBare else { return question.answer + marks.turnEnd }
    let steps = question.steps.map { $0.key + marks.step + $0.read + marks.stepEnd }
    return steps.joined() + marks.answer + question.answer + marks.turnEnd
  }
}
