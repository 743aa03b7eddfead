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
    for _ in 0..<150 {
      let text = ByteTokenizer().decode(try source.next(limit: 3_000).tokens)
      guard !text.hasPrefix("\n") else { continue }
      let table = ReadTable(text)
      for turn in text.split(separator: "\nQuestion: ").dropFirst() {
        let lines = turn.split(separator: "\n")
        let question = lines[0]
        let answer = lines.last.map { $0.trimmingPrefix("Answer: ") } ?? ""
        if let match = question.wholeMatch(of: /What is the (\w+) of ([^,]+)\?/),
          table.titles.contains(match.1), !match.2.hasPrefix("the ")
        {
          #expect(table.cell(match.2, match.1) == answer)
          solved["cell", default: 0] += 1
        } else if let match = question.wholeMatch(of: /Which name has the (\w+) (.+)\?/) {
          #expect(table.cell(answer, match.1) == match.2)
          solved["reverse", default: 0] += 1
        } else if let match = question.wholeMatch(of: /How many rows have the (\w+) (.+)\?/) {
          #expect("\(table.column(match.1).count { $0 == match.2 })" == answer)
          #expect(lines.count == 2 + (Int(answer) ?? -1))
          solved["count", default: 0] += 1
        } else if let match = question.wholeMatch(of: /What is the sum of units for (.+)\?/) {
          let keys = String(match.1).split(separator: ", ").map { Substring($0) }
          let sum = keys.reduce(0) { $0 + (table.cell($1, "units").flatMap { Int($0) } ?? 0) }
          #expect("\(sum)" == answer)
          solved["sum", default: 0] += 1
        } else if let match = question.wholeMatch(of: /What is the (\w+) of the (\w+) of (.+)\?/) {
          let link = try #require(table.cell(match.3, match.2))
          #expect(table.cell(link, match.1) == answer)
          solved["hop", default: 0] += 1
        } else if question == "How many rows has the table?" {
          #expect("\(table.rows.count)" == answer)
          solved["rows", default: 0] += 1
        } else if let match = question.wholeMatch(of: /Is the table sorted by (\w+)\?/) {
          let values = table.column(match.1).map { Double($0) ?? 0 }
          guard match.1 != "date" else { continue }
          #expect((values == values.sorted() ? "yes" : "no") == answer)
          solved["sorted", default: 0] += 1
        } else if question == "What is the mean of all units, rounded down?" {
          let values = table.column("units").compactMap { Int($0) }
          #expect("\(values.reduce(0, +) / values.count)" == answer)
          solved["mean", default: 0] += 1
        }
      }
    }
    #expect(solved.count == 8 && solved.values.allSatisfy { $0 >= 3 }, "\(solved)")
  }
}
