import Foundation

/// Writes files that are either the old or the new one at any moment, also through a power cut.
public enum AtomicFile {
  /// Writes beside the file, syncs, renames over it, syncs the folder.
  ///
  /// - Parameters:
  ///   - bytes: all bytes of the file.
  ///   - path: its final name.
  ///   - files: the file system; tests pass a failing one.
  /// - Throws: `StoreError.io`; the old file is then untouched and nothing new is left behind.
  public static func write(
    _ bytes: [UInt8], to path: String, files: FileSystem = .real
  ) throws(StoreError) {
    let temporary = temporaryName(for: path)
    try withBytes(bytes) { (buffer) throws(StoreError) in
      try files.writeNew(temporary, buffer)
    }
    try publish(temporary, as: path, files: files)
  }

  /// Writes a file that is too large to lie in memory as a whole, piece by piece.
  ///
  /// - Parameters:
  ///   - path: its final name.
  ///   - files: the file system; tests pass a failing one.
  ///   - body: hands over the bytes in their order.
  /// - Throws: `StoreError.io`, or what `body` throws; the old file is then untouched and nothing new is
  ///   left behind.
  public static func write(
    to path: String, files: FileSystem = .real,
    _ body: (_ append: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    let temporary = temporaryName(for: path)
    let failure = try files.writeNew(temporary) { file in
      try body { bytes in
        try withBytes(bytes) { (buffer) throws(StoreError) in
          try files.write(buffer, to: file, temporary)
        }
      }
    }
    if let failure { throw failure }
    try publish(temporary, as: path, files: files)
  }

  private static func publish(
    _ temporary: String, as path: String, files: FileSystem
  ) throws(StoreError) {
    do throws(StoreError) {
      try files.rename(temporary, to: path)
    } catch {
      files.removeQuietly(temporary)
      throw error
    }
    try files.syncFolder(folder(of: path))
  }

  /// Writes a text; see the form for bytes.
  ///
  /// - Throws: `StoreError.io`.
  public static func write(
    _ text: String, to path: String, files: FileSystem = .real
  ) throws(StoreError) {
    try write(Array(text.utf8), to: path, files: files)
  }

  /// A name beside the file that no other process and no other save uses.
  static func temporaryName(for path: String) -> String {
    // The nonce only keeps names apart; it decides no result.
    let nonce = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return "\(path)\(temporaryMark)\(getpid())-\(nonce)"
  }

  /// What every temporary name has after the final name.
  static let temporaryMark = ".tmp-"

  /// The process that a temporary name belongs to, or nil for other names.
  static func owner(ofTemporary name: String) -> Int32? {
    guard let mark = name.range(of: temporaryMark, options: .backwards) else { return nil }
    return Int32(name[mark.upperBound...].prefix { $0 != "-" })
  }

  /// The folder that a file lies in.
  static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// Bytes of an array with a typed error.
  static func withBytes<R>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    let result: Result<R, StoreError> = bytes.withUnsafeBytes { buffer in
      do throws(StoreError) {
        return .success(try body(buffer))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
