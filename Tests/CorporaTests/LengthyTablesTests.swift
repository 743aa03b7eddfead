import Corpora
import Support
import Testing

@Suite struct LengthyTablesTests {
  private func source(
    _ settings: [String: SettingsValue] = [:], tokenizer: any Tokenizer = ByteTokenizer(),
    split: CorpusSplit = .training
  ) throws -> any DocumentSource {
    try SourceKinds.catalog.make("lengthy_tables", settings).open(
      SourceOpening(name: "tables", split: split, seed: 3, tokenizer: tokenizer))
  }

  private static let tokenizers: [any Tokenizer] = [ByteTokenizer(), WorldTokenizer()]

  @Test(arguments: [16, 40, 100, 500, 4_000]) func everyLimitIsKept(limit: Int) throws {
    for tokenizer in Self.tokenizers {
      var source = try source(tokenizer: tokenizer)
      for _ in 0..<20 {
        let document = try source.next(limit: limit)
        #expect(document.tokens.count <= limit && !document.tokens.isEmpty)
        #expect(document.roles.count == document.tokens.count)
      }
    }
  }

  @Test func onlyAnswersAreLearntUnlessAsked() throws {
    for tokenizer in Self.tokenizers {
      var source = try source(tokenizer: tokenizer)
      var all = try self.source(["loss": .text("all")], tokenizer: tokenizer)
      for _ in 0..<20 {
        let document = try source.next(limit: 2_000)
        var isAnswer = [Bool](repeating: false, count: document.tokens.count)
        for question in document.questions {
          for index in question.answer { isAnswer[index] = true }
          #expect(question.evidence.allSatisfy { $0.upperBound <= document.tokens.count })
        }
        for (index, role) in document.roles.enumerated() {
          let isMark = index == 0 || index + 1 == document.tokens.count
          #expect(role == (isAnswer[index] ? .answer : isMark && role == .text ? .text : .ignored))
        }
        let same = try all.next(limit: 2_000)
        #expect(same.tokens == document.tokens && !same.roles.contains(.ignored))
      }
    }
  }

  @Test func tablesOfTheWorldReadBackAndHaveNoUnknownWord() throws {
    var source = try source(tokenizer: WorldTokenizer())
    for _ in 0..<60 {
      let tokens = try source.next(limit: 900).tokens
      #expect(!tokens.contains(0))
      #expect(WorldTokenizer().encode(WorldTokenizer().decode(tokens)) == tokens)
      // A key and a number may not read as a fact of the world.
      #expect(statedFacts(tokens).isEmpty)
    }
  }

  @Test func everyLayoutAndEveryKindOfQuestionIsDrawn() throws {
    for tokenizer in Self.tokenizers {
      var source = try source(["questions": .integer(12)], tokenizer: tokenizer)
      var kinds = Set<String>()
      for _ in 0..<80 { kinds.formUnion(try source.next(limit: 6_000).questions.map(\.kind)) }
      #expect(
        kinds == [
          "cell", "row", "reverse", "cells", "count", "sum", "difference", "compare", "argmax",
          "hop", "rows", "distinct", "largest", "smallest", "sorted", "total", "mean", "frequent",
        ])
    }
    for layout in ["pipes", "commas", "tabs", "json", "records"] {
      var source = try source(["layout": .text(layout)])
      let text = ByteTokenizer().decode(try source.next(limit: 3_000).tokens)
      let line = try #require(text.split(separator: "\n").dropFirst(4).first)
      let sign = ["pipes": "| ", "commas": ",", "tabs": "\t", "json": "\": ", "records": ": "]
      #expect(line.contains(try #require(sign[layout])), "\(line)")
    }
  }

  @Test func keysOfEvaluationStandInNoTrainingTable() throws {
    func keys(_ split: CorpusSplit) throws -> Set<Substring> {
      var source = try source(["layout": .text("commas")], split: split)
      var keys = Set<Substring>()
      for _ in 0..<60 {
        let text = ByteTokenizer().decode(try source.next(limit: 4_000).tokens)
        keys.formUnion(text.matches(of: /[A-Z][a-z]+-[0-9][0-9]/).map(\.output))
      }
      return keys
    }
    let (training, evaluation) = (try keys(.training), try keys(.evaluation))
    #expect(training.count > 300 && evaluation.count > 300)
    #expect(training.isDisjoint(with: evaluation))
  }

  @Test func keysHaveDecoys() throws {
    var source = try source(["layout": .text("commas"), "shortest": .integer(4_000)])
    let text = ByteTokenizer().decode(try source.next(limit: 4_000).tokens)
    let keys = Set(text.matches(of: /\n([A-Z][a-z]+)-[0-9][0-9],/).map(\.output.1))
    let rows = text.matches(of: /\n([A-Z][a-z]+)-[0-9][0-9],/).count
    #expect(rows > 2 * keys.count, "\(rows) rows, \(keys.count) names")
  }

  /// Every key that a retrieval is about stands beside three others of its name.
  @Test func keysThatAreAskedForHaveThreeDecoys() throws {
    var source = try source([
      "layout": .text("commas"), "families": .text("retrieval"), "questions": .integer(8),
      "shortest": .integer(1_500),
    ])
    var asked = 0
    for _ in 0..<150 {
      let text = ByteTokenizer().decode(try source.next(limit: 3_000).tokens)
      guard !text.hasPrefix("\n") else { continue }
      var rows: [Substring: Int] = [:]
      for row in ReadTable(text).rows { rows[row[0].prefix { $0 != "-" }, default: 0] += 1 }
      for turn in text.split(separator: "\nQuestion: ").dropFirst() {
        let lines = turn.split(separator: "\n")
        let isReverse = lines[0].hasPrefix("Which name")
        // Where the value of a link stands, a key is no longer what is asked for.
        let about = isReverse ? lines[1] : lines[0]
        for key in about.matches(of: /([A-Z][a-z]+)-[0-9][0-9]/) {
          asked += 1
          #expect(rows[key.output.1, default: 0] >= 4, "\(turn)")
        }
      }
    }
    #expect(asked > 500)
  }

  @Test func longestBoundsTables() throws {
    var source = try source(["shortest": .integer(500), "longest": .integer(1_000)])
    let lengths = try (0..<100).map { _ in try source.next(limit: 50_000).tokens.count }
    #expect(lengths.allSatisfy { $0 <= 1_000 } && lengths.contains { $0 > 800 })
    #expect(throws: UserError.self) {
      try self.source(["shortest": .integer(1_001), "longest": .integer(1_000)])
    }
  }

  @Test func lengthsAreSpreadByTheirLogarithm() throws {
    var source = try source(["shortest": .integer(250)])
    let lengths = try (0..<200).map { _ in try source.next(limit: 4_000).tokens.count }
    // Half of them below the geometric mean, give or take.
    #expect((50...150).contains(lengths.count { $0 < 1_000 }))
    #expect(lengths.contains { $0 < 500 } && lengths.contains { $0 > 2_500 })
  }

  /// A table read back from its text, as a person would.
  private struct ReadTable {
    let titles: [Substring]
    let rows: [[Substring]]

    init(_ text: String) {
      let lines = text.split(separator: "\n").prefix { !$0.hasPrefix("Question:") }
      titles = lines[0].split(separator: ",", omittingEmptySubsequences: false)
      rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    func cell(_ key: Substring, _ title: Substring) -> Substring? {
      guard let column = titles.firstIndex(of: title) else { return nil }
      return rows.first { $0[0] == key }?[column]
    }

    func column(_ title: Substring) -> [Substring] {
      titles.firstIndex(of: title).map { column in rows.map { $0[column] } } ?? []
    }
  }

  /// Solves the questions again, from the text alone.
  @Test func answersAreRight() throws {
    var source = try source([
      "layout": .text("commas"), "questions": .integer(8), "shortest": .integer(1_500),
    ])
    var solved: [String: Int] = [:]
    for _ in 0..<200 {
      let text = ByteTokenizer().decode(try source.next(limit: 3_000).tokens)
      guard !text.hasPrefix("\n") else { continue }
      let table = ReadTable(text)
      for turn in text.split(separator: "\nQuestion: ").dropFirst() {
        let lines = turn.split(separator: "\n")
        let found = TableSolver(table: table).solve(lines[0])
        let (kind, answer) = try #require(found, "\(lines[0])")
        #expect(lines.last.map { $0.trimmingPrefix("Answer: ") } == answer[...], "\(turn)")
        if kind == "count" { #expect(lines.count == 2 + (Int(answer) ?? -1)) }
        solved[kind, default: 0] += 1
      }
    }
    #expect(solved.count == 18 && solved.values.allSatisfy { $0 >= 3 }, "\(solved)")
  }

  /// Answers questions about a table that was read back.
  private struct TableSolver {
    let table: ReadTable

    func solve(_ question: Substring) -> (kind: String, answer: String)? {
      retrieval(question) ?? reasoning(question) ?? overview(question)
    }

    private func cells(_ keys: Substring, _ title: Substring) -> [Substring] {
      String(keys).split(separator: ", ").compactMap { table.cell(Substring($0), title) }
    }

    /// Numbers by value, days by date.
    private func isLess(_ one: Substring, _ two: Substring) -> Bool {
      func parts(_ text: Substring) -> [Int] {
        text.split { !$0.isNumber }.compactMap { Int($0) }
      }
      return parts(one).lexicographicallyPrecedes(parts(two))
    }

    /// A number in hundredths, whether it is written with them or not.
    private func hundredths(_ text: Substring) -> Int {
      let parts = text.split(separator: ".").compactMap { Int($0) }
      return 100 * parts[0] + (parts.count > 1 ? parts[1] : 0)
    }

    /// The same number in the manner of the column.
    private func written(_ hundredths: Int, as title: Substring) -> String {
      guard table.column(title).contains(where: { $0.contains(".") }) else {
        return "\(hundredths / 100)"
      }
      let rest = hundredths % 100
      return "\(hundredths / 100)." + (rest < 10 ? "0" : "") + "\(rest)"
    }

    private func retrieval(_ question: Substring) -> (kind: String, answer: String)? {
      if let match = question.wholeMatch(of: /What does the whole row of (.+) say\?/) {
        let row = table.rows.first { $0[0] == match.1 }
        return row.map { ("row", $0.dropFirst().joined(separator: "; ")) }
      }
      if let match = question.wholeMatch(of: /Which name has the (\w+) (.+)\?/) {
        let values = table.column(match.1)
        return values.firstIndex(of: match.2).map { ("reverse", String(table.rows[$0][0])) }
      }
      if let match = question.wholeMatch(of: /What is the (\w+) of the (\w+) of (.+)\?/) {
        let link = table.cell(match.3, match.2)
        return link.flatMap { table.cell($0, match.1) }.map { ("hop", String($0)) }
      }
      if let match = question.wholeMatch(of: /What is the (\w+) of ([A-Z].+)\?/) {
        let values = cells(match.2, match.1)
        return (values.count == 1 ? "cell" : "cells", values.joined(separator: "; "))
      }
      return nil
    }

    private func reasoning(_ question: Substring) -> (kind: String, answer: String)? {
      if let match = question.wholeMatch(of: /How many rows have the (\w+) (.+)\?/) {
        return ("count", "\(table.column(match.1).count { $0 == match.2 })")
      }
      if let match = question.wholeMatch(of: /What is the sum of (\w+) for (.+)\?/) {
        let sum = cells(match.2, match.1).reduce(0) { $0 + hundredths($1) }
        return ("sum", written(sum, as: match.1))
      }
      if let match = question.wholeMatch(of: /How much more (\w+) has (.+) than (.+)\?/),
        let more = table.cell(match.2, match.1), let less = table.cell(match.3, match.1)
      {
        return ("difference", written(hundredths(more) - hundredths(less), as: match.1))
      }
      if let match = question.wholeMatch(of: /Which has the larger (\w+), (.+) or (.+)\?/),
        let first = table.cell(match.2, match.1), let second = table.cell(match.3, match.1)
      {
        return ("compare", String(isLess(first, second) ? match.3 : match.2))
      }
      if let match = question.wholeMatch(
        of: /Of the rows with the (\w+) (.+), which has the largest (\w+)\?/)
      {
        let filter = table.column(match.1)
        let values = table.column(match.3)
        let fitting = table.rows.indices.filter { filter[$0] == match.2 }
        let best = fitting.max { isLess(values[$0], values[$1]) }
        return best.map { ("argmax", String(table.rows[$0][0])) }
      }
      return nil
    }

    private func overview(_ question: Substring) -> (kind: String, answer: String)? {
      if question == "How many rows has the table?" { return ("rows", "\(table.rows.count)") }
      if let match = question.wholeMatch(of: /How many different values of (\w+) are there\?/) {
        return ("distinct", "\(Set(table.column(match.1)).count)")
      }
      if let match = question.wholeMatch(of: /What is the largest (\w+)\?/) {
        return table.column(match.1).max(by: isLess).map { ("largest", String($0)) }
      }
      if let match = question.wholeMatch(of: /What is the smallest (\w+)\?/) {
        return table.column(match.1).min(by: isLess).map { ("smallest", String($0)) }
      }
      if let match = question.wholeMatch(of: /What is the sum of all (\w+)\?/) {
        let sum = table.column(match.1).reduce(0) { $0 + hundredths($1) }
        return ("total", written(sum, as: match.1))
      }
      if let match = question.wholeMatch(of: /What is the mean of all (\w+), rounded down\?/) {
        let values = table.column(match.1)
        let isWhole = !values.contains { $0.contains(".") }
        let sum = values.reduce(0) { $0 + hundredths($1) }
        let mean = isWhole ? sum / 100 / values.count * 100 : sum / values.count
        return ("mean", written(mean, as: match.1))
      }
      if let match = question.wholeMatch(of: /Which (\w+) is the most frequent\?/) {
        let counts = Dictionary(grouping: table.column(match.1), by: { $0 }).mapValues(\.count)
        return counts.max { $0.value < $1.value }.map { ("frequent", String($0.key)) }
      }
      if let match = question.wholeMatch(of: /Is the table sorted by (\w+)\?/) {
        let values = table.column(match.1)
        let isSorted = !zip(values, values.dropFirst()).contains { isLess($1, $0) }
        return ("sorted", isSorted ? "yes" : "no")
      }
      return nil
    }
  }
}
