import Corpora
import Support
import Testing

@Suite struct WorldFactsTests {
  @Test func aTenthOfAllFactsBelongsToEvaluation() {
    var evaluation = 0
    for name in 0..<300 {
      for value in 0..<10_000 {
        let fact = WorldFact(name: name, first: value / 100, second: value % 100)
        if WorldFacts.isEvaluation(fact) { evaluation += 1 }
      }
    }
    #expect(abs(Double(evaluation) / 3e6 - 0.1) < 0.001)
  }

  @Test func theSplitOfAFactNeverChanges() {
    // A change here would let old checkpoints be asked for facts they have been trained on.
    let found = (0..<40).filter {
      WorldFacts.isEvaluation(WorldFact(name: $0, first: 41, second: 87))
    }
    #expect(found == [12, 15, 17, 30, 38])
  }

  @Test(arguments: [CorpusSplit.training, .evaluation])
  func generatorsStateFactsOfTheirSplitOnly(split: CorpusSplit) throws {
    var facts = 0
    for kind in factKinds + ["repeat", "values", "chains"] {
      var source = try worldSource(kind, split: split)
      var own = 0
      // Repeats hold a fact by chance only.
      let wanted = kind == "repeat" ? 2_000 : 20_000
      while own < wanted {
        for stated in statedFacts(try source.next(limit: 1_025).tokens) {
          own += 1
          if WorldFacts.split(of: stated.fact) != split {
            Issue.record("\(kind) states \(stated.fact)")
          }
        }
      }
      facts += own
    }
    #expect(facts >= 100_000)
  }

  @Test func neighbouringTokensReadAsAFactOnlyWhenTheyAreOne() {
    let tokenizer = WorldTokenizer()
    let fact = tokenizer.encode("Mara 4187")
    let read = WorldFacts.read(fact[0], fact[1], fact[2])
    #expect(read?.first == 41 && read?.second == 87)
    #expect(read?.valueTokens == Array(fact[1...]) && read?.nameToken == fact[0])
    #expect(WorldFacts.read(fact[1], fact[1], fact[2]) == nil)
    #expect(WorldFacts.read(fact[0], fact[0], fact[2]) == nil)
  }
}
