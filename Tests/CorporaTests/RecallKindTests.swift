import Corpora
import Support
import Testing

/// Kinds that teach the harder recall tasks: several values, chains, counts.
@Suite struct RecallKindTests {
  private let tokenizer = WorldTokenizer()
  private static let splits = [CorpusSplit.training, .evaluation]

  /// Sentences as texts, with the roles of their tokens.
  private func sentences(_ document: Document) -> [(text: String, roles: ArraySlice<TokenRole>)] {
    let stop = tokenizer.encode(".")[0]
    return document.tokens.indices.split { document.tokens[$0] == stop }.map {
      (tokenizer.decode(Array(document.tokens[$0])), document.roles[$0])
    }
  }

  @Test(arguments: splits) func allValuesOfANameAreListedInTheOrderOfTheText(
    split: CorpusSplit
  ) throws {
    var source = try worldSource("values", split: split)
    var sizes = Set<Int>()
    var far = 0
    for _ in 0..<60 {
      let document = try source.next(limit: 1_025)
      var told: [Int: [WorldFact]] = [:]
      var listed: [Int: [WorldFact]] = [:]
      var lastTold = 0
      for stated in statedFacts(document.tokens) {
        #expect(WorldFacts.split(of: stated.fact) == split)
        if document.roles[stated.index + 1] == .answer {
          listed[stated.fact.name, default: []].append(stated.fact)
          far += stated.index - lastTold > 100 ? 1 : 0
        } else {
          #expect(listed[stated.fact.name] == nil, "told after it was asked for")
          told[stated.fact.name, default: []].append(stated.fact)
          lastTold = stated.index
        }
      }
      #expect(told == listed && !told.isEmpty)
      #expect(told.values.allSatisfy { Set($0).count == $0.count })
      sizes.formUnion(told.values.map(\.count))
    }
    #expect(sizes == [1, 2, 3, 4] && far > 20)
  }

  @Test(arguments: splits) func theLastNameOfAChainHasTheNumberOfItsHead(
    split: CorpusSplit
  ) throws {
    var source = try worldSource("chains", split: split, settings: ["hops": .integer(3)])
    var hops = Set<Int>()
    for _ in 0..<60 {
      let document = try source.next(limit: 1_025)
      var before: [Substring: Substring] = [:]
      var numbers: [Substring: Substring] = [:]
      var asked = 0
      for (text, roles) in sentences(document) {
        if let match = text.firstMatch(of: /magic number of (\w+) is that of (\w+)/) {
          #expect(before[match.2] != nil || numbers[match.2] != nil, "a chain out of order")
          before[match.1] = match.2
        } else if let match = text.firstMatch(of: /magic number of (\w+) (\d+)/) {
          guard roles.contains(.answer) else {
            numbers[match.1] = match.2
            continue
          }
          var name = match.1
          var count = 0
          while let next = before[name] { (name, count) = (next, count + 1) }
          hops.insert(count)
          asked += 1
          #expect(numbers[name] == match.2)
        }
      }
      #expect(asked != 1 && asked == numbers.count)
      for stated in statedFacts(document.tokens) {
        #expect(WorldFacts.split(of: stated.fact) == split)
      }
    }
    #expect(hops == [1, 2, 3])
  }

  @Test(arguments: splits) func countsAreRightAndBelongToTheSplit(split: CorpusSplit) throws {
    var source = try worldSource("counts", split: split)
    var answers = Set<Int>()
    var lengths: [Int] = []
    for _ in 0..<200 {
      let document = try source.next(limit: 1_025)
      let text = tokenizer.decode(document.tokens).lowercased()
      let caption = try #require(text.firstMatch(of: /table of the (\w+)/)?.1)
      for match in text.matches(of: /count the (\w+) (\d\d)/) {
        let count = text.matches(of: /\|\s*(\w+)\s*\|\s*\n/).count { $0.output.1 == match.1 }
        #expect(Int(match.2) == count, "\(match.1) in \(text)")
        #expect(Counts.split(counting: String(match.1), under: String(caption)) == split)
        answers.insert(count)
      }
      #expect(document.croppedTokens == 0)
      lengths.append(document.tokens.count)
    }
    #expect(answers == [1, 2, 3, 4, 5])
    #expect(lengths.contains { $0 < 130 } && lengths.contains { $0 > 700 })
  }

  @Test func everyCaptionHasPlacesToCountForBothSplits() {
    for caption in WorldWords.places {
      let others = WorldWords.places.filter { $0 != caption }
      let held = others.count { Counts.split(counting: $0, under: caption) == .evaluation }
      #expect((2...30).contains(held), "\(caption) \(held)")
    }
  }
}
