import Corpora
import Support
import Testing

@Suite struct ConversationsTests {
  private func source(
    _ settings: [String: SettingsValue] = [:], tokenizer: any Tokenizer = WorldTokenizer(),
    split: CorpusSplit = .training
  ) throws -> any DocumentSource {
    try SourceKinds.catalog.make("conversations", settings).open(
      SourceOpening(name: "talk", split: split, seed: 5, tokenizer: tokenizer))
  }

  private static func only(_ task: String) -> [String: SettingsValue] {
    var weights: [String: SettingsValue] = [:]
    for name in ["single", "homogeneous", "heterogeneous", "biography"] {
      weights[name] = .real(name == task ? 1 : 0)
    }
    return weights
  }

  @Test(arguments: [16, 40, 128, 1_024, 6_000]) func everyLimitIsKept(limit: Int) throws {
    for tokenizer in [WorldTokenizer(), ByteTokenizer()] as [any Tokenizer] {
      var source = try source(tokenizer: tokenizer)
      for _ in 0..<20 {
        let document = try source.next(limit: limit)
        #expect(document.tokens.count <= limit && !document.tokens.isEmpty)
        #expect(document.roles.count == document.tokens.count)
        if limit >= 1_024 { #expect(document.tokens.count > limit / 2) }
      }
    }
  }

  @Test func tasksComeInThePublishedProportions() throws {
    var source = try source()
    var counts: [String: Int] = [:]
    let several: Set<String> = ["larger number", "count", "two hops", "which text"]
    for _ in 0..<3_000 {
      let kind = try source.next(limit: 400).questions.first?.kind ?? "none"
      let task =
        kind.hasPrefix("single")
        ? "single" : kind.hasPrefix("bio") ? "biography" : several.contains(kind) ? "several" : kind
      counts[task, default: 0] += 1
    }
    // 3000 : 250 + 100 : 150 of 3500; four standard deviations.
    #expect(abs((counts["single"] ?? 0) - 2_571) < 77, "\(counts)")
    #expect(abs((counts["several"] ?? 0) - 300) < 66, "\(counts)")
    #expect(abs((counts["biography"] ?? 0) - 129) < 45, "\(counts)")
  }

  @Test func answersAreInTheText() throws {
    for task in ["single", "homogeneous", "heterogeneous", "biography"] {
      var source = try source(Self.only(task))
      for _ in 0..<40 {
        let document = try source.next(limit: 1_200)
        #expect(!document.questions.isEmpty)
        for question in document.questions {
          let answer = document.tokens[question.answer]
          #expect(document.roles[question.answer].allSatisfy { $0 == .answer })
          #expect(!question.evidence.isEmpty)
          let told = question.evidence.flatMap { document.tokens[$0] }
          if question.kind.hasPrefix("single") {
            // Every word of the answer is in the one sentence that tells it.
            #expect(question.evidence.count == 1 && Set(answer).isSubset(of: told))
          }
          if question.kind == "biography" { #expect(Array(answer) == told) }
          if question.kind == "two hops" {
            #expect(question.evidence.count == 2 && Set(answer).isSubset(of: told))
          }
        }
        let learnt = document.roles.count { $0 != .ignored }
        #expect(learnt == document.questions.reduce(0) { $0 + $1.answer.count })
      }
    }
  }

  /// Solves the questions over several details again, from the text alone.
  @Test func answersOverSeveralDetailsAreRight() throws {
    let tokenizer = WorldTokenizer()
    var solved: [String: Int] = [:]
    for task in ["homogeneous", "heterogeneous"] {
      var source = try source(Self.only(task))
      for _ in 0..<60 {
        let document = try source.next(limit: 1_200)
        let words = document.tokens.map {
          tokenizer.decode([$0]).lowercased().filter { !$0.isWhitespace }
        }
        guard let end = words.firstIndex(of: "question") else { continue }
        var numbers: [String: Int] = [:]
        for stated in statedFacts(Array(document.tokens[..<end])) {
          numbers[words[stated.index]] = stated.fact.first * 100 + stated.fact.second
        }
        // Who was born where, and under which title it is told.
        var births: [(name: String, place: String, title: String)] = []
        var title = ""
        for index in 0..<end {
          if words[index] == "#" { title = words[index + 1] }
          if words[index...].starts(with: ["was", "born", "near", "the"]) {
            births.append((words[index - 1], words[index + 4], title))
          }
        }
        for question in document.questions {
          let answer = words[question.answer]
          let start = words[..<answer.startIndex].lastIndex(of: "question") ?? 0
          let asked = Array(words[start..<answer.startIndex])
          switch question.kind {
          case "larger number":
            let names = asked.filter { numbers[$0] != nil }
            let winner = names.max { (numbers[$0] ?? 0) < (numbers[$1] ?? 0) }
            #expect(names.count == 2 && answer.dropLast().last == winner, "\(asked) \(answer)")
          case "count":
            let place = asked[asked.count - 2]
            let born = births.filter { $0.place == place }.map(\.name)
            #expect(answer.dropLast().last.flatMap { Int($0) } == born.count)
            let list = answer.prefix { $0 != "." }.filter { $0 != "," }
            #expect(Set(list) == Set(born) && list.count == born.count, "\(asked) \(answer)")
          case "which text":
            let name = asked[asked.count - 4]
            let titles = births.filter { $0.name == name }.map(\.title)
            #expect(titles.count == 1 && answer.dropFirst().first == titles[0], "\(asked)")
          default: continue
          }
          solved[question.kind, default: 0] += 1
        }
      }
    }
    #expect(solved.count == 3 && solved.values.allSatisfy { $0 > 20 }, "\(solved)")
  }

  @Test func severalTextsHaveTitlesAndQuestionsAcrossThem() throws {
    var source = try source(Self.only("heterogeneous"))
    var kinds = Set<String>()
    for _ in 0..<30 {
      let document = try source.next(limit: 1_200)
      kinds.formUnion(document.questions.map(\.kind))
      #expect(WorldTokenizer().decode(document.tokens).count { $0 == "#" } == 4)
    }
    #expect(kinds == ["larger number", "count", "which text"])
  }

  @Test func factsOfEvaluationAreNeverTrained() throws {
    for (split, isEvaluation) in [(CorpusSplit.training, false), (.evaluation, true)] {
      var source = try source(split: split)
      var seen = 0
      for _ in 0..<60 {
        for stated in statedFacts(try source.next(limit: 600).tokens) {
          #expect(WorldFacts.isEvaluation(stated.fact) == isEvaluation)
          seen += 1
        }
      }
      #expect(seen > 200)
    }
  }

  @Test func asTextItReadsAsTheWorldDoes() throws {
    var source = try source(tokenizer: ByteTokenizer())
    for _ in 0..<20 {
      let document = try source.next(limit: 4_000)
      #expect(document.tokens.first == ByteTokenizer.begin)
      let text = ByteTokenizer().decode(document.tokens)
      #expect(!text.contains("<unknown>") && !text.contains("  "))
      #expect(text.contains(". Question: "))
      for question in document.questions {
        let answer = ByteTokenizer().decode(Array(document.tokens[question.answer]))
        #expect(answer.hasPrefix(" ") && answer.hasSuffix("."), "\"\(answer)\"")
      }
    }
  }

  @Test func aMixWithoutTasksIsRefused() {
    #expect(throws: UserError.self) { try self.source(Self.only("none")) }
  }
}
