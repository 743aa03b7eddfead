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
    return records(in: try files.contents(path)[...]).records
  }

  /// The records of a log file from a byte on, and where the last whole line ends.
  static func records(
    folder: String, files: FileSystem, from offset: Int
  ) throws(StoreError) -> (records: [RunRecord], end: Int) {
    let path = "\(folder)/records.jsonl"
    guard files.exists(path) else { return ([], 0) }
    let file = try files.attempt(.open, path) { _ in Foundation.open(path, O_RDONLY | O_CLOEXEC) }
    defer { _ = close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file, &chunk, chunk.count, off_t(offset + bytes.count))
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    let (records, length) = records(in: bytes[...])
    return (records, offset + length)
  }

  /// The records of whole lines and how many bytes those take.
  private static func records(in bytes: ArraySlice<UInt8>) -> (records: [RunRecord], length: Int) {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return ([], 0) }
    let records = bytes[..<end].split(separator: UInt8(ascii: "\n")).compactMap {
      RunRecord(jsonLine: String(decoding: $0, as: UTF8.self))
    }
    return (records, end + 1 - bytes.startIndex)
  }
}
