import Corpora
import Models
public import Recipes
import Support

/// A look at what a source gives, as text.
public enum SourceSamples {
  /// The first documents of a source, as training would read them.
  ///
  /// - Parameters:
  ///   - name: a source of the recipe's mixes.
  ///   - recipe: the recipe.
  ///   - count: documents wanted.
  ///   - limit: longest document, in tokens.
  /// - Returns: one text for each document.
  /// - Throws: `UserError` when the source cannot be opened.
  public static func texts(
    of name: String, in recipe: Recipe, count: Int, limit: Int = 256
  ) throws -> [String] {
    let tokenizer = try recipe.makeTokenizer()
    let opener = SourceOpener(recipe: recipe, tokenizer: tokenizer)
    guard
      var source = try opener.open([(name, 1)], split: .training, seed: recipe.seed).first?.source
    else { return [] }
    return try (0..<count).map { _ in tokenizer.decode(try source.next(limit: limit).tokens) }
  }
}
