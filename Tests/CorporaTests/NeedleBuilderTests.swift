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

  /// A fact at each depth, each asked for on its own.
  private func keyed(
    _ builder: NeedleBuilder, length: Int, depths: [Double], random: inout RandomStream
  ) throws -> NeedleSequence {
    let plan = NeedlePlan.keyed(depths: depths, wording: builder.wording, random: &random)
    return try builder.sequence(plan, length: length, random: &random)
  }

  /// A built-in tokenizer, or that of a family.
  private func tokenizer(_ kind: String) throws -> any Tokenizer {
    TokenizerGolden.families.contains(kind)
      ? try FileTokenizer(json: TokenizerGolden.file(kind), place: kind)
      : try Tokenizers.catalog.make(kind == "world" ? "world" : "bytes")
  }

  @Test(
    arguments: ["world", "bytes", "text"] + TokenizerGolden.families,
    [128, 256, 512, 1_024, 4_096, 6_144])
  func everyNeedleIsWhereItIsSaidToBe(kind: String, length: Int) throws {
    let tokenizer = try tokenizer(kind)
    let builder = try NeedleBuilder(
      tokenizer: tokenizer, haystack: kind == "text" ? tokenizer.encode(Self.prose) : nil)
    var random = random()
    let most = kind == "world" ? max(1, length / 40) : max(1, length / 220)
    for group in [Self.depths.prefix(most), Self.depths.suffix(most)].map(Array.init) {
      let sequence = try keyed(builder, length: length, depths: group, random: &random)
      #expect(sequence.tokens.count == length)
      #expect(sequence.needles.map(\.depth) == group)
      for needle in sequence.needles {
        let place = try #require(needle.evidence.first)
        let said = tokenizer.decode(Array(sequence.tokens[place]))
        let answer = tokenizer.decode(needle.answerTokens)
        #expect(said.contains(needle.key) && said.contains(answer), "\(said)")
        #expect(said.contains("magic number of"))
        // The answer follows the question's key, after all of the haystack.
        let found = needle.answerPositions.map { sequence.tokens[$0 + 1] }
        #expect(found == needle.answerTokens)
        let first = try #require(needle.answerPositions.first)
        let before = tokenizer.decode(Array(sequence.tokens[..<(first + 1)]))
        let key = kind == "world" ? needle.key : "\(needle.key) is: "
        #expect(before.hasSuffix(key))
        #expect(first > sequence.questionStart && sequence.questionStart >= place.upperBound)
        let reach = Double(max(length / 50, 64)) / Double(sequence.haystackTokens)
        #expect(abs(needle.actualDepth - needle.depth) <= reach)
        if needle.depth == 0 { #expect(needle.actualDepth == 0) }
        if needle.depth == 1 { #expect(needle.actualDepth == 1) }
      }
    }
  }

  @Test(arguments: [256, 1_024, 4_096])
  func aSequenceHoldsItsNeedlesAndNoOtherFact(length: Int) throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    for depths in [[0.5], [0, 0.25, 0.5, 1]] {
      for trial in 0..<20 {
        var random = random(UInt64(trial))
        let sequence = try keyed(
          builder, length: length, depths: depths, random: &random)
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
    let sequence = try keyed(
      builder, length: 2_048, depths: Self.depths, random: &random)
    for needle in sequence.needles {
      let start = try #require(needle.evidence.first?.lowerBound)
      #expect(start == 0 || tokenizer.isSentenceEnd(sequence.tokens[start - 1]))
      #expect(abs(needle.actualDepth - needle.depth) < 0.01)
    }
  }

  @Test func questionsAreShuffled() throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    var orders: Set<[Int]> = []
    for trial in 0..<20 {
      var random = random(UInt64(trial))
      let sequence = try keyed(
        builder, length: 1_024, depths: Self.depths, random: &random)
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
      sequences.append(
        try keyed(
          builder, length: 512, depths: [0.3], random: &random))
    }
    #expect(sequences[0] == sequences[1])
    #expect(sequences[0] != sequences[2])
  }

  @Test func shortTextsAreRepeated() throws {
    let tokenizer = ByteTokenizer()
    let builder = try NeedleBuilder(tokenizer: tokenizer, haystack: tokenizer.encode("A b. "))
    var random = random()
    let sequence = try keyed(
      builder, length: 512, depths: [1], random: &random)
    #expect(tokenizer.decode(sequence.tokens).hasPrefix("A b. A b. A b. "))
  }

  @Test(arguments: ["world", "bytes", "smollm", "mistral"])
  func controlsTakeTheTellingPartAwayAndNothingElse(kind: String) throws {
    let tokenizer = try tokenizer(kind)
    let builder = try NeedleBuilder(tokenizer: tokenizer)
    var random = random()
    let whole = try keyed(builder, length: 1_024, depths: [0, 0.5, 1], random: &random)
    for control in NeedleControl.allCases {
      let cut = whole.with(control)
      #expect(cut.needles.count == 3)
      for (needle, before) in zip(cut.needles, whole.needles) {
        #expect(needle.answerPositions.map { cut.tokens[$0 + 1] } == before.answerTokens)
        let context = tokenizer.decode(Array(cut.tokens[..<cut.questionStart]))
        let fact = "magic number of \(needle.key)"
        #expect(!context.contains(fact), "\(control.rawValue)")
        #expect(tokenizer.decode(Array(whole.tokens[..<whole.questionStart])).contains(fact))
      }
      #expect(
        Array(cut.tokens[cut.questionStart...]) == Array(whole.tokens[whole.questionStart...]))
      let kept = control == .questionOnly ? 0 : whole.haystackTokens
      #expect(cut.questionStart == kept)
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let builder = try NeedleBuilder(tokenizer: WorldTokenizer())
    var random = random()
    #expect(throws: UserError.self) {
      try keyed(
        builder, length: 25, depths: [0.5], random: &random)
    }
    #expect(throws: UserError.self) {
      try keyed(
        builder, length: 128, depths: Self.depths, random: &random)
    }
    #expect(throws: UserError.self) {
      try NeedleBuilder(tokenizer: ByteTokenizer(), haystack: [])
    }
  }
}
