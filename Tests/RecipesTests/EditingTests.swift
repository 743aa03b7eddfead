import Recipes
import Support
import Testing

struct EditingTests {
  @Test(arguments: [
    ("target", "8k", 8192), ("seed", "9", 9), ("stages.0.steps", "50", 50),
    ("stages.extend.steps", "51", 51), ("stages.0.rope.base", "200k", 200_000),
    ("stages.0.optimizer.warmup", "3", 3), ("checkpoint.keep", "8", 8),
    ("evaluate.0.depths", "5", 5), ("stages.0.mix.code", "2", 2),
    ("stages.0.positions.max_gap", "4k", 4096), ("threads", "2", 2),
  ])
  func anyFieldChangesByItsKeyPath(_ path: String, _ text: String, _ value: Int) throws {
    let document = try TestVocabulary.document().applying("\(path)=\(text)")
    #expect(document.value(at: path) == text)
    let canonical = path.replacing("stages.extend", with: "stages.0")
    let field = try #require(
      try document.fields(TestVocabulary.vocabulary).first { $0.path == canonical })
    #expect(field.text == "\(value)")
    #expect(field.isGiven)
  }

  @Test func groupsListsAndSourcesCanBeSet() throws {
    var document = try TestVocabulary.document()
    for assignment in [
      "sources.books.kind=text", "sources.books.path=data/my books", "stages.0.mix.books=0.3",
      "evaluate.0.lengths=[256, 1k]",
      "stages.0.rope={ kind: yarn, factor: 16, ramp: { kind: rotations } }",
      "stages.0.optimizer.schedule.floor=0.5", "evaluate.1.kind=needle", "evaluate.1.lengths=512",
      "stages.0.replay.share=0.25", "tokenizer=bytes",
    ] {
      document = try document.applying(assignment)
    }
    let recipe = try document.recipe(TestVocabulary.vocabulary)
    let training = try #require(recipe.stages[0].training)
    #expect(recipe.source("books")?.component.settings.text("path") == "data/my books")
    #expect(training.mix.map(\.source) == ["stories", "code", "books"])
    #expect(recipe.evaluations.map { $0.settings.integers("lengths") } == [[256, 1024], [512]])
    #expect(training.rope.kind == "yarn")
    #expect(training.rope.settings.real("factor") == 16)
    #expect(training.rope.settings.text("ramp") == "rotations")
    #expect(training.schedule?.kind == "cosine")
    #expect(training.schedule?.settings.real("floor") == 0.5)
    #expect(training.replay?.share == 0.25)
    #expect(recipe.tokenizer?.kind == "bytes")
  }

  @Test func aWeightOfAnInheritedMixKeepsTheOtherSources() throws {
    let text = GoodRecipeTests.fromScratch.replacing(
      "mix: { stories: 1 }", with: "mix: { stories: 1, code: 3 }")
    let edited = try TestVocabulary.document(text).applying("stages.second.mix.stories=2")
    let mix = try edited.recipe(TestVocabulary.vocabulary).stages[1].training?.mix
    #expect(mix?.map(\.source) == ["stories", "code"])
    #expect(mix?.map(\.weight) == [2, 3])
  }

  @Test func anEmptyValueTakesTheFieldAway() throws {
    let document = try TestVocabulary.document().applying("stages.0.rope=")
    #expect(document.value(at: "stages.0.rope") == nil)
    #expect(try document.recipe(TestVocabulary.vocabulary).stages[0].training?.rope.kind == "none")
    let shorter = try TestVocabulary.document().setting("evaluate.0", to: "")
    #expect(try shorter.recipe(TestVocabulary.vocabulary).evaluations.isEmpty)
  }

  @Test func anotherKindKeepsTheSettingsItKnows() throws {
    let vocabulary = TestVocabulary.vocabulary
    let yarn = try #require(vocabulary.kind(.rope, "yarn"))
    let document = try TestVocabulary.document().choosing(yarn, at: "stages.0.rope")
    #expect(document.value(at: "stages.0.rope") == "{ kind: yarn, base: 160k }")
    let none = try #require(vocabulary.kind(.rope, "none"))
    let plain = try document.choosing(none, at: "stages.extend.rope")
    #expect(plain.value(at: "stages.0.rope") == "{ kind: none }")
    #expect(plain.faults(vocabulary).isEmpty)
  }

  @Test func aFaultOfAnEditHasNoLine() throws {
    let document = try TestVocabulary.document().applying("stages.0.rope.base=big")
    #expect(
      document.faults(TestVocabulary.vocabulary).map(\.description) == [
        "r.yaml: stages.0.rope.base: a number is needed, \"big\" found. "
          + "Write for example 0.001, 1e-3 or 160k."
      ])
    let unknown = try TestVocabulary.document().applying("stages.0.ropes.base=1")
    #expect(
      unknown.faults(TestVocabulary.vocabulary).first?.finding
        == "unknown key, \"ropes\" found")
  }

  @Test(arguments: [
    (
      "stages.0.steps",
      "--set: path=value is needed, \"stages.0.steps\" found. "
        + "Write for example --set stages.0.steps=50."
    ),
    (
      "stages.extent.steps=5",
      "stages.extent.steps: no such element, \"extent\" found. "
        + "Did you mean \"extend\"? Known: extend."
    ),
    (
      "stages.7.steps=5", "stages.7.steps: no such element, \"7\" found. Known: extend."
    ),
    (
      "..=5",
      "--set: a key path is needed, \"..\" found. "
        + "Write keys with dots between, such as stages.0.rope.base."
    ),
    (
      "target.deep=5",
      "target.deep: no key below target, which is \"4k\". Set target itself."
    ),
  ])
  func aPathThatLeadsNowhereIsRefused(_ assignment: String, _ sentence: String) throws {
    let document = try TestVocabulary.document()
    let error = #expect(throws: UserError.self) { try document.applying(assignment) }
    #expect(error?.description == sentence)
  }

  @Test func anUneditedRecipeKeepsItsTextAndComments() throws {
    let text = "# why\n" + TestVocabulary.small
    #expect(try TestVocabulary.document(text).text == text)
    let edited = try TestVocabulary.document(text).setting("seed", to: "2")
    #expect(!edited.text.contains("# why"))
    let again = try TestVocabulary.document(edited.text).recipe(TestVocabulary.vocabulary)
    #expect(try again == edited.recipe(TestVocabulary.vocabulary))
  }

  @Test(arguments: [
    "plain words", "with: colon", "# hash", "- dash", "-", "[list", "{group", "\"quotes\"",
    "'single'", "back\\slash", "line\nfeed", "tab\there", "null", "~", "true", "12", "0.5", "4k",
    "*star", "&and", "!bang", "%percent", "@at", "`tick`", "trailing:", " blanks ", "a, b", "???",
    "caf\u{E9} \u{1F9F5}", "\u{7F}\u{85}\u{2028}\u{FEFF}", "---", "...", "=", "<<", "yes", "1:30",
  ])
  func anyTextSurvivesWritingAndReading(_ text: String) throws {
    var quoted = "\""
    for unit in text.unicodeScalars {
      let digits = String(unit.value, radix: 16)
      quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
    let document = try TestVocabulary.document("summary: \(quoted)\"\n" + TestVocabulary.small)
    let recipe = try document.recipe(TestVocabulary.vocabulary)
    #expect(recipe.summary == text)
    let resolved = try document.resolved(TestVocabulary.vocabulary)
    let again = try TestVocabulary.document(resolved.text).recipe(TestVocabulary.vocabulary)
    #expect(again.summary == text, "\(resolved.text.prefix(200))")
    let edited = try document.setting("seed", to: "5").text
    #expect(
      try TestVocabulary.document(edited).recipe(TestVocabulary.vocabulary).summary == text)
  }
}
