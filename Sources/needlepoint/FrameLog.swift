import Foundation

/// Writes when the terminal had taken each frame and how many keys it answers, for `bench screen`.
///
/// A line is `nanoseconds keys`, in the monotonic clock of the machine, so that another process can
/// compare it with the time at which it pressed a key.
struct FrameLog {
  /// The variable that names the file.
  static let variable = "NEEDLEPOINT_FRAME_LOG"

  private let file: Int32

  /// The log that the environment asks for; nil when it asks for none or it cannot be opened.
  static var fromEnvironment: FrameLog? {
    guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else {
      return nil
    }
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    return file < 0 ? nil : FrameLog(file: file)
  }

  /// Nanoseconds of the monotonic clock.
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Notes that a frame has been taken.
  func write(keys: Int) {
    let line = Array("\(Self.now) \(keys)\n".utf8)
    _ = line.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
  }

  /// The frames of a log: when each was taken and how many keys it answers; a torn last line is left
  /// out.
  static func frames(_ text: String) -> [(time: UInt64, keys: Int)] {
    guard let end = text.lastIndex(of: "\n") else { return [] }
    return text[..<end].split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2, let time = UInt64(parts[0]), let keys = Int(parts[1]) else {
        return nil
      }
      return (time, keys)
    }
  }
}
