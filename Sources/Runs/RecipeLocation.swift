import Corpora
import Foundation
public import Recipes
import Support

/// Where the RECIPE of the command line comes from.
public enum RecipeLocation {
  /// The document that a path means: a recipe file, an experiment's folder with a `recipe.yaml`, or a
  /// text file or folder, for which the program has a recipe of its own.
  ///
  /// - Throws: `UserError` when nothing is there or the file is no recipe.
  public static func document(_ path: String) throws -> RecipeDocument {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(
        path, "no such file or folder",
        remedy: "Name a recipe (.yaml), an experiment's folder, or a text file or folder.")
    }
    if isFolder.boolValue {
      let inside = path + (path.hasSuffix("/") ? "" : "/") + "recipe.yaml"
      if FileManager.default.fileExists(atPath: inside) {
        return try RecipeDocument(contentsOf: inside)
      }
      return try ownText(path)
    }
    let ending = (path as NSString).pathExtension.lowercased()
    return ["yaml", "yml"].contains(ending)
      ? try RecipeDocument(contentsOf: path) : try ownText(path)
  }

  /// A small byte-level model from scratch on a text file or folder.
  private static func ownText(_ path: String) throws -> RecipeDocument {
    let quoted = "\"" + path.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" } + "\""
    return try RecipeDocument(
      text: """
        name: own-text
        summary: Does the held-out loss of this text fall?
        model: { width: 128, layers: 4, heads: 2, head_width: 64, feed_forward: 352 }
        tokenizer: bytes
        target: 512
        stages:
          - name: read
            steps: 300
            sequence: 512
            tokens_per_step: 8k
            mix: { text: 1 }
            optimizer: { rate: 2e-3, schedule: cosine, warmup: 30, beta2: 0.98 }
        evaluate:
          - { kind: loss, every: 50, sequence: 512, tokens: 32k }
        sources:
          text: { kind: text, path: \(quoted) }

        """, file: path)
  }

  /// The document with every path made independent of the folder it stood in, for the run folder.
  static func anchored(_ document: RecipeDocument, _ recipe: Recipe) throws -> RecipeDocument {
    var document = document
    func absolute(_ path: String) -> String {
      URL(fileURLWithPath: recipe.resolve(path)).standardizedFileURL.path
    }
    for (path, key) in recipe.paths(.needlepoint) {
      document = try document.setting(key, to: absolute(path))
    }
    return document
  }
}
