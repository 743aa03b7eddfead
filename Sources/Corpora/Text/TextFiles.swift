import Foundation
public import Support

/// Any text file, or all text files of a folder.
public struct TextFiles: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "text", "A text file, or all text files below a folder; the last 5 % of each is held out.",
    givesAnyText: true,
    settings: [
      Setting(required: "path", .path, help: "File or folder; hidden files are left out."),
      Setting(
        "readers", .integer(1...64), default: .integer(8),
        help: "Places of the text that are read in turn, each of at least 64 KiB; 1 reads from the "
          + "first byte to the last.", applies: .nextStage),
      Setting(
        "repeat", .flag, default: .flag(true),
        help: "Whether a stage may read the text more than once.", applies: .nextStage),
    ])

  private let path: String
  private let readers: Int
  private let repeats: Bool

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    path = try Self.path(values)
    readers = values.integer("readers") ?? 8
    repeats = values.flag("repeat") ?? true
  }

  /// The path that a source of files has.
  static func path(_ values: SettingsValues) throws -> String {
    guard let path = values.text("path"), !path.isEmpty else {
      throw UserError("path", "no path is given", remedy: "Name a file or a folder.")
    }
    return path
  }

  /// Opens the source; throws `UserError` when the data is no text.
  public func open(_ opening: SourceOpening) throws -> any DocumentSource {
    try opening.demandAnyText(Self.kind.name)
    return try TextSource(
      files: Self.read(path), tokenizer: opening.tokenizer, split: opening.split,
      readers: readers, repeats: repeats, place: path)
  }

  /// The whole text of a file or folder as tokens without marks, for a haystack.
  ///
  /// - Throws: `UserError` when there is none, or it is no text.
  public static func tokens(path: String, by tokenizer: any Tokenizer) throws -> [Int32] {
    try read(path).flatMap { tokenizer.encode(String(decoding: $0.bytes, as: UTF8.self)) }
  }

  /// Checked files in the order of their paths, which no file system decides.
  static func read(_ path: String) throws -> [TextFile] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(path, "no such file or folder", remedy: "Check the path.")
    }
    guard isFolder.boolValue else { return [try TextFile(path: path, name: path)] }
    let names = try names(below: path)
    guard !names.isEmpty else {
      throw UserError(path, "the folder has no files", remedy: "Put text files into it.")
    }
    return try names.map { try TextFile(path: path + "/" + $0, name: $0) }
  }

  static func names(below path: String) throws -> [String] {
    guard let walker = FileManager.default.enumerator(atPath: path) else {
      throw UserError(path, "the folder cannot be read", remedy: "Check its permissions.")
    }
    var names: [String] = []
    while let name = walker.nextObject() as? String {
      if name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
      if walker.fileAttributes?[.type] as? FileAttributeType == .typeDirectory { continue }
      names.append(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
