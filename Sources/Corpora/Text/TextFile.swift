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
    guard let fault = TextCheck.firstFault(bytes) else { return }
    switch fault {
    case .nul(let offset):
      throw UserError(
        path, "the file is binary, a NUL byte was found at byte \(offset)",
        remedy: "Take it out of the folder, or name text files.")
    case .notUTF8(let offset):
      throw UserError(
        path, "the file is not UTF-8, byte \(offset) does not fit",
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

/// Finds the first byte that is not text.
enum TextCheck {
  enum Fault: Equatable {
    case nul(Int)
    case notUTF8(Int)
  }

  /// The first fault, or nil; shortest forms only, no surrogates, at most U+10FFFF (RFC 3629).
  static func firstFault(_ data: Data) -> Fault? {
    data.withUnsafeBytes { bytes -> Fault? in
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte == 0 { return .nul(index) }
        if byte < 0x80 {
          index += 1
          continue
        }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return .notUTF8(index)
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else {
          return .notUTF8(index)
        }
        for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 {
          return .notUTF8(index)
        }
        index += length
      }
      return nil
    }
  }
}
