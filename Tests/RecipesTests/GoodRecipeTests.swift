import Foundation
import Recipes
import Support
import Testing

struct GoodRecipeTests {
  @Test func aSmallRecipeIsReadWithItsDefaults() throws {
    let recipe = try TestVocabulary.recipe()
    #expect(recipe.name == "small")
    #expect(recipe.base == "checkpoints/base.h5")
    #expect(recipe.model == nil)
    #expect(recipe.tokenizer == nil)
    #expect(recipe.target == 4096)
    #expect(recipe.seed == 1)
    #expect(recipe.precision == .float32)
    #expect(recipe.threads == nil)
    #expect(recipe.checkpoints.every == nil)
    #expect(recipe.checkpoints.keep == 3)
    #expect(recipe.recompute == .auto)
    let stage = try #require(recipe.stages.first)
    #expect(stage.name == "extend")
    #expect(stage.line == 5)
    let training = try #require(stage.training)
    #expect(training.steps == 200)
    #expect(training.tokensPerStep == 16384)
    #expect(training.sequence == 1228)
    #expect(training.rows == 13)
    #expect(training.mix.map(\.source) == ["stories", "code"])
    #expect(training.mix.map(\.share) == [0.75, 0.25])
    #expect(training.rope.kind == "abf")
    #expect(training.rope.settings.real("base") == 160_000)
    #expect(training.rope.line == 10)
    #expect(training.positions.kind == "pit")
    #expect(training.positions.settings.integer("max_gap") == nil)
    #expect(training.pack.kind == "documents")
    #expect(training.pack.settings.text("mask") == "document")
    #expect(training.select.kind == "none")
    #expect(training.train.kind == "full")
    #expect(training.optimizer.settings.real("rate") == 0.001)
    #expect(training.optimizer.settings.integer("warmup") == 20)
    #expect(training.schedule?.kind == "cosine")
    #expect(training.schedule?.settings.real("floor") == 0.1)
    #expect(training.loss.average == "tokens")
    #expect(training.loss.answerWeight == 1)
    #expect(training.replay == nil)
    #expect(training.advance == nil)
    #expect(
      recipe.evaluations.first?.settings.integers("lengths") == [256, 512, 1024, 2048, 4096, 6144])
    #expect(recipe.evaluations.first?.settings.integer("depths") == 10)
  }

  static let fromScratch = """
    summary: "A base: from scratch"
    model: { width: 128, layers: 3, rope_base: 10k }
    target: 256
    seed: 7
    precision: bfloat16
    threads: 2
    checkpoint: { every: 50, keep: 2 }
    memory: { recompute: selective }
    defaults:
      tokens_per_step: 2k
      mix: { stories: 1 }
      optimizer: { rate: 1.5e-3, warmup: 40, schedule: { kind: cosine, floor: 0 } }
      loss: { answer_weight: 4 }
    stages:
      - sequence: 32
        advance: { on: recall, below: 0.5, min_steps: 50, max_steps: 1000 }
        mix: { code: 1 }
      - name: second
        sequence: 64
        optimizer: { rate: 1e-3 }
        tokens: 10k
        replay: { share: 0.25, sequence: 32 }
      - { name: merge, kind: merge, with: stage-1, weight: 0.25 }
    """

  @Test func aRecipeFromScratchUsesItsDefaultsGroup() throws {
    let recipe = try TestVocabulary.recipe(Self.fromScratch)
    #expect(recipe.name == "r")
    #expect(recipe.summary == "A base: from scratch")
    #expect(recipe.base == nil)
    #expect(recipe.model?.kind == "llama")
    #expect(recipe.model?.settings.integer("width") == 128)
    #expect(recipe.model?.settings.flag("tied") == true)
    #expect(recipe.tokenizer?.kind == "world")
    #expect(recipe.precision == .bfloat16)
    #expect(recipe.threads == 2)
    #expect(recipe.checkpoints.every == 50)
    #expect(recipe.recompute == .selective)
    #expect(recipe.stages.map(\.name) == ["stage-1", "second", "merge"])
    let first = try #require(recipe.stages[0].training)
    #expect(first.advance?.measure == .recall)
    #expect(first.advance?.below == 0.5)
    #expect(first.advance?.average == 0.9)
    #expect(first.advance?.failsAtLimit == true)
    #expect(first.steps == 1000)
    #expect(first.rows == 64)
    // A mix replaces the default mix as a whole.
    #expect(first.mix.map(\.source) == ["code"])
    #expect(first.optimizer.settings.real("rate") == 0.0015)
    #expect(first.loss.answerWeight == 4)
    let second = try #require(recipe.stages[1].training)
    #expect(second.mix.map(\.source) == ["stories"])
    #expect(second.optimizer.settings.real("rate") == 0.001)
    #expect(second.optimizer.settings.integer("warmup") == 40)
    #expect(second.schedule?.settings.real("floor") == 0)
    // 10k tokens in steps of 2,048.
    #expect(second.steps == 5)
    #expect(second.replay?.share == 0.25)
    #expect(second.replay?.sequence == 32)
    #expect(recipe.stages[2].merge?.with == "stage-1")
    #expect(recipe.stages[2].merge?.weight == 0.25)
  }

  @Test func aStageThatNamesAnotherKindDropsTheDefaultsOfTheOld() throws {
    let text = Self.fromScratch
      .replacingOccurrences(of: "  loss:", with: "  rope: { kind: abf, base: 500k }\n  loss:")
      .replacingOccurrences(of: "  - name: second\n", with: "  - name: second\n    rope: yarn\n")
    let recipe = try TestVocabulary.recipe(text)
    #expect(recipe.stages[0].training?.rope.settings.real("base") == 500_000)
    #expect(recipe.stages[1].training?.rope.kind == "yarn")
    #expect(recipe.stages[1].training?.rope.settings.real("base") == nil)
  }

  @Test func aTextSourceBringsTheByteTokenizer() throws {
    let text =
      Self.fromScratch.replacingOccurrences(of: "mix: { stories: 1 }", with: "mix: { books: 1 }")
      + "\nsources: { books: { kind: text, path: data/books } }\n"
    let recipe = try TestVocabulary.recipe(text)
    #expect(recipe.tokenizer?.kind == "bytes")
    #expect(recipe.source("books")?.component.settings.text("path") == "data/books")
    #expect(recipe.source("stories") == nil)
    let own = try TestVocabulary.recipe(text + "tokenizer: world\n")
    #expect(own.tokenizer?.kind == "world")
  }

  @Test func aDefinedSourceMayHideABuiltInOne() throws {
    let recipe = try TestVocabulary.recipe(
      TestVocabulary.small + "sources: { stories: { kind: code } }\n")
    #expect(recipe.source("stories")?.component.kind == "code")
  }

  @Test func pathsStartBesideTheRecipeElseInTheCurrentFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "recipes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("r.yaml").path
    try TestVocabulary.small.write(toFile: file, atomically: true, encoding: .utf8)
    let document = try RecipeDocument(contentsOf: file)
    let recipe = try document.recipe(TestVocabulary.vocabulary)
    #expect(recipe.folder == folder.path)
    #expect(recipe.resolve("r.yaml") == file)
    #expect(recipe.resolve("not-there.h5") == "not-there.h5")
    #expect(recipe.resolve("/tmp") == "/tmp")
    let faults = document.faults(TestVocabulary.vocabulary, checksPaths: true)
    #expect(
      faults.map(\.description) == [
        "\(file):2: base: a file or folder is needed, nothing at \"checkpoints/base.h5\" found. "
          + "Paths start at the recipe's folder or at the current one."
      ])
    try Data().write(to: folder.appendingPathComponent("b.h5"))
    let mended = try document.setting("base", to: "b.h5")
    #expect(mended.faults(TestVocabulary.vocabulary, checksPaths: true).isEmpty)
  }
}
