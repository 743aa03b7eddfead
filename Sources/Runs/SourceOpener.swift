import Corpora
import Recipes
import Support

/// Opens the sources that a recipe names.
struct SourceOpener {
  let recipe: Recipe
  let tokenizer: any Tokenizer

  /// Opens the sources of a mix at their beginning.
  ///
  /// - Throws: `UserError` when the data cannot be read or the tokenizer does not fit.
  func open(
    _ mix: [(name: String, weight: Double)], split: CorpusSplit, seed: UInt64
  ) throws -> [WeightedSource] {
    let faults = FaultCollector()
    let opened = try mix.compactMap { name, weight in
      try faults.attempt {
        WeightedSource(name: name, weight: weight, source: try source(name, split, seed))
      }
    }
    try faults.finish()
    return opened
  }

  /// One source at its beginning.
  private func source(
    _ name: String, _ split: CorpusSplit, _ seed: UInt64
  ) throws -> any DocumentSource {
    let defined = recipe.source(name)
    var settings = defined?.component.settings.values ?? [:]
    if case .text(let path)? = settings["path"] {
      settings["path"] = .text(recipe.resolve(path))
    }
    let opening = SourceOpening(name: name, split: split, seed: seed, tokenizer: tokenizer)
    do {
      return try SourceKinds.catalog.make(defined?.component.kind ?? name, settings).open(opening)
    } catch let error as UserError where error.place == "sources.\(name)" {
      throw UserError(
        recipe.place(error.place, line: defined?.component.line ?? 0), error.finding,
        remedy: error.remedy)
    }
  }
}
