import Foundation
import Logging

/// Talk for people goes to stderr, so that stdout carries results only.
enum Talk {
  /// Notices of the program and of runs; `--quiet` silences all but errors.
  static let log = Logger(label: "needlepoint") { _ in TalkHandler() }

  /// Writes one line to stderr, whatever the level.
  ///
  /// Where nobody listens any more, as behind a terminal that hung up, the line is lost and no more.
  static func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }
}

/// A log handler for people: `warning: text`, on stderr, without time stamps.
struct TalkHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    Talk.say("\(event.level): \(PlainOutput.visible(event.message.description))")
  }
}
