import Foundation
import Support

extension FileTokenizer {
  /// The name of the file in a model's folder.
  public static let fileName = "tokenizer.json"
  /// A greater file is no tokenizer, bytes.
  private static let mostBytes = 256 << 20

  /// Reads a tokenizer.json, or the one in a folder, with the marks that the files beside it name.
  ///
  /// - Parameters:
  ///   - path: the file or its folder.
  ///   - vocabularySize: rows of the model; nil for the next multiple of 64 of the tokens.
  ///   - documentEnd: the mark that ends a document when the files beside it name none.
  /// - Returns: the tokenizer.
  /// - Throws: `UserError` that names the file and what is wrong in it.
  public static func read(
    path: String, vocabularySize: Int? = nil, documentEnd: Int32? = nil
  ) throws -> FileTokenizer {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? (path as NSString).appendingPathComponent(fileName) : path
    guard isThere, let text = try text(of: file, most: mostBytes) else {
      throw UserError(file, "no such file", remedy: "Name a tokenizer.json, or its folder.")
    }
    let folder = (file as NSString).deletingLastPathComponent
    let marks = try MarkNames(folder: folder)
    // The names become numbers by the file itself.
    let plain = try TokenizerFile(json: text, file: file)
    func id(_ name: String?) throws -> Int32? {
      guard let name else { return nil }
      guard let id = plain.vocabulary.id(name) else {
        throw UserError(
          file, "the mark \(JSONValue.text(name).line) of the files beside it is no token",
          remedy: "Use the files of one model.")
      }
      return id
    }
    return try FileTokenizer(
      json: text, plain, place: file, vocabularySize: vocabularySize,
      documentBegin: plain.begin ?? id(marks.begin), documentEnd: id(marks.end) ?? documentEnd)
  }

  /// The text of a file, or nil when there is none.
  fileprivate static func text(of file: String, most: Int) throws -> String? {
    guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else {
      return nil
    }
    guard size <= most else {
      throw UserError(
        file, "\(size) bytes are too many, \(most >> 20) MiB are the most",
        remedy: "Name a file of a tokenizer.")
    }
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw UserError(
        file, "the file cannot be read as UTF-8 text",
        remedy: "Check its permissions, and that it is text.")
    }
    return text
  }
}

/// The names of marks in the files beside a tokenizer.json.
private struct MarkNames {
  private static let mostBytes = 16 << 20

  /// What begins a document, when the files say that it does.
  private(set) var begin: String?
  /// What ends a document.
  private(set) var end: String?

  init(folder: String) throws {
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let path = (folder as NSString).appendingPathComponent(name)
      guard let text = try FileTokenizer.text(of: path, most: Self.mostBytes) else { continue }
      guard let json = try? JSONValue(parsing: text) else {
        throw UserError(path, "the file is not JSON", remedy: "Mend it, or take it away.")
      }
      if json["add_bos_token"] == .bool(true) { begin = begin ?? Self.token(json["bos_token"]) }
      end = end ?? Self.token(json["eos_token"])
    }
  }

  /// A token as a text, or as an object with a content.
  private static func token(_ json: JSONValue?) -> String? {
    json?.textValue ?? json?["content"]?.textValue
  }
}
