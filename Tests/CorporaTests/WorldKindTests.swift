import Corpora
import Support
import Testing

@Suite struct WorldKindTests {
  private static let limits = [17, 32, 33, 48, 64, 65, 129, 257, 600, 1_229, 4_097]

  @Test(arguments: worldKinds, limits)
  func documentsFitTheirLimit(kind: String, limit: Int) throws {
    var source = try worldSource(kind)
    let fills = ["stories", "code", "repeat", "values", "chains"].contains(kind)
    for _ in 0..<40 {
      let document = try source.next(limit: limit)
      #expect(document.tokens.count <= limit && document.tokens.count > 0)
      #expect(document.roles.count == document.tokens.count)
      if fills { #expect(document.tokens.count == limit) }
    }
  }

  @Test(arguments: factKinds, limits)
  func everyFactIsAskedOnceAndLater(kind: String, limit: Int) throws {
    var source = try worldSource(kind)
    for _ in 0..<40 {
      let document = try source.next(limit: limit)
      var first: Set<WorldFact> = []
      var names: Set<Int> = []
      var asked: Set<WorldFact> = []
      var answers = 0
      for stated in statedFacts(document.tokens) {
        let roles = document.roles[stated.index..<stated.index + 3]
        if roles.contains(.answer) {
          #expect(Array(roles) == [.text, .answer, .answer])
          #expect(first.contains(stated.fact), "asked before it was told")
          #expect(asked.insert(stated.fact).inserted, "asked twice")
          answers += 2
        } else {
          #expect(names.insert(stated.fact.name).inserted, "name used twice")
          first.insert(stated.fact)
        }
      }
      // Dense recall is cut at the row's end, also between a fact and its query.
      guard kind != "recall" else {
        #expect(asked.isSubset(of: first))
        continue
      }
      #expect(asked == first)
      #expect(document.roles.count { $0 == .answer } == answers)
    }
  }

  @Test(arguments: [
    ("stories", 1_025, 6.0), ("stories", 4_097, 6.0), ("stories", 257, 6.0),
    ("stories", 129, 9.0), ("code", 1_025, 6.0),
  ])
  func densityIsTheSameAtEveryLength(kind: String, limit: Int, expected: Double) throws {
    var source = try worldSource(kind)
    var densities: [Double] = []
    for _ in 0..<600 {
      let document = try source.next(limit: limit)
      let facts = document.roles.count { $0 == .answer } / 2
      densities.append(Double(facts) * 256 / Double(limit))
    }
    let mean = densities.reduce(0, +) / Double(densities.count)
    #expect(abs(mean - expected) < 0.06 * expected, "mean \(mean)")
    let rounding = 256 / Double(limit)
    for density in densities {
      #expect(density > 0.4 * expected - rounding && density < 1.6 * expected + rounding)
    }
  }

  @Test func densityIsASetting() throws {
    var source = try worldSource("stories", settings: ["facts_per_256": .real(0)])
    #expect(statedFacts(try source.next(limit: 1_025).tokens).isEmpty)
  }

  @Test func threeQueriesOfTenRestateTheFact() throws {
    var source = try worldSource("stories")
    let question = WorldTokenizer().encode("question : what is")
    var asked = 0
    var questions = 0
    for _ in 0..<200 {
      let document = try source.next(limit: 1_025)
      asked += document.roles.count { $0 == .answer } / 2
      for start in 0..<document.tokens.count - 4
      where Array(document.tokens[start..<start + 4]) == question { questions += 1 }
    }
    #expect(abs(Double(questions) / Double(asked) - 0.7) < 0.03)
  }

  @Test func factsAndQueriesAreSpreadEvenlyOverTheText() throws {
    let tokenizer = WorldTokenizer()
    var source = try worldSource("stories")
    // In sentences of the story, a uniform place has mean 1/2, a uniform place after it 3/4.
    var facts: [Double] = []
    var queries: [Double] = []
    for _ in 0..<300 {
      let document = try source.next(limit: 1_025)
      var sentences = 0
      var placed: [(isQuery: Bool, sentences: Int)] = []
      for sentence in document.tokens.indices.split(
        whereSeparator: { tokenizer.isSentenceEnd(document.tokens[$0]) })
      {
        if statedFacts(Array(document.tokens[sentence])).isEmpty {
          sentences += 1
        } else {
          placed.append((document.roles[sentence].contains(.answer), sentences))
        }
      }
      for (isQuery, before) in placed {
        let place = Double(before) / Double(sentences)
        if isQuery { queries.append(place) } else { facts.append(place) }
      }
    }
    #expect(abs(facts.reduce(0, +) / Double(facts.count) - 0.5) < 0.015)
    #expect(abs(queries.reduce(0, +) / Double(queries.count) - 0.75) < 0.015)
  }

  @Test(arguments: [33, 65, 257])
  func repeatsHaveAShortRoundAndRecallTheRest(limit: Int) throws {
    var source = try worldSource("repeat")
    var rounds: Set<Int> = []
    for _ in 0..<300 {
      let document = try source.next(limit: limit)
      let round = document.roles.count { $0 == .text }
      rounds.insert(round)
      for index in 0..<limit {
        #expect(document.tokens[index] == document.tokens[index % round])
        #expect(document.roles[index] == (index < round ? .text : .recall))
      }
    }
    #expect(rounds == Set(5...15))
  }

  @Test func denseRecallHasNoFiller() throws {
    let tokenizer = WorldTokenizer()
    var source = try worldSource("recall")
    for _ in 0..<100 {
      let document = try source.next(limit: 257)
      // The last sentence may be cut.
      for sentence in document.tokens.split(whereSeparator: tokenizer.isSentenceEnd).dropLast() {
        #expect(statedFacts(Array(sentence)).count == 1)
      }
      #expect(document.tokens.count == 257)
    }
  }

  @Test(arguments: [CorpusSplit.training, .evaluation])
  func twinsBeginAsAnEarlierFactDoesAndKeepToTheSplit(split: CorpusSplit) throws {
    var source = try worldSource("recall", split: split, settings: ["twins": .real(0.5)])
    var later = 0
    var twins = 0
    for _ in 0..<200 {
      var begun: Set<Int> = []
      var named: Set<Int> = []
      for stated in statedFacts(try source.next(limit: 257).tokens)
      where named.insert(stated.fact.name).inserted {
        #expect(WorldFacts.split(of: stated.fact) == split)
        if !begun.isEmpty {
          later += 1
          if begun.contains(stated.fact.first) { twins += 1 }
        }
        begun.insert(stated.fact.first)
      }
    }
    // Half of the later facts, and of the others one in a hundred for each fact before it.
    let share = Double(twins) / Double(later)
    #expect(share > 0.48 && share < 0.6, "share \(share)")
  }

  @Test func storiesComeBackToTheirPersonsAndThings() throws {
    // Of 80 persons, a story of 4,096 tokens would name nearly all if it drew them anew each time.
    let tokenizer = WorldTokenizer()
    var source = try worldSource("stories", settings: ["facts_per_256": .real(0)])
    for _ in 0..<20 {
      let text = tokenizer.decode(try source.next(limit: 1_025).tokens)
      let words = text.split { $0 == " " || $0 == "." }
      let names = words.filter { $0.first?.isUppercase == true && $0.count > 2 }
      #expect(names.count > 100)
      #expect(Set(names).count < 50)
    }
  }

  @Test func worldKindsRefuseOtherTokenizers() throws {
    let opening = SourceOpening(
      name: "books", split: .training, seed: 1, tokenizer: ByteTokenizer())
    for kind in worldKinds {
      #expect(throws: UserError.self) { try SourceKinds.catalog.make(kind).open(opening) }
    }
  }

  @Test func otherSeedsNamesAndSplitsGiveOtherDocuments() throws {
    var documents: Set<[Int32]> = []
    for seed in [1, 2] as [UInt64] {
      for split in [CorpusSplit.training, .evaluation] {
        for name in ["a", "b"] {
          var source = try SourceKinds.catalog.make("stories").open(
            SourceOpening(name: name, split: split, seed: seed, tokenizer: WorldTokenizer()))
          documents.insert(try source.next(limit: 257).tokens)
        }
      }
    }
    #expect(documents.count == 8)
  }
}
