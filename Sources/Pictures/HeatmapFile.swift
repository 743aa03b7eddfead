import Foundation
public import Support

/// Writes heatmaps to files, in the format that the file's ending names.
public enum HeatmapFile {
  /// The endings that are known, with their dot.
  public static let endings = [".csv", ".svg", ".png", ".txt", ".json"]

  /// Refuses a path that could not be written later, before hours are spent on its numbers.
  ///
  /// - Throws: `UserError` when the ending is unknown or the folder does not exist.
  public static func check(_ path: String) throws(UserError) {
    let url = URL(fileURLWithPath: path)
    let ending = "." + url.pathExtension.lowercased()
    guard endings.contains(ending) else {
      let found = url.pathExtension.isEmpty ? "no ending" : "the unknown ending \"\(ending)\""
      throw UserError(path, "a heatmap needs a format, found \(found)", remedy: remedy(ending))
    }
    var isFolder: ObjCBool = false
    let folder = url.deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw UserError(path, "no folder \(folder)", remedy: "Make it or choose another path.")
    }
  }

  /// Writes a map; a reader of the path sees the old file or the whole new one, nothing between.
  ///
  /// - Throws: `UserError` as `check`, or when the file cannot be written.
  public static func write(_ map: Heatmap, to path: String) throws(UserError) {
    try check(path)
    let bytes = try contents(of: map, ending: URL(fileURLWithPath: path).pathExtension.lowercased())
    do {
      try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw UserError(
        path, "could not be written, \(reason(error))",
        remedy: "Check the folder's permissions and free space, or choose another path.",
        kind: .work)
    }
  }

  private static func contents(of map: Heatmap, ending: String) throws(UserError) -> Data {
    switch ending {
    case "csv": return Data(map.csv.utf8)
    case "svg": return Data(map.svg.utf8)
    case "json": return Data(map.json.utf8)
    case "png": return Data(try map.png())
    default: return Data(map.text(width: 120).utf8)
    }
  }

  private static func remedy(_ ending: String) -> String {
    let list = "Use one of \(endings.joined(separator: ", "))."
    guard let near = Suggestion.nearest(to: ending, among: endings) else { return list }
    return "Did you mean \"\(near)\"? " + list
  }

  private static func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
    return "\(cause.localizedDescription)"
  }
}
