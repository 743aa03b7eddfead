import Foundation
import Recipes
import Support

/// A small vocabulary that looks like the product's.
enum TestVocabulary {
  static let every = Setting(
    "every", .integer(1...1_000_000), default: nil, help: "Steps between two evaluations.")

  static let vocabulary = RecipeVocabulary([
    .model: [
      KindDescription(
        "llama", "A Llama decoder.",
        settings: [
          Setting(required: "width", .integer(8...65536), help: "Model width."),
          Setting(required: "layers", .integer(1...256), help: "Number of layers."),
          Setting("heads", .integer(1...512), default: .integer(2), help: "Query heads."),
          Setting("tied", .flag, default: .flag(true), help: "Tie the head to the embedding."),
          Setting("rope_base", .real(2...1e12), default: .real(10000), help: "Rotary base."),
        ])
    ],
    .tokenizer: [
      KindDescription("world", "Words of the miniature world."),
      KindDescription("bytes", "Bytes."),
    ],
    .pack: [
      KindDescription(
        "documents", "Whole documents.",
        settings: [
          Setting(
            "mask", .choice(["document", "none"]), default: .text("document"),
            help: "Who sees whom.")
        ])
    ],
    .rope: [
      KindDescription("none", "Unchanged."),
      KindDescription(
        "abf", "Another base.",
        settings: [Setting("base", .real(2...1e12), default: nil, help: "The new base.")]),
      KindDescription(
        "yarn", "YaRN.",
        settings: [
          Setting("factor", .real(1...1e6), default: nil, help: "Stretch."),
          Setting("base", .real(2...1e12), default: nil, help: "The base before."),
          Setting("beta_fast", .real(0...1e6), default: .real(32), help: "Fast border."),
          Setting(
            "ramp", .choice(["dimensions", "rotations"]), default: .text("dimensions"),
            help: "Ramp."),
        ]),
      KindDescription("linear", "Interpolation."),
    ],
    .positions: [
      KindDescription("plain", "Ordinary."),
      KindDescription(
        "pit", "Sentence gaps.",
        settings: [Setting("max_gap", .size(0...1 << 30), default: nil, help: "Largest gap.")]),
    ],
    .train: [
      KindDescription("full", "All weights."),
      KindDescription(
        "lora", "Adapters.",
        settings: [
          Setting("rank", .integer(1...64), default: .integer(8), help: "Width."),
          Setting(
            "targets", .words(["query", "value"]), default: .texts(["query"]), help: "Matrices."),
          Setting("merge", .flag, default: .flag(true), help: "Merge at the end."),
        ]),
    ],
    .optimizer: [
      KindDescription(
        "adamw", "AdamW.",
        settings: [
          Setting(required: "rate", .real(0...1), help: "Peak learning rate."),
          Setting("warmup", .integer(0...1_000_000), default: .integer(0), help: "Warm-up steps."),
        ])
    ],
    .schedule: [
      KindDescription("constant", "Flat."),
      KindDescription(
        "cosine", "Cosine.",
        settings: [
          Setting("floor", .real(0...1), default: .real(0.1), help: "Last share of the rate.")
        ]),
    ],
    .source: [
      KindDescription("stories", "Long stories."),
      KindDescription("code", "Code-like files."),
      KindDescription(
        "text", "Own text.", givesAnyText: true,
        settings: [Setting(required: "path", .path, help: "File or folder.")]),
    ],
    .evaluate: [
      KindDescription(
        "needle", "Needle questions.",
        settings: [
          every,
          Setting(required: "lengths", .sizes(16...1 << 30), help: "Context lengths."),
          Setting("depths", .integer(1...100), default: .integer(10), help: "Depths."),
        ]),
      KindDescription(
        "loss", "Held-out loss.",
        settings: [
          Setting(
            "remap", .choice(["none", "self_extend"]), default: .text("none"), help: "Positions.")
        ]),
    ],
  ])

  /// A small good recipe; line numbers of the tests count in it.
  static let small = """
    name: small
    base: checkpoints/base.h5
    target: 4k
    stages:
      - name: extend
        steps: 200
        tokens_per_step: 16k
        sequence: 1228
        mix: { stories: 3, code: 1 }
        rope: { kind: abf, base: 160k }
        positions: { kind: pit }
        optimizer: { kind: adamw, rate: 1e-3, schedule: cosine, warmup: 20 }
    evaluate:
      - { kind: needle, every: 25, lengths: [256, 512, 1k, 2k, 4k, 6k] }

    """

  static func document(_ text: String = small) throws -> RecipeDocument {
    try RecipeDocument(text: text, file: "r.yaml")
  }

  static func recipe(_ text: String = small) throws -> Recipe {
    try document(text).recipe(vocabulary)
  }

  /// The small recipe with one text replaced, which must stand there.
  static func small(replacing old: String, by new: String) throws -> String {
    guard let range = small.range(of: old) else {
      throw UserError("test", "\"\(old)\" does not stand in the small recipe")
    }
    return small.replacingCharacters(in: range, with: new)
  }
}
