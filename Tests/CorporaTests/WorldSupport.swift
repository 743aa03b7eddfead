import Corpora
import Support

/// All kinds of the miniature world by name.
let worldKinds = [
  "stories", "code", "pages", "tables", "questions", "repeat", "recall", "values", "chains",
  "counts",
]

/// The kinds whose facts are asked for.
let factKinds = ["stories", "code", "pages", "tables", "questions", "recall"]

func worldSource(
  _ kind: String, split: CorpusSplit = .training, seed: UInt64 = 7,
  settings: [String: SettingsValue] = [:]
) throws -> any DocumentSource {
  try SourceKinds.catalog.make(kind, settings).open(
    SourceOpening(name: kind, split: split, seed: seed, tokenizer: WorldTokenizer()))
}

/// A place where a name and a number stand together.
struct StatedFact {
  let fact: WorldFact
  /// Index of the name.
  let index: Int
}

/// Every name with a number right behind it, in order.
func statedFacts(_ tokens: [Int32]) -> [StatedFact] {
  guard tokens.count > 2 else { return [] }
  return (0..<tokens.count - 2).compactMap { index in
    WorldFacts.read(tokens[index], tokens[index + 1], tokens[index + 2]).map {
      StatedFact(fact: $0, index: index)
    }
  }
}
