import Foundation
import Support

/// One writer per run folder: a kernel lock on `run.lock`, with its owner written inside.
///
/// The kernel's lock decides between processes of one machine and ends with its process, so a lock
/// that a killed trainer left is free at once. The text inside is for people, and for file systems
/// shared by machines, where a kernel lock may not reach the other one.
final class RunLock: Sendable {
  private let file: Int32
  /// What was taken over from a dead trainer, as a sentence; nil when the lock was free.
  let notice: String?

  /// Takes the lock of a folder.
  ///
  /// - Parameters:
  ///   - folder: the run folder.
  ///   - steal: take it also from a trainer that another machine wrote down.
  ///   - files: the file system.
  /// - Throws: `StoreError.locked` when somebody else holds it, `StoreError.io`.
  init(folder: String, steal: Bool, files: FileSystem) throws(StoreError) {
    let path = "\(folder)/run.lock"
    let file = try files.attempt(.open, path) { _ in
      open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    }
    do throws(StoreError) {
      let locked = flock(file, LOCK_EX | LOCK_NB)
      let isRefused = locked != 0 && (errno == EWOULDBLOCK || errno == EINTR)
      let owner = Owner(text: Self.text(of: file))
      if isRefused {
        throw StoreError.locked(folder: folder, owner: owner?.sentence ?? "another trainer")
      }
      // Without kernel locks on this file system the owner written inside decides.
      let isBlind = locked != 0
      if let owner {
        let isHere = owner.host == Self.host
        if isHere ? isBlind && Self.isAlive(owner.process) : !steal {
          throw StoreError.locked(folder: folder, owner: owner.sentence)
        }
        notice = "\(folder): took over the run of \(owner.sentence), which is gone."
      } else {
        notice = nil
      }
      let text = Array(Owner.this.line.utf8)
      _ = try files.attempt(.truncate, path) { _ in ftruncate(file, 0) }
      _ = try files.attempt(.truncate, path) { _ in lseek(file, 0, SEEK_SET) }
      try AtomicFile.withBytes(text) { (bytes) throws(StoreError) in
        try files.write(bytes, to: file, path)
      }
    } catch {
      _ = close(file)
      throw error
    }
    self.file = file
  }

  deinit {
    // An empty file says that the trainer ended in order.
    _ = ftruncate(file, 0)
    // Not by closing alone: a child that is just being started may hold a copy of the descriptor.
    _ = flock(file, LOCK_UN)
    _ = close(file)
  }

  /// The owner that the lock of a folder names, while it is held.
  static func holder(of folder: String) -> String? {
    let file = open("\(folder)/run.lock", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    guard flock(file, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return Owner(text: text(of: file))?.sentence ?? "another trainer"
  }

  /// True while a process of that number exists on this machine.
  static func isAlive(_ process: Int32) -> Bool {
    kill(process, 0) == 0 || errno == EPERM
  }

  private static func text(of file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = pread(file, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Who holds a lock.
  private struct Owner {
    let process: Int32
    let host: String
    let started: String

    static var this: Owner {
      Owner(process: getpid(), host: RunLock.host, started: UTCTime.now.readable)
    }

    init(process: Int32, host: String, started: String) {
      self.process = process
      self.host = host
      self.started = started
    }

    init?(text: String) {
      guard let value = try? JSONValue(parsing: text), let host = value["host"]?.textValue,
        let process = value["pid"]?.integerValue.flatMap({ Int32(exactly: $0) })
      else { return nil }
      self.init(process: process, host: host, started: value["started"]?.textValue ?? "?")
    }

    var line: String {
      JSONValue.object([
        ("pid", .integer(Int(process))), ("host", .text(host)), ("started", .text(started)),
      ]).line + "\n"
    }

    var sentence: String { "process \(process) on \(host) since \(started)" }
  }
}

/// Moments in universal time, written the two ways that run folders use.
struct UTCTime {
  private let parts: tm

  static var now: UTCTime { UTCTime(seconds: time(nil)) }

  init(seconds: Int) {
    var clock = time_t(seconds)
    var broken = tm()
    gmtime_r(&clock, &broken)
    parts = broken
  }

  /// `20261120T231500Z`, for names.
  var compact: String { "\(year)\(two(month))\(two(parts.tm_mday))T\(clock(""))Z" }
  /// `2026-11-20T23:15:00Z`, for people.
  var readable: String { "\(year)-\(two(month))-\(two(parts.tm_mday))T\(clock(":"))Z" }

  private var year: Int { Int(parts.tm_year) + 1900 }
  private var month: Int32 { parts.tm_mon + 1 }

  private func clock(_ mark: String) -> String {
    [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: mark)
  }

  private func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
