public import Corpora
import Foundation
import RunStore
import Support

/// What a TOKENIZER argument may name.
public enum TokenizerPath {
  /// The tokenizer that a path means: a tokenizer.json, the one in a folder, or that of a model.
  ///
  /// - Parameters:
  ///   - path: as the user named it.
  ///   - notice: receives a sentence for each checkpoint that was passed over.
  /// - Returns: the tokenizer.
  /// - Throws: `UserError` or `StoreError` when there is none, or it cannot be read.
  public static func read(
    _ path: String, notice: (String) -> Void
  ) throws -> any Tokenizer {
    let inside = (path as NSString).appendingPathComponent(FileTokenizer.fileName)
    if path.hasSuffix(".json") || FileManager.default.fileExists(atPath: inside) {
      return try FileTokenizer.read(path: path)
    }
    let (_, contents) = try ModelPath.read(path, notice: notice)
    return try Tokenizers.make(description: contents.tokenizer)
  }
}
