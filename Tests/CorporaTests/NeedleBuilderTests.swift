import Corpora
import Support
import Testing

@Suite struct NeedleBuilderTests {
  private static let depths = (0..<10).map { Double($0) / 9 }
  private static let prose = String(
    repeating: "The sky is blue. Грачи прилетели! And 3.14 is a number, no sentence end. ",
    count: 40)

  private func random(_ index: UInt64 = 0) -> RandomStream {
    RandomStream(seed: 11, name: "needles", index: index)
  }

  @Test(arguments: ["world", "bytes", "text"], [128, 256, 512, 1_024, 4_096, 6_144])
  func everyNeedleIsWhereItIsSaidToBe(kind: String, length: Int) throws {
    let tokenizer = try Tokenizers.catalog.make(kind == "world" ? "world" : "bytes")
    let builder = try NeedleBuilder(
      tokenizer: tokenizer, haystack: kind == "text" ? tokenizer.encode(Self.prose) : nil)
    var random = random()
    for group in builder.groups(of: Self.depths, length: length) {
      let sequence = try builder.sequence(length: length, depths: group, random: &random)
      #expect(sequence.tokens.count == length)
      #expect(sequence.needles.map(\.depth) == group)
      for needle in sequence.needles {
        let place = needle.tokenOffset..<needle.tokenOffset + needle.tokenCount
        let said = tokenizer.decode(Array(sequence.tokens[place]))
        #expect(said.contains(needle.key) && said.contains(needle.answer), "\(said)")
        #expect(said.contains("magic number of"))
        // The answer follows the question's key, after all of the haystack.
        #expect(tokenizer.decode(needle.answerTokens) == needle.answer)
        let found = needle.answerPositions.map { sequence.tokens[$0 + 1] }
        #expect(found == needle.answerTokens)
        let first = try #require(needle.answerPositions.first)
        let before = tokenizer.decode(Array(sequence.tokens[..<(first + 1)]))
        let key = kind == "world" ? needle.key : "\(needle.key) is: "
        #expect(before.hasSuffix(key))
        #expect(first > place.upperBound)
        let reach = Double(max(length / 50, 64)) / Double(sequence.haystackTokens)
        #expect(abs(needle.actualDepth - needle.depth) <= reach)
        if needle.depth == 0 { #expect(needle.actualDepth == 0) }
        if needle.depth == 1 { #expect(needle.actualDepth == 1) }
      }
    }
  }

  @Test(arguments: [(256, [5, 5]), (512, [5, 5]), (1_024, [10]), (4_096, [10])])
  func groupsHoldFiveNeedlesUpTo512AndTenAbove(length: Int, sizes: [Int]) throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    let groups = builder.groups(of: Self.depths, length: length)
    #expect(groups.map(\.count) == sizes)
    #expect(groups.flatMap { $0 }.sorted() == Self.depths)
    #expect(builder.groups(of: [], length: length).isEmpty)
  }

  @Test(arguments: [256, 1_024, 4_096])
  func aSequenceHoldsItsNeedlesAndNoOtherFact(length: Int) throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    for depths in [[0.5], [0, 0.25, 0.5, 1]] {
      for trial in 0..<20 {
        var random = random(UInt64(trial))
        let sequence = try builder.sequence(length: length, depths: depths, random: &random)
        let facts = statedFacts(sequence.tokens)
        #expect(facts.count == 2 * depths.count)
        #expect(Set(facts.map(\.fact.name)).count == depths.count)
        #expect(facts.allSatisfy { WorldFacts.isEvaluation($0.fact) })
      }
    }
  }

  @Test func needlesOfWordsStandBetweenSentences() throws {
    let tokenizer = WorldTokenizer()
    let builder = try NeedleBuilder(tokenizer: tokenizer)
    var random = random()
    let sequence = try builder.sequence(length: 2_048, depths: Self.depths, random: &random)
    for needle in sequence.needles where needle.tokenOffset > 0 {
      #expect(tokenizer.isSentenceEnd(sequence.tokens[needle.tokenOffset - 1]))
      #expect(abs(needle.actualDepth - needle.depth) < 0.01)
    }
  }

  @Test func questionsAreShuffled() throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    var orders: Set<[Int]> = []
    for trial in 0..<20 {
      var random = random(UInt64(trial))
      let sequence = try builder.sequence(length: 1_024, depths: Self.depths, random: &random)
      let places = sequence.needles.map { $0.answerPositions[0] }
      orders.insert(places.indices.sorted { places[$0] < places[$1] })
    }
    #expect(orders.count > 15)
  }

  @Test func equalDrawsGiveEqualSequences() throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    var sequences: [NeedleSequence] = []
    for index in [1, 1, 2] as [UInt64] {
      var random = random(index)
      sequences.append(try builder.sequence(length: 512, depths: [0.3], random: &random))
    }
    #expect(sequences[0] == sequences[1])
    #expect(sequences[0] != sequences[2])
  }

  @Test func shortTextsAreRepeated() throws {
    let tokenizer = ByteTokenizer()
    let builder = try NeedleBuilder(tokenizer: tokenizer, haystack: tokenizer.encode("A b. "))
    var random = random()
    let sequence = try builder.sequence(length: 512, depths: [1], random: &random)
    #expect(tokenizer.decode(sequence.tokens).hasPrefix("A b. A b. A b. "))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    var random = random()
    #expect(throws: UserError.self) {
      try builder.sequence(length: 25, depths: [0.5], random: &random)
    }
    #expect(throws: UserError.self) {
      try builder.sequence(length: 128, depths: Self.depths, random: &random)
    }
    #expect(throws: UserError.self) {
      try NeedleBuilder(tokenizer: ByteTokenizer(), haystack: [])
    }
  }
}
