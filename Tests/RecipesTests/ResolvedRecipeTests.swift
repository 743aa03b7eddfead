import Recipes
import Support
import Testing

struct ResolvedRecipeTests {
  static let packed =
    TestVocabulary.small
    + "sources: { code: { kind: text, path: code, pack: { mask: none } }, own: stories }\n"

  @Test func aSourceKeepsItsPacking() throws {
    let recipe = try TestVocabulary.recipe(Self.packed)
    #expect(recipe.source("code")?.pack?.settings.text("mask") == "none")
    #expect(recipe.source("own")?.pack == nil)
    let chosen = try TestVocabulary.document(Self.packed).choosing(
      KindDescription("stories", ""), at: "sources.code")
    #expect(chosen.value(at: "sources.code.pack.mask") == "none")
    let faults = try TestVocabulary.document(
      Self.packed.replacing("mask: none", with: "kind: document")
    ).faults(TestVocabulary.vocabulary)
    #expect(faults.map(\.path) == ["sources.code.pack.kind"])
  }

  @Test(arguments: [TestVocabulary.small, GoodRecipeTests.fromScratch, packed])
  func theResolvedRecipeReadsBackAsTheSame(_ text: String) throws {
    let vocabulary = TestVocabulary.vocabulary
    let document = try TestVocabulary.document(text)
    let resolved = try document.resolved(vocabulary)
    let again = try TestVocabulary.document(resolved.text)
    #expect(try again.recipe(vocabulary) == document.recipe(vocabulary))
    #expect(try again.resolved(vocabulary).text == resolved.text)
  }

  @Test func everyDefaultIsWrittenOut() throws {
    let resolved = try TestVocabulary.document().resolved(TestVocabulary.vocabulary).text
    let expected = """
      name: small
      base: checkpoints/base.h5
      target: 4096
      seed: 1
      precision: float32
      checkpoint: { keep: 3 }
      memory: { recompute: auto }
      stages:
        - name: extend
          kind: train
          steps: 200
          tokens_per_step: 16384
          sequence: 1228
          moments: keep
          mix: { stories: 3, code: 1 }
          pack: { kind: documents, mask: document }
          rope: { kind: abf, base: 160000 }
          positions: { kind: pit }
          select: { kind: none }
          train: { kind: full }
          optimizer:
            kind: adamw
            rate: 0.001
            warmup: 20
            schedule: { kind: cosine, floor: 0.1 }
          loss: { average: tokens, on: all, answer_weight: 1 }
      evaluate:
        - { kind: needle, every: 25, lengths: [256, 512, 1024, 2048, 4096, 6144], depths: 10 }

      """
    #expect(resolved == expected)
  }

  @Test func formsKnowEveryFieldItsRangeAndItsOrigin() throws {
    let document = try TestVocabulary.document(GoodRecipeTests.fromScratch)
    let fields = try document.fields(TestVocabulary.vocabulary)
    #expect(Set(fields.map(\.path)).count == fields.count)
    func field(_ path: String) throws -> RecipeField {
      try #require(fields.first { $0.path == path }, "\(path)")
    }
    #expect(try field("model.width").setting.form == .integer(8...65536))
    #expect(try field("model.heads").isGiven == false)
    #expect(try field("model.heads").text == "2")
    #expect(try field("threads").text == "2")
    #expect(try field("stages.1.optimizer.warmup").isGiven)
    #expect(try field("stages.0.optimizer.warmup").text == "40")
    #expect(try field("stages.0.mix.code").setting.applies == .nextStep)
    #expect(
      try field("stages.0.rope.kind").setting.form == .choice(["none", "abf", "yarn", "linear"]))
    #expect(try field("stages.2.with").text == "stage-1")
    // Each field can be set to its own text, and nothing changes but the way it is said.
    let recipe = try document.recipe(TestVocabulary.vocabulary)
    for field in fields where field.value != nil {
      let same = try document.setting(field.path, to: field.text)
      if field.path == "name" || field.path.hasSuffix(".steps") { continue }
      #expect(try same.recipe(TestVocabulary.vocabulary) == recipe, "\(field.path)")
    }
  }
}
