import Foundation

/// Whether this person opens the workbench for the first time on this machine.
enum FirstStart {
  /// True once, as a file in the person's state folder remembers; false where that cannot be written.
  ///
  /// The file is `needlepoint/tour-shown` in XDG_STATE_HOME, else in `~/.local/state`.
  static func isNow() -> Bool {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"].map { $0 + "/.local/state" }
    let state = environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    guard let base = state ?? home else { return false }
    let folder = base + "/needlepoint"
    let mark = folder + "/tour-shown"
    guard !FileManager.default.fileExists(atPath: mark) else { return false }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: mark))
      return true
    } catch {
      return false
    }
  }
}
