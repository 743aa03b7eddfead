import Foundation
public import Support

/// Code repositories, each one document: all its text files joined in the order of their paths.
///
/// - SeeAlso: ProLong (arXiv:2410.02660), section 4.1, which joins files without regard to imports.
public struct Repositories: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "repositories",
    "Each folder inside a folder as one document, its text files joined in the order of their paths.",
    source: "ProLong (arXiv:2410.02660), section 4.1",
    givesAnyText: true,
    settings: [
      Setting(
        required: "path", .path,
        help: "Folder of repositories; hidden files and files that are no text are left out.")
    ] + ShelfSettings.all)

  private let path: String
  private let settings: ShelfSettings

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    path = try TextFiles.path(values)
    settings = ShelfSettings(values)
  }

  /// Opens the source; throws `UserError` when there is no repository with text.
  public func open(_ opening: SourceOpening) throws -> any DocumentSource {
    try opening.demandAnyText(Self.kind.name)
    return try ShelfSource(Shelf(path, opening.tokenizer), settings, opening)
  }

  /// Files of one repository, in order, and the hash of what they hold.
  private struct Repository {
    let files: [String]
    var bytes = 0
    var hash: UInt64 = 0
  }

  private struct Shelf: DocumentShelf {
    let place: String
    let tokenizer: any Tokenizer
    let fingerprint: UInt64
    private let repositories: [Repository]

    init(_ path: String, _ tokenizer: any Tokenizer) throws {
      place = path
      self.tokenizer = tokenizer
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
      else {
        throw UserError(
          path, "a folder of repositories is needed, none found", remedy: "Check the path.")
      }
      // Files beside the repositories belong to none.
      var files: [(repository: String, paths: [String])] = []
      for name in try TextFiles.names(below: path) {
        let parts = name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { continue }
        if files.last?.repository != String(parts[0]) { files.append((String(parts[0]), [])) }
        files[files.count - 1].paths.append(path + "/" + name)
      }
      var found: [Repository] = []
      for (_, paths) in files {
        let texts = paths.compactMap { path in Self.text(path).map { (path, $0) } }
        let joined = Self.joined(texts.map(\.1))
        guard !joined.isEmpty else { continue }
        found.append(
          Repository(
            files: texts.map(\.0), bytes: joined.count, hash: ContentHash.of(joined)))
      }
      guard !found.isEmpty else {
        throw UserError(
          path, "no repository with text found",
          remedy: "Each folder inside it is a repository; put text files into them.")
      }
      repositories = found
      fingerprint = found.reduce(StableHash.fnv1a("")) { StableHash.mix($0 ^ $1.hash) }
    }

    var count: Int { repositories.count }
    func hash(_ index: Int) -> UInt64 { repositories[index].hash }

    func tokenCount(_ index: Int) -> Int? {
      tokenizer is ByteTokenizer ? repositories[index].bytes + 2 : nil
    }

    func document(_ index: Int) throws -> Document {
      let joined = Self.joined(repositories[index].files.compactMap(Self.text))
      guard ContentHash.of(joined) == repositories[index].hash else {
        throw UserError(
          place, "files of a repository have changed while they were in use",
          remedy: "Start again when they stay as they are.", kind: .work)
      }
      return tokenizer.document(String(decoding: joined, as: UTF8.self))
    }

    /// The bytes of a file; nil when it is no text.
    private static func text(_ path: String) -> Data? {
      (try? TextFile(path: path, name: path))?.bytes
    }

    /// Texts one after the other, each ended by a line break.
    private static func joined(_ texts: [Data]) -> Data {
      texts.reduce(into: Data()) { all, text in
        all += text
        if let last = text.last, last != 10 { all.append(10) }
      }
    }
  }
}
