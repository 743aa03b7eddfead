import Foundation

/// The folder of the package under test, found from the place of this very file.
public enum PackageFolder {
  /// Its absolute path, without a closing slash.
  public static let path: String = {
    var place = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { place.deleteLastPathComponent() }
    return place.path
  }()

  /// The path of a file or folder of the package.
  public static func file(_ name: String) -> String {
    path + "/" + name
  }

  /// The text of a file of the package.
  ///
  /// - Throws: what the file system reports.
  public static func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  /// Files below a folder of the package whose names end in one of the endings, sorted; all when
  /// no ending is given.
  ///
  /// Paths are relative to the package. What builds leave behind is not listed.
  public static func files(in folder: String, endings: [String] = []) -> [String] {
    let found = FileManager.default.subpaths(atPath: file(folder)) ?? []
    return found.map { folder.isEmpty ? $0 : folder + "/" + $0 }.filter { name in
      let isOurs = !name.hasPrefix(".build") && !name.hasPrefix(".git/")
      return isOurs && (endings.isEmpty || endings.contains { name.hasSuffix($0) })
    }.sorted()
  }

  /// Names of the folders right inside a folder of the package, sorted.
  public static func folders(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: file(folder))) ?? []
    return names.filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(
        atPath: file(folder + "/" + name), isDirectory: &isFolder) && isFolder.boolValue
    }.sorted()
  }

  /// True when a file or folder of that name stands in the package.
  public static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: file(name))
  }
}
