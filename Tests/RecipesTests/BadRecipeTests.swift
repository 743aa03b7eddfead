import Foundation
import Recipes
import Support
import Testing

/// Each bad recipe and the very sentence it gets.
struct BadRecipeTests {
  struct Bad: Sendable {
    let old: String
    let new: String
    let sentences: [String]

    init(_ old: String, _ new: String, _ sentences: String...) {
      self.old = old
      self.new = new
      self.sentences = sentences
    }
  }

  static let topKeys =
    "name, summary, base, target, seed, precision, threads, model, tokenizer, checkpoint, "
    + "memory, defaults, stages, evaluate, sources, sweep"

  static let bad = [
    Bad(
      "target: 4k", "tarqet: 4k",
      "r.yaml:1: target: a value is needed, nothing found. Add target: context to reach, in tokens.",
      "r.yaml:3: tarqet: unknown key, \"tarqet\" found. Did you mean \"target\"? Known: \(topKeys)."
    ),
    Bad(
      "target: 4k", "target: four",
      "r.yaml:3: target: a number of tokens is needed, \"four\" found. "
        + "Write for example 4096, 4k or 2^12."),
    Bad(
      "target: 4k", "target: 0",
      "r.yaml:3: target: a number of tokens of at least 1 is needed, \"0\" found. "
        + "Choose from 1 to 1073741824."),
    Bad(
      "target: 4k", "target: [4k]",
      "r.yaml:3: target: a number of tokens is needed, a list of 1 found. "
        + "Write for example 4096, 4k or 2^12."),
    Bad(
      "target: 4k", "target: 1k",
      "r.yaml:8: stages.0.sequence: a row of at most the target's 1024 tokens is needed, "
        + "1228 found. Raise target or shorten the rows."),
    Bad(
      "target: 4k", "target: 4k\nprecision: float16",
      "r.yaml:4: precision: no such value, \"float16\" found. "
        + "Did you mean \"bfloat16\"? Known: float32, bfloat16."),
    Bad(
      "target: 4k", "target: 4k\nmemory: { recompute: ful }",
      "r.yaml:4: memory.recompute: no such value, \"ful\" found. "
        + "Did you mean \"full\"? Known: auto, none, selective, full."),
    Bad(
      "target: 4k", "target: 4k\nseed: -1",
      "r.yaml:4: seed: a whole number of at least 0 is needed, \"-1\" found. "
        + "Choose from 0 to 9223372036854775807."),
    Bad(
      "base: checkpoints/base.h5", "summary: none",
      "r.yaml:1: base: exactly one of base and model is needed, none found. "
        + "Add base: a checkpoint to start from, or model: the shape of a new one."),
    Bad(
      "target: 4k", "target: 4k\nmodel: { width: 64, layers: 2 }",
      "r.yaml:4: model: exactly one of base and model is needed, both found. "
        + "Remove one of them: a base brings its own shape."),
    Bad(
      "base: checkpoints/base.h5", "model: { width: 64, tied: yes }",
      "r.yaml:2: model.layers: a value is needed, nothing found. Add layers: number of layers.",
      "r.yaml:2: model.tied: true or false is needed, \"yes\" found. Write true or false."),
    Bad(
      "    steps: 200\n", "",
      "r.yaml:5: stages.0: exactly one of steps, tokens and advance is needed, none found. "
        + "Add for example steps: 100."),
    Bad(
      "steps: 200", "steps: 200\n    tokens: 3M",
      "r.yaml:7: stages.0: exactly one of steps, tokens and advance is needed, "
        + "steps and tokens found. Keep one of them."),
    Bad(
      "steps: 200", "steps: 1.5",
      "r.yaml:6: stages.0.steps: a whole number is needed, \"1.5\" found. "
        + "Write for example 8, 200 or 2^10."),
    Bad(
      "tokens_per_step: 16k", "tokens_per_step: 1k",
      "r.yaml:7: stages.0.tokens_per_step: at least one row of 1228 tokens is needed, 1024 found. "
        + "Raise tokens_per_step or shorten sequence."),
    Bad(
      "mix: { stories: 3, code: 1 }", "mix: { storys: 3, code: 1 }",
      "r.yaml:9: stages.0.mix.storys: no such source, \"storys\" found. "
        + "Did you mean \"stories\"? Known: stories, code."),
    Bad(
      "mix: { stories: 3, code: 1 }", "mix: { stories: 0, code: 0 }",
      "r.yaml:9: stages.0.mix: weights with a sum above 0 are needed, 0 found. "
        + "Give at least one source a weight above 0."),
    Bad(
      "mix: { stories: 3, code: 1 }", "mix: { stories: -1, code: 1 }",
      "r.yaml:9: stages.0.mix.stories: a number of at least 0 is needed, \"-1\" found. "
        + "Choose from 0 to 1000000000."),
    Bad(
      "mix: { stories: 3, code: 1 }", "mix: stories",
      "r.yaml:9: stages.0.mix: a group of sources with weights is needed, \"stories\" found. "
        + "Write for example { stories: 1 }. Known: stories, code."),
    Bad(
      "rope: { kind: abf, base: 160k }", "rope: { kind: yarm, base: 160k }",
      "r.yaml:10: stages.0.rope.kind: no such kind, \"yarm\" found. "
        + "Did you mean \"yarn\"? Known: none, abf, yarn, linear."),
    Bad(
      "rope: { kind: abf, base: 160k }", "rope: { kind: abf, bas: 160k }",
      "r.yaml:10: stages.0.rope.bas: unknown key of abf, \"bas\" found. "
        + "Did you mean \"base\"? Known: kind, base."),
    Bad(
      "rope: { kind: abf, base: 160k }", "rope: [abf]",
      "r.yaml:10: stages.0.rope: a kind or a group of keys is needed, a list of 1 found. "
        + "Write for example { kind: none }."),
    Bad(
      "rate: 1e-3", "rate: 2",
      "r.yaml:12: stages.0.optimizer.rate: a number of at most 1 is needed, \"2\" found. "
        + "Choose from 0 to 1."),
    Bad(
      "rate: 1e-3, ", "",
      "r.yaml:12: stages.0.optimizer.rate: a value is needed, nothing found. "
        + "Add rate: peak learning rate."),
    Bad(
      "schedule: cosine", "schedule: cosin",
      "r.yaml:12: stages.0.optimizer.schedule.kind: no such kind, \"cosin\" found. "
        + "Did you mean \"cosine\"? Known: constant, cosine."),
    Bad(
      "lengths: [256, 512, 1k, 2k, 4k, 6k]", "lengths: [256, 8]",
      "r.yaml:14: evaluate.0.lengths: a number of tokens of at least 16 is needed, \"8\" found. "
        + "Choose from 16 to 1073741824."),
    Bad(
      "{ kind: needle, every: 25, lengths: [256, 512, 1k, 2k, 4k, 6k] }", "{ every: 25 }",
      "r.yaml:14: evaluate.0.kind: a kind is needed, nothing found. Known: needle, loss."),
    Bad(
      "evaluate:\n", "sources: { \"my books\": { kind: text, path: x } }\nevaluate:\n",
      "r.yaml:13: sources.my books: a name of letters, digits, - and _ with a letter is needed, "
        + "\"my books\" found. Rename the source."),
    Bad(
      "evaluate:\n", "sources: { books: { kind: text } }\nevaluate:\n",
      "r.yaml:13: sources.books.path: a value is needed, nothing found. Add path: file or folder."),
    Bad(
      "evaluate:\n", "  - { name: extend, kind: merge, with: base, weight: 3 }\nevaluate:\n",
      "r.yaml:13: stages.1.weight: a number of at most 2 is needed, \"3\" found. "
        + "Choose from -1 to 2.",
      "r.yaml:13: stages.1.name: a name of its own is needed, \"extend\" found. "
        + "Rename the stage; `base` means the model it starts from."),
    Bad(
      "evaluate:\n", "  - { name: merge, kind: merge, with: merge, steps: 5 }\nevaluate:\n",
      "r.yaml:13: stages.1.steps: no key of training is needed, for a merge trains "
        + "nothing, steps found. Remove it, or train in a stage of its own.",
      "r.yaml:13: stages.1.with: an earlier stage is needed, \"merge\" found. "
        + "Name base, a stage before this one, or a checkpoint."),
    Bad(
      "steps: 200", "advance: { below: 0.5, min_steps: 9, max_steps: 5 }",
      "r.yaml:6: stages.0.advance.min_steps: at most max_steps, 5, is needed, 9 found. "
        + "Lower min_steps."),
    Bad(
      "evaluate:\n",
      "  - { steps: 1, mix: { code: 1 }, rope: yarn, optimizer: { rate: 1e-3 } }\n"
        + "  - { steps: 1, mix: { code: 1 }, rope: linear, optimizer: { rate: 1e-3 } }\n"
        + "  - { steps: 1, mix: { code: 1 }, rope: abf, optimizer: { rate: 1e-3 } }\n"
        + "  - { steps: 1, mix: { code: 1 }, optimizer: { rate: 1e-3 } }\nevaluate:\n",
      "r.yaml:14: stages.2.rope.kind: yarn of an earlier stage or none is needed, linear found. "
        + "Transforms do not add up: use yarn in both stages, or leave rope out.",
      "r.yaml:15: stages.3.rope.kind: yarn of an earlier stage or none is needed, abf found. "
        + "Transforms do not add up: use yarn in both stages, or leave rope out."),
    Bad(
      "{ kind: needle, every: 25, lengths: [256, 512, 1k, 2k, 4k, 6k] }",
      "{ kind: loss, remap: self_extend }",
      "r.yaml:14: evaluate.0.remap: positions as they are, none, are needed after training with "
        + "pit, self_extend found. The model has learnt all distances up to the target: leave "
        + "remap out, or train with positions: plain."),
    Bad(
      "steps: 200", "steps: 200\n    window: { start: 2k, end: 1k }",
      "r.yaml:7: stages.0.window.start: at most the end's 1024 tokens is needed, 2048 found. "
        + "Lower start."),
    Bad(
      "steps: 200", "steps: 200\n    window: { end: 2k, grow: 1 }",
      "r.yaml:7: stages.0.window.grow: unknown key, \"grow\" found. "
        + "Did you mean \"growth\"? Known: start, growth, end.",
      "r.yaml:7: stages.0.window.end: at most the row's 1228 tokens is needed, 2048 found. "
        + "Lower end or leave it out."),
    Bad(
      "steps: 200", "steps: 200\n    train: { kind: lora, targets: [query, valeu] }",
      "r.yaml:7: stages.0.train.targets: no such value, \"valeu\" found. "
        + "Did you mean \"value\"? Known: query, value."),
    Bad(
      "steps: 200", "steps: 200\n    train: { kind: lora, targets: [query, query] }",
      "r.yaml:7: stages.0.train.targets: each word once is needed, query, query found. "
        + "Known: query, value."),
    Bad(
      "evaluate:\n",
      "    train: { kind: lora, merge: false }\n"
        + "  - { name: m, kind: merge, with: base, train: { kind: lora } }\nevaluate:\n",
      "r.yaml:13: stages.0.train.merge: true is needed in every stage but the last, false found. "
        + "Leave merge out: the next stage goes on with the merged weights.",
      "r.yaml:14: stages.1.train: no key of training is needed, for a merge trains "
        + "nothing, train found. Remove it, or train in a stage of its own."),
    Bad(
      "name: extend", "name: 7",
      "r.yaml:5: stages.0.name: a name of letters, digits, - and _ with a letter is needed, "
        + "\"7\" found. Rename the stage."),
  ]

  @Test(arguments: bad.indices)
  func everyFaultHasItsPlaceFindingAndRemedy(_ index: Int) throws {
    let bad = Self.bad[index]
    let text = try TestVocabulary.small(replacing: bad.old, by: bad.new)
    let faults = try TestVocabulary.document(text).faults(TestVocabulary.vocabulary)
    #expect(faults.map(\.description) == bad.sentences)
  }

  @Test func allFaultsAreToldAtOnceInTheOrderOfTheFile() throws {
    let text = """
      target: 9x
      sead: 3
      base: b.h5
      stages:
        - steps: -1
          mix: { stories: 1 }
          optimizer: { rate: fast }
        - 12
      evaluate: needle
      """
    let document = try TestVocabulary.document(text)
    let error = #expect(throws: RecipeFaults.self) {
      try document.recipe(TestVocabulary.vocabulary)
    }
    #expect(error?.faults.map(\.line) == [1, 2, 5, 7, 8, 9])
    #expect(
      error?.faults.map(\.path) == [
        "target", "sead", "stages.0.steps", "stages.0.optimizer.rate", "stages.1", "evaluate",
      ])
    #expect(error?.description.split(separator: "\n").count == 6)
  }

  @Test func aFaultInDefaultsIsToldOnce() throws {
    let text = """
      base: b.h5
      target: 256
      defaults: { mix: { stories: 1 }, optimizer: { rate: 9 }, rope: { kind: ab } }
      stages:
        - steps: 1
        - steps: 2
      """
    let faults = try TestVocabulary.document(text).faults(TestVocabulary.vocabulary)
    #expect(faults.map(\.path) == ["stages.0.rope.kind", "stages.0.optimizer.rate"])
    #expect(faults.map(\.line) == [3, 3])
  }

  @Test func aRecipeThatIsNoGroupIsRefused() throws {
    for text in ["- a\n- b", "just words", "42"] {
      let faults = try TestVocabulary.document(text).faults(TestVocabulary.vocabulary)
      #expect(faults.count == 1, "\(text)")
    }
  }

  @Test func anUnknownVocabularySlotStillGivesASentence() throws {
    let faults = try TestVocabulary.document().faults(RecipeVocabulary([:]))
    #expect(faults.contains { $0.path == "stages.0.optimizer.kind" })
    #expect(faults.contains { $0.path == "evaluate.0.kind" })
  }
}
