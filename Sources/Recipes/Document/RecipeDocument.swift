import Foundation
import Support

/// A recipe as written: a tree of keys that edits change and that `recipe(_:)` checks.
///
/// A value type; every edit gives a new document, so that undoing is keeping the old one.
public struct RecipeDocument: Sendable, Equatable {
  /// The file, as it was named; stands before every fault.
  public let file: String
  /// The folder that relative paths of the recipe refer to first; empty for none.
  public let folder: String
  var root: RecipeNode
  /// The text as read, until an edit makes it stale.
  private var source: String?

  /// Reads a file.
  ///
  /// - Throws: `UserError` when it cannot be opened, is too large, not UTF-8, or not YAML.
  public init(contentsOf path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(
        path, "a recipe file is needed, nothing found", remedy: "Check the path.")
    }
    guard !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
      throw UserError(
        path, "a readable file is needed, \(isFolder.boolValue ? "a folder" : "no access") found",
        remedy: "Name the recipe's .yaml file and check its permissions.")
    }
    defer { try? handle.close() }
    // One byte beyond the limit is enough to be refused by the parser.
    let bytes: Data
    do {
      bytes = try handle.read(upToCount: RecipeParser.largestBytes + 1) ?? Data()
    } catch {
      throw UserError(
        path, "a readable file is needed, reading failed", remedy: "Check the file and the disk.")
    }
    let isCut = bytes.count > RecipeParser.largestBytes
    // A cut may split a character; the parser refuses the size in any case.
    guard
      let text = isCut
        ? String(decoding: bytes, as: UTF8.self) : String(bytes: bytes, encoding: .utf8)
    else {
      throw UserError(
        path, "UTF-8 text is needed, other bytes found",
        remedy: "Save the recipe as plain UTF-8 text.")
    }
    try self.init(text: text, file: path, folder: (path as NSString).deletingLastPathComponent)
  }

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - text: YAML, one document.
  ///   - file: what faults call it.
  ///   - folder: where relative paths start; empty for the current folder only.
  /// - Throws: `UserError` when it is too large or not YAML.
  public init(text: String, file: String = "recipe.yaml", folder: String = "") throws {
    root = try RecipeParser.parse(text, file: file)
    source = text
    self.file = file
    self.folder = folder
  }

  init(root: RecipeNode, file: String, folder: String) {
    self.root = root
    self.file = file
    self.folder = folder
  }

  /// The recipe as YAML: as it was written when nothing was edited, else without its comments.
  public var text: String { source ?? RecipeEmitter.text(root) }

  /// The typed recipe.
  ///
  /// - Parameters:
  ///   - vocabulary: every kind that it may name.
  ///   - checksPaths: also demand that every file it names exists.
  /// - Returns: the recipe; it has no faults.
  /// - Throws: `RecipeFaults` with all faults.
  public func recipe(
    _ vocabulary: RecipeVocabulary, checksPaths: Bool = false
  ) throws -> Recipe {
    let reading = RecipeReading(file: file, vocabulary: vocabulary)
    let recipe = RecipeReader(reading: reading, folder: folder).recipe(root)
    if let recipe, checksPaths { checkPaths(recipe, reading) }
    guard let recipe, reading.faults.isEmpty else {
      throw RecipeFaults(faults: reading.sortedFaults, readable: recipe)
    }
    return recipe
  }

  /// Everything that is wrong; empty for a good recipe.
  public func faults(
    _ vocabulary: RecipeVocabulary, checksPaths: Bool = false
  ) -> [RecipeFault] {
    do {
      _ = try recipe(vocabulary, checksPaths: checksPaths)
      return []
    } catch let error as RecipeFaults {
      return error.faults
    } catch {
      return []
    }
  }

  /// The recipe with every default written out, in a fixed order; reads back as the same recipe.
  ///
  /// - Throws: `RecipeFaults` when the recipe is faulty.
  public func resolved(_ vocabulary: RecipeVocabulary) throws -> RecipeDocument {
    let fields = try fields(vocabulary)
    return RecipeDocument(root: RecipeOutline.tree(fields), file: file, folder: folder)
  }

  /// Every field that can be edited, in the order of the resolved recipe, for forms.
  ///
  /// - Throws: `RecipeFaults` when the recipe is faulty.
  public func fields(_ vocabulary: RecipeVocabulary) throws -> [RecipeField] {
    RecipeOutline(recipe: try recipe(vocabulary), vocabulary: vocabulary, document: self).fields
  }

  private func checkPaths(_ recipe: Recipe, _ reading: RecipeReading) {
    func check(_ path: String, _ key: String) {
      let resolved = recipe.resolve(path)
      guard !FileManager.default.fileExists(atPath: resolved) else { return }
      reading.fault(
        node(at: key)?.line ?? 0, key,
        "a file or folder is needed, nothing at \(RecipeNode.quoted(resolved)) found",
        "Paths start at the recipe's folder or at the current one.")
    }
    for (path, key) in recipe.paths(reading.vocabulary) { check(path, key) }
  }
}
