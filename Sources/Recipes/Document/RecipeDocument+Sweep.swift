import Foundation
import Support

/// One run of a sweep, not begun.
public struct SweepRun: Sendable, Equatable {
  /// The arm it belongs to.
  public let arm: String
  /// Its seed.
  public let seed: Int
  /// The recipe with the arm's changes, without the sweep.
  public let document: RecipeDocument
}

extension RecipeDocument {
  /// The document with one more field varied by its `sweep`.
  ///
  /// - Parameter assignment: `path=value,value`; values as they stand in a recipe's list.
  /// - Returns: the changed document; it is not checked against a vocabulary.
  /// - Throws: `UserError` when there is no `=` or the values are no YAML list.
  public func varying(_ assignment: String) throws -> RecipeDocument {
    guard let sign = assignment.firstIndex(of: "="), sign != assignment.startIndex else {
      throw UserError(
        "--vary", "path=value,value is needed, \(RecipeNode.quoted(assignment)) found",
        remedy: "Write for example --vary stages.0.rope.base=10k,160k,1M.")
    }
    let path = String(assignment[..<sign])
    let values = try RecipeParser.parse(
      "[" + assignment[assignment.index(after: sign)...] + "]", file: "--vary \(path)")
    var root = root
    root[edit: "sweep"][edit: "vary"][edit: path] = values
    return RecipeDocument(root: root, file: file, folder: folder)
  }

  /// The document with one line of its `sweep` changed.
  ///
  /// - Parameter line: `path=value,value` varies a field, without values no more; `seeds=1,2`,
  ///   `minutes=30` and `abandon=0.5`, the share of the best arm's right answers that an arm must
  ///   reach, set the rules, without a value no more; `sweep=` takes the sweep away, as does taking away all that
  ///   is in it.
  /// - Returns: the changed document; it is not checked against a vocabulary.
  /// - Throws: `UserError` when there is no `=` or the values are no YAML list.
  public func sweeping(_ line: String) throws -> RecipeDocument {
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count == 2, !parts[0].isEmpty else { return try varying(line) }
    let (key, values) = (parts[0], parts[1])
    switch (key, values) {
    case ("sweep", ""): return without("sweep")
    case ("seeds", ""), ("minutes", ""), ("abandon", ""): return without("sweep", key)
    case (_, ""): return without("sweep", "vary", key)
    case ("seeds", _): return try setting("sweep.seeds", to: "[\(values)]")
    case ("minutes", _): return try setting("sweep.minutes", to: values)
    case ("abandon", _): return try setting("sweep.abandon.below", to: values)
    default: return try varying(line)
    }
  }

  /// The document without what stands below some keys, and without the groups that this leaves empty.
  private func without(_ keys: String...) -> RecipeDocument {
    guard let rest = root.without(keys[...]), rest != root else { return self }
    return RecipeDocument(root: rest, file: file, folder: folder)
  }

  /// The runs of the recipe's sweep, seeds of an arm after one another; every one is checked.
  ///
  /// - Parameters:
  ///   - vocabulary: every kind that the recipe may name.
  ///   - seeds: instead of the sweep's own.
  ///   - checksPaths: also demand that every file it names exists.
  /// - Returns: the runs in the order in which they are trained.
  /// - Throws: `RecipeFaults` with all faults of the recipe, else of all arms; `UserError` when it
  ///   has no sweep or an arm changes a field that is not there.
  public func sweepRuns(
    _ vocabulary: RecipeVocabulary, seeds: [Int]? = nil, checksPaths: Bool = true
  ) throws -> [SweepRun] {
    let recipe = try recipe(vocabulary, checksPaths: checksPaths)
    guard let sweep = recipe.sweep else {
      throw UserError(
        file, "it has no sweep",
        remedy: "Add sweep: with arms, or vary a field: --vary stages.0.rope.base=10k,160k.")
    }
    let plain = try setting("sweep", to: "")
    var faults: [RecipeFault] = []
    let runs = try sweep.arms.flatMap { arm in
      var document = plain
      for change in arm.changes { document = try document.setting(change.path, to: change.value) }
      faults += document.faults(vocabulary, checksPaths: checksPaths).map { fault in
        RecipeFault(
          file: file, line: arm.line, path: "arm \(arm.name): \(fault.path)",
          finding: fault.finding, remedy: fault.remedy)
      }
      return try (seeds ?? sweep.seeds).map { seed in
        let named = try document.setting("name", to: "\(recipe.name)-\(arm.name)-\(seed)")
        return SweepRun(
          arm: arm.name, seed: seed, document: try named.setting("seed", to: "\(seed)"))
      }
    }
    guard faults.isEmpty else { throw RecipeFaults(faults: faults, readable: nil) }
    return runs
  }
}

extension RecipeNode {
  /// The group without what stands below some keys; nil when this leaves it empty.
  fileprivate func without(_ keys: ArraySlice<String>) -> RecipeNode? {
    guard let key = keys.first else { return nil }
    guard let entries else { return self }
    let rest = entries.compactMap { entry in
      entry.key == key
        ? entry.value.without(keys.dropFirst()).map {
          Entry(key: key, line: entry.line, value: $0)
        } : entry
    }
    return rest.isEmpty ? nil : RecipeNode(.mapping(rest), line: line)
  }

  /// The value of a key; setting it makes the group and the key.
  fileprivate subscript(edit key: String) -> RecipeNode {
    get { self[key] ?? RecipeNode(.mapping([])) }
    set {
      var entries = entries ?? []
      entries.removeAll { $0.key == key }
      entries.append(Entry(key: key, line: 0, value: newValue))
      content = .mapping(entries)
    }
  }
}
