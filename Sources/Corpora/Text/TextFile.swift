import Foundation
import Support

/// One file that has been checked to be UTF-8 text, mapped rather than read into memory.
struct TextFile: Sendable {
  /// Path below the folder.
  let name: String
  let bytes: Data

  init(path: String, name: String) throws {
    self.name = name
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw UserError(path, "the file cannot be read", remedy: "Check its permissions.")
    }
    let nul = bytes.firstIndex(of: 0).map { $0 - bytes.startIndex }
    let broken = bytes.withUnsafeBytes { UTF8Check.firstFault($0) }
    if let nul, nul < broken ?? .max {
      throw UserError(
        path, "the file is binary, a NUL byte was found at byte \(nul)",
        remedy: "Take it out of the folder, or name text files.")
    }
    if let broken {
      throw UserError(
        path, "the file is not UTF-8, byte \(broken) does not fit",
        remedy: "Convert it, for example with iconv.")
    }
  }

  /// Where the held-out part begins, never inside a character.
  ///
  /// It is the last twentieth and at least a block; a file shorter than two blocks has none.
  var heldOutStart: Int {
    let block = TextSource.heldOutBlock
    guard bytes.count >= 2 * block else { return bytes.count }
    var start = bytes.count - max(block, bytes.count / 20)
    while start > 0, bytes[bytes.startIndex + start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}
