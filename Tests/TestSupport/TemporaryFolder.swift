public import Foundation

/// An empty folder that vanishes with the object that holds it.
public final class TemporaryFolder: Sendable {
  /// Its absolute path, without a closing slash.
  public let path: String

  /// Makes a new folder under the system's place for temporary files.
  ///
  /// - Throws: what the file system reports.
  public init() throws {
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("needlepoint-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    path = place.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the folder, whether it exists or not.
  public func file(_ name: String) -> String {
    path + "/" + name
  }

  /// Writes a text, with the folders that its name needs; gives its path.
  ///
  /// - Throws: what the file system reports.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  /// Writes bytes, with the folders that their name needs; gives the file's path.
  ///
  /// - Throws: what the file system reports.
  @discardableResult
  public func write(_ bytes: Data, to name: String) throws -> String {
    let place = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: place)
    return place.path
  }

  /// The bytes of a file in the folder.
  ///
  /// - Throws: what the file system reports.
  public func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: file(name)))
  }

  /// The text of a file in the folder, bytes that are no UTF-8 replaced.
  ///
  /// - Throws: what the file system reports.
  public func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  /// Names of all files below the folder, relative to it and sorted; folders are not listed.
  public var names: [String] {
    let found = FileManager.default.subpaths(atPath: path) ?? []
    return found.filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: file(name), isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }
}
