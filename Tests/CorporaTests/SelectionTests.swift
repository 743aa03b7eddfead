import Corpora
import Foundation
import Support
import TestSupport
import Testing

@Suite struct SelectionTests {
  private let tokenizer = WorldTokenizer()

  private func selector(
    _ settings: [String: SettingsValue] = [:], samples: [[Int32]] = [],
    shorter: @escaping TokenScores = { $0.map { _ in 0 } },
    longer: @escaping TokenScores = { $0.map { _ in 0 } }
  ) throws -> SentenceSelector {
    let selection = try Selections.catalog.make("impactful", settings)
    return try #require(
      try selection.open(
        SelectionOpening(
          tokenizer: tokenizer, known: nil, samples: { _, _ in samples },
          scores: { $0 == "long" ? longer : shorter })))
  }

  private func document(_ text: String) -> Document { Document(tokens: tokenizer.encode(text)) }

  private static let text = """
    In the morning Anna walked to the mill. The magic number of Mara 4187. Ben met Clara at the \
    mill. The magic number of Abel 0912. Anna stayed at the mill.
    """

  @Test func sentencesWithDigitsAreKeptInOrder() throws {
    let selector = try selector(["ratio": .real(1), "keep": .real(0.5)])
    var random = RandomStream(seed: 1, name: "test")
    var kept = 0
    for _ in 0..<100 {
      let (document, verdicts) = selector.select(
        document(Self.text), limit: 100, random: &random)
      #expect(verdicts.count == 5)
      #expect(verdicts[1].isKept && verdicts[1].reason == "digit 41")
      #expect(verdicts[3].isKept && verdicts[3].reason == "digit 09")
      let whole = self.document(Self.text).tokens
      #expect(document.tokens == verdicts.filter(\.isKept).flatMap { whole[$0.tokens] })
      #expect(document.leftOutTokens == whole.count - document.tokens.count)
      kept += [0, 2, 4].count { verdicts[$0].isKept }
    }
    // Others are kept with the probability 1.1 - ratio: 30 of 300, four standard deviations.
    #expect(abs(kept - 30) <= 21)
  }

  /// The released program keeps a sentence without a digit with the probability 1 - (10 r - 1) / 10.
  @Test(arguments: [(0.6, 0.5), (0.8, 0.3), (0.1, 1.0)])
  func sentencesWithoutADigitAreKeptByTheRatio(ratio: Double, wanted: Double) throws {
    let selector = try selector(["ratio": .real(ratio)])
    var random = RandomStream(seed: 2, name: "test")
    let text = document(String(repeating: "Anna walked to the mill. ", count: 2_000))
    let verdicts = selector.select(text, limit: 1 << 20, random: &random).verdicts
    let share = Double(verdicts.count { $0.isKept }) / 2_000
    // Four standard deviations.
    #expect(verdicts.count == 2_000 && abs(share - wanted) < 0.046)
  }

  @Test func aRowIsFilledToTheTokenAndTheRestIsTold() throws {
    for choose in ["random", "first"] {
      let selector = try selector(["ratio": .real(0.1), "choose": .text(choose)])
      var random = RandomStream(seed: 1, name: "test")
      let whole = document(Self.text)
      let (kept, verdicts) = selector.select(whole, limit: 12, random: &random)
      #expect(kept.tokens.count == 12 && kept.roles.count == 12)
      #expect(verdicts.contains { !$0.isKept && $0.reason.contains(", but ") })
      if choose == "first" { #expect(kept.tokens == Array(whole.tokens[0..<12])) }
    }
  }

  /// Two models that differ by what a test says of each token.
  private func anchors(
    _ settings: [String: SettingsValue], _ text: String, gain: @escaping @Sendable (Int32) -> Float
  ) throws -> AnchorTable {
    var settings = settings
    settings["score"] = .text("models")
    settings["longer"] = .text("long")
    let samples = (0..<6).map { _ in tokenizer.encode(text) }
    return try #require(
      try selector(
        settings, samples: samples, shorter: { $0.map { _ in 3 } },
        longer: { $0.map { 3 + gain($0) } }
      ).anchors)
  }

  @Test func theTypesThatGainMostAreTheAnchors() throws {
    let numbers = tokenizer.encode("41 87 09 12")
    let gain: @Sendable (Int32) -> Float = { numbers.contains($0) ? 5 : 0.1 }
    let table = try anchors(["ranking": .text("pooled")], Self.text, gain: gain)
    #expect(table.rows.first?.name == "digits" && table.rows.first?.isAnchor == true)
    // Four chunks in each of six samples.
    #expect(table.rows[0].occurrences == 24 && table.rows[0].kept == 24)
    #expect(table.rows.count { $0.isAnchor } == 1)
    #expect(table.isAnchor[Int(numbers[0])] && !table.isAnchor[Int(tokenizer.encode("the")[0])])
  }

  /// Equation 3 at each position by itself, by hand: the changes of a token are added up over the
  /// samples that have it there, and the best fifth of the five tokens is one.
  @Test func changesAddUpAtEachPosition() throws {
    let words = [
      "lantern Mara Anna", "lantern Mara mill", "lantern Mara mill", "lantern Abel mill",
      "lantern Ben mill",
    ]
    // Second tokens: three times 1 beats once 2. Third tokens: 0.3 beats four times 0.01, though
    // both are little beside the second ones.
    let gains: [String: Float] = ["Mara": 1, "Abel": 2, "Ben": 0, "Anna": 0.3, "mill": 0.01]
    let gain = Dictionary(
      uniqueKeysWithValues: gains.map { (tokenizer.encode($0)[0], $1) })
    let table = try #require(
      try selector(
        [
          "score": .text("models"), "longer": .text("long"), "types": .text("tokens"),
          "anchors": .real(0.4),
        ], samples: words.map(tokenizer.encode), longer: { $0.map { gain[$0] ?? 0 } }
      ).anchors)
    #expect(
      table.rows.map { "\($0.name) \($0.occurrences) \($0.kept) \($0.isAnchor)" }.sorted() == [
        "Abel 1 0 false", "Anna 1 1 true", "Ben 1 0 false", "Mara 3 1 true", "mill 4 0 false",
      ])
  }

  @Test func signAndSizeOfTheChangeAreOptions() throws {
    let names = tokenizer.encode("Mara Abel Anna Ben Clara")
    let loss: @Sendable (Int32) -> Float = { names.contains($0) ? -9 : 0.1 }
    let options: [String: SettingsValue] = ["ranking": .text("pooled"), "top": .real(0.1)]
    let signed = try anchors(options, Self.text, gain: loss)
    #expect(signed.rows.first { $0.name == "capitalised words" }?.kept == 0)
    let absolute = try anchors(
      options.merging(["difference": .text("absolute")]) { $1 }, Self.text, gain: loss)
    #expect(absolute.rows[0].name == "capitalised words" && absolute.rows[0].isAnchor)
  }

  @Test func aMeanDoesNotPreferCommonTokens() throws {
    // A full stop gains little a hundred times, a number much once.
    let digits = tokenizer.encode("41 87")
    let stop = tokenizer.encode(".")[0]
    let gain: @Sendable (Int32) -> Float = { digits.contains($0) ? 5 : $0 == stop ? 1 : 0 }
    let text = "Mara 4187. " + String(repeating: "mill. ", count: 100)
    let options: [String: SettingsValue] = ["ranking": .text("pooled"), "top": .real(0.05)]
    let added = try anchors(options, text, gain: gain)
    #expect(added.rows[0].name == "punctuation")
    #expect(added.rows.first { $0.name == "digits" }?.kept == 0)
    let averaged = try anchors(
      options.merging(["significance": .text("mean")]) { $1 }, text, gain: gain)
    #expect(averaged.rows[0].name == "digits" && averaged.rows[0].kept == 12)
  }

  @Test func tokensOfTheVocabularyMayBeTypes() throws {
    let mill = tokenizer.encode("mill")[0]
    let table = try anchors(
      ["types": .text("tokens"), "ranking": .text("pooled"), "anchors": .real(0.01)], Self.text,
      gain: { $0 == mill ? 4 : 0 })
    #expect(table.rows[0].name == "mill" && table.rows.count { $0.isAnchor } == 1)
    #expect(table.isAnchor.count { $0 } == 1)
    let read = try JSONDecoder().decode(AnchorTable.self, from: JSONEncoder().encode(table))
    #expect(read == table)
  }

  @Test func commonTypesWinByCount() throws {
    // A tenth of the other words, all digits: by share digits win, by count the others do.
    let digits = tokenizer.encode("41 87")
    let gain: @Sendable (Int32) -> Float = { digits.contains($0) ? 2 : 1 }
    let text = "The magic number of Mara 4187. " + String(repeating: "lantern mill ", count: 12)
    let options: [String: SettingsValue] = ["ranking": .text("pooled"), "top": .real(0.85)]
    #expect(try anchors(options, text, gain: gain).rows[0].name == "digits")
    let byCount = try anchors(
      options.merging(["frequency": .text("count")]) { $1 }, text, gain: gain)
    #expect(byCount.rows[0].name == "other words")
  }

  @Test func sentencesWithAnchorsAreKept() throws {
    let samples = [tokenizer.encode(Self.text)]
    let mill = tokenizer.encode("mill")[0]
    let selector = try selector(
      [
        "score": .text("models"), "longer": .text("long"), "types": .text("tokens"),
        "ranking": .text("pooled"), "anchors": .real(0.001),
      ], samples: samples, longer: { $0.map { $0 == mill ? 4 : 0 } })
    var random = RandomStream(seed: 1, name: "test")
    let verdicts = selector.select(document(Self.text), limit: 99, random: &random).verdicts
    #expect(verdicts.map(\.isKept) == [true, false, true, false, true])
    #expect(verdicts[0].reason == "anchor mill" && verdicts[1].reason == "no anchor")
  }

  @Test func settingsThatContradictEachOtherAreRefused() {
    for settings: [String: SettingsValue] in [
      ["score": .text("models")], ["longer": .text("x")], ["shorter": .text("x")],
    ] {
      #expect(throws: UserError.self) { try Selections.catalog.make("impactful", settings) }
    }
  }

  @Test func aSelectingStreamResumesAtAnyCut() throws {
    func fresh() throws -> BatchStream {
      let source = try SelectingSource(
        worldSource("stories"), selector(), name: "stories", seed: 4)
      return try BatchStream(
        sources: [WeightedSource(name: "stories", weight: 1, source: source)],
        plan: BatchPlan(rows: 2, length: 200, seed: 1), tokenizer: tokenizer)
    }
    var whole = try fresh()
    var cursors: [Data] = []
    var batches: [Batch] = []
    for _ in 0..<12 {
      cursors.append(try JSONEncoder().encode(whole.cursor))
      batches.append(try whole.next())
    }
    for cut in batches.indices {
      var resumed = try fresh()
      try resumed.restore(try JSONDecoder().decode(BatchCursor.self, from: cursors[cut]))
      for step in cut..<12 { #expect(try resumed.next() == batches[step]) }
    }
    let entry = whole.ledger.entries[0]
    let share = Double(entry.tokens) / Double(entry.tokens + entry.leftOutTokens)
    #expect(share > 0.25 && share < 0.45, "\(share)")
    // Facts and their questions have digits and come first: about a tenth of the rows are answers, of
    // a whole story one token in 21.
    #expect(entry.answerTokens * 12 > entry.tokens)
  }
}
