import Foundation
import Records

/// `records.jsonl`: one event a line, only ever appended to, cut back only when a run resumes.
struct RecordLog: ~Copyable {
  private let path: String
  private let file: Int32
  private let files: FileSystem
  /// Bytes of whole lines.
  private(set) var length: Int

  private init(owning file: Int32, path: String, files: FileSystem) {
    self.file = file
    self.path = path
    self.files = files
    length = 0
  }

  /// Opens the log of a run folder, making it when it is missing; a torn last line is cut off.
  static func open(folder: String, files: FileSystem) throws(StoreError) -> RecordLog {
    let path = "\(folder)/records.jsonl"
    let file = try files.attempt(.open, path) { _ in
      Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    }
    var log = RecordLog(owning: file, path: path, files: files)
    let bytes = try files.contents(path)
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if whole < bytes.count {
      try log.truncate(to: whole)
    } else {
      log.length = whole
    }
    return log
  }

  deinit { _ = close(file) }

  /// Adds a line.
  ///
  /// After a failure the part that was written is cut off again.
  mutating func append(_ record: RunRecord) throws(StoreError) {
    let line = Array((record.jsonLine + "\n").utf8)
    do throws(StoreError) {
      _ = try files.attempt(.write, path) { _ in lseek(file, off_t(length), SEEK_SET) }
      try AtomicFile.withBytes(line) { (bytes) throws(StoreError) in
        try files.write(bytes, to: file, path)
      }
    } catch {
      _ = ftruncate(file, off_t(length))
      throw error
    }
    length += line.count
  }

  /// Cuts the log back to a length that a checkpoint recorded.
  mutating func truncate(to count: Int) throws(StoreError) {
    _ = try files.attempt(.truncate, path) { _ in ftruncate(file, off_t(count)) }
    length = count
  }

  /// Brings all lines to the disk.
  func sync() throws(StoreError) {
    try files.sync(file, path)
  }

  /// The records of a log file, oldest first; a torn last line and unknown events are left out.
  static func records(folder: String, files: FileSystem) throws(StoreError) -> [RunRecord] {
    let path = "\(folder)/records.jsonl"
    guard files.exists(path) else { return [] }
    let bytes = try files.contents(path)
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0
    return bytes[..<end].split(separator: UInt8(ascii: "\n")).compactMap {
      RunRecord(jsonLine: String(decoding: $0, as: UTF8.self))
    }
  }
}
