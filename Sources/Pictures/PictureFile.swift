import Foundation
public import Support

/// A table of numbers that can be drawn.
public protocol Picture: Sendable {
  /// The numbers as comma-separated values, with a line of names.
  var csv: String { get }
  /// The numbers as JSON, one object a line.
  var json: String { get }
  /// An SVG document for papers and browsers.
  var svg: String { get }
  /// The picture in 120 columns of text.
  var text: String { get }
  /// The bytes of a PNG file, three pixels a point.
  ///
  /// - Throws: `UserError` when the library refuses.
  func png() throws(UserError) -> [UInt8]
}

/// Writes pictures to files, in the format that the file's ending names.
public enum PictureFile {
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
      throw UserError(path, "a picture needs a format, found \(found)", remedy: remedy(ending))
    }
    var isFolder: ObjCBool = false
    let folder = url.deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw UserError(path, "no folder \(folder)", remedy: "Make it or choose another path.")
    }
  }

  /// Writes a picture; a reader of the path sees the old file or the whole new one, nothing between.
  ///
  /// - Throws: `UserError` as `check`, or when the file cannot be written.
  public static func write(_ picture: some Picture, to path: String) throws(UserError) {
    try check(path)
    let bytes = try contents(
      of: picture, ending: URL(fileURLWithPath: path).pathExtension.lowercased())
    do {
      try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw UserError(
        path, "could not be written, \(reason(error))",
        remedy: "Check the folder's permissions and free space, or choose another path.",
        kind: .work)
    }
  }

  private static func contents(of picture: some Picture, ending: String) throws(UserError) -> Data {
    switch ending {
    case "csv": return Data(picture.csv.utf8)
    case "svg": return Data(picture.svg.utf8)
    case "json": return Data(picture.json.utf8)
    case "png": return Data(try picture.png())
    default: return Data(picture.text.utf8)
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
