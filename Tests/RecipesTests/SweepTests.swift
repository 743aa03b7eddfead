import Recipes
import Support
import Testing

@Suite struct SweepTests {
  private static let base = """
    name: steps
    model: { width: 16, layers: 1 }
    target: 64
    stages:
      - { name: a, steps: 4, sequence: 32, optimizer: { rate: 1e-3 }, mix: { stories: 1 } }

    """

  private static func document(_ sweep: String) throws -> RecipeDocument {
    try RecipeDocument(text: base + sweep, file: "steps.yaml")
  }

  @Test func aGridHasEveryCombinationAndEverySeed() throws {
    let document = try Self.document(
      "sweep: { seeds: [4, 7], vary: { stages.0.steps: [1, 2], stages.a.sequence: [16, 32] } }")
    let runs = try document.sweepRuns(TestVocabulary.vocabulary)
    #expect(
      runs.map { "\($0.arm) \($0.seed)" } == [
        "steps_1-sequence_16 4", "steps_1-sequence_16 7", "steps_1-sequence_32 4",
        "steps_1-sequence_32 7", "steps_2-sequence_16 4", "steps_2-sequence_16 7",
        "steps_2-sequence_32 4", "steps_2-sequence_32 7",
      ])
    let last = try #require(runs.last).document
    #expect(last.value(at: "stages.0.steps") == "2")
    #expect(last.value(at: "seed") == "7")
    #expect(last.value(at: "name") == "steps-steps_2-sequence_32-7")
    #expect(last.value(at: "sweep") == nil)
  }

  @Test func armsSetWhatTheySayAndTheFirstMayChangeNothing() throws {
    let document = try Self.document(
      """
      sweep:
        arms:
          - { name: plain }
          - { name: short, set: { stages.a.steps: 2, stages.a.mix: { code: 1 } } }
      """)
    let runs = try document.sweepRuns(TestVocabulary.vocabulary)
    #expect(runs.map(\.seed) == [1, 2, 3, 1, 2, 3])
    #expect(runs[0].document.value(at: "stages.a.steps") == "4")
    #expect(runs[3].document.value(at: "stages.a.mix") == "{ code: 1 }")
  }

  @Test func theCommandLineVariesAFieldOfAPlainRecipe() throws {
    let document = try Self.document("").varying("stages.0.steps=1,2,3")
    #expect(
      try document.sweepRuns(TestVocabulary.vocabulary, seeds: [9]).map(\.arm) == [
        "steps_1", "steps_2", "steps_3",
      ])
    #expect(throws: UserError.self) { try Self.document("").varying("stages.0.steps") }
    #expect(throws: UserError.self) { try Self.document("").sweepRuns(TestVocabulary.vocabulary) }
  }

  /// A line, the sweep before it and the one after it; nil for none.
  @Test(
    arguments: [
      ("seeds=", "{ seeds: [1, 2], minutes: 5 }", "{ minutes: 5 }"),
      ("minutes=", "{ seeds: [1, 2], minutes: 5 }", "{ seeds: [1, 2] }"),
      ("abandon=", "{ seeds: [1], abandon: { after: 0.2, below: 0.5 } }", "{ seeds: [1] }"),
      ("minutes=", nil, nil), ("seeds=", nil, nil), ("abandon =", nil, nil), ("sweep=", nil, nil),
      ("stages.0.steps=", nil, nil), ("abandon=", "{ abandon: { below: 0.5 } }", nil),
      ("seeds=", "{ seeds: [1] }", nil),
      ("stages.0.steps=", "{ vary: { stages.0.steps: [1] } }", nil),
      (
        "stages.0.steps=", "{ vary: { stages.0.steps: [1], stages.0.sequence: [16] } }",
        "{ vary: { stages.0.sequence: [16] } }"
      ),
      ("sweep=", "{ seeds: [1], minutes: 5 }", nil),
      ("seeds=3, 4", "{ seeds: [1] }", "{ seeds: [3, 4] }"),
      (
        "abandon=0.7", "{ abandon: { after: 0.2, below: 0.5 } }",
        "{ abandon: { after: 0.2, below: 0.7 } }"
      ),
    ] as [(String, String?, String?)])
  func aLineChangesTheSweep(_ line: String, _ before: String?, _ after: String?) throws {
    let document = try Self.document(before.map { "sweep: \($0)" } ?? "")
    #expect(try document.sweeping(line).value(at: "sweep") == after)
  }

  @Test(arguments: ["sweep", "seeds", "minutes", "abandon", "stages.0.steps"])
  func aLineWithoutASignTakesNothingAway(_ line: String) throws {
    let document = try Self.document("sweep: { seeds: [1], minutes: 5, abandon: { below: 0.5 } }")
    #expect(throws: UserError.self) { try document.sweeping(line) }
  }

  @Test func aSweepHasAThousandArmsAtMost() throws {
    let values = (1...10).map(String.init).joined(separator: ", ")
    func faults(_ fields: Int) throws -> [RecipeFault] {
      let vary = (0..<fields).map { "stages.\($0).steps: [\(values)]" }.joined(separator: ", ")
      return try Self.document("sweep: { seeds: [1], vary: { \(vary) } }").faults(
        TestVocabulary.vocabulary)
    }
    #expect(try faults(3).isEmpty)
    #expect(try faults(4).map(\.path) == ["sweep.vary"])
    #expect(try faults(20).first?.finding == "at most 1000 arms are allowed, 1e+20 found")
  }

  @Test func aSeedThatStandsTwiceIsAFault() throws {
    let faults = try Self.document("sweep: { seeds: [4, 7, 4] }").faults(TestVocabulary.vocabulary)
    #expect(faults.map(\.path) == ["sweep.seeds"])
    #expect(faults.first?.finding == "every seed once is needed, 4 found again")
  }

  @Test func faultsOfTheSweepAndOfAllArmsAreFoundBeforeAnythingStarts() throws {
    let crooked = try Self.document(
      """
      sweep:
        seed: [1]
        vary: { stages.0.steps: 3 }
        arms: [{ name: 7 }, { name: x, set: 3 }]
        abandon: { after: 2 }
      """)
    let faults = crooked.faults(TestVocabulary.vocabulary)
    #expect(
      faults.map(\.path) == [
        "sweep.seed", "sweep.vary.stages.0.steps", "sweep.arms.0.name", "sweep.arms.1.set",
        "sweep.abandon.after",
      ])
    let arms = try Self.document(
      """
      sweep:
        arms:
          - { name: ok }
          - { name: long, set: { stages.a.sequence: 128 } }
          - { name: odd, set: { stages.a.stepz: 3 } }
      """)
    #expect {
      try arms.sweepRuns(TestVocabulary.vocabulary)
    } throws: { error in
      let text = "\(error)"
      return text.contains("arm long: stages.0.sequence")
        && text.contains("arm odd: stages.0.stepz")
    }
  }
}
