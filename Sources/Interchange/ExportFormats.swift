import Foundation
public import Support

/// A format in which other programs take a model.
public protocol ExportFormat: CatalogKind {
  /// Writes the model under a name that is not taken.
  ///
  /// - Parameters:
  ///   - model: to write.
  ///   - path: file or folder to make.
  ///   - progress: hears how many weights were written, each time; what it throws ends the work.
  /// - Returns: a sentence for each thing that the format cannot tell.
  /// - Throws: `UserError` when the name is taken or the format cannot hold the model, `StoreError` when it
  ///   cannot be written; nothing is left behind then.
  func write(
    _ model: PlainModel, to path: String, progress: (_ weights: Int) throws -> Void
  ) throws -> [String]
}

extension ExportFormat {
  /// Writes without telling of it.
  public func write(_ model: PlainModel, to path: String) throws -> [String] {
    try write(model, to: path) { _ in }
  }
}

/// Every format that `needlepoint export --to` may name.
public let exportFormats = Catalog<any ExportFormat>(
  "format", [HuggingFaceExport.self, GGUFExport.self])

/// Settings that many formats share.
enum ExportSettings {
  static let element = Setting(
    "element", .choice(["float32", "bfloat16", "float16"]), default: nil,
    help: "Type of the weights; that of the folder it came from when absent, else float32.")
}

/// Makes a folder that is there whole or not at all.
enum NewFolder {
  /// Fills a folder beside the name, then renames it.
  ///
  /// - Throws: `UserError` when the name is taken, and what `fill` throws.
  static func write<Result>(_ path: String, _ fill: (_ folder: String) throws -> Result) throws
    -> Result
  {
    let files = FileManager.default
    let path = (path as NSString).standardizingPath
    guard !files.fileExists(atPath: path) else {
      throw UserError(path, "something of that name exists", remedy: "Choose a new name.")
    }
    // The process's number only keeps names apart; it decides no result.
    let folder = "\(path).tmp-\(getpid())"
    try? files.removeItem(atPath: folder)
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UserError(
        path, "cannot make a folder there",
        remedy: "Choose another place.",
        kind: .work)
    }
    do {
      let result = try fill(folder)
      guard rename(folder, path) == 0 else {
        throw UserError(
          path, "cannot rename the folder, the system says \"\(String(cString: strerror(errno)))\"",
          kind: .work)
      }
      return result
    } catch {
      try? files.removeItem(atPath: folder)
      throw error
    }
  }
}
