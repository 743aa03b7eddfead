import Foundation
import Records
import RunStore
import Support

/// A run that another process trains: its events come from the run folder, commands and the state go
/// through its control socket.
final class AttachedRun: RunControl, @unchecked Sendable {
  // Sendable: the lock guards everything that changes after `init`; the connection belongs to the
  // thread.

  /// The run's folder.
  let folder: String
  private let reader: RunReader
  private let connection: ControlConnection
  private let lock = NSCondition()
  private var commands: [RunCommand] = []
  private var records: [RunRecord] = []
  private var present: RunState
  private var wake: (@Sendable () -> Void)?
  private var isLeft = false

  /// Attaches to the trainer of a run folder.
  ///
  /// - Throws: `StoreError` when it is no run, `UserError` when nobody trains it.
  init(_ folder: String) throws {
    self.folder = folder
    (reader, connection) = try Self.knock(folder)
    guard let state = connection.ask("{}").flatMap(RunState.init(jsonLine:)) else {
      throw UserError(
        folder, "its trainer does not answer", remedy: "Try again in a moment.", kind: .work)
    }
    present = state
    let thread = Thread { [self] in follow() }
    thread.name = "attached"
    thread.start()
  }

  /// The run folder and the door of its trainer.
  ///
  /// - Throws: as `init`.
  static func knock(
    _ folder: String
  ) throws -> (reader: RunReader, connection: ControlConnection) {
    let reader = try RunReader(folder)
    guard reader.writer != nil else {
      throw UserError(
        folder, "nobody trains it, it is \(reader.status)",
        remedy: "needlepoint resume goes on with a stopped run; the workbench opens old ones.")
    }
    return (reader, try ControlConnection(folder: folder))
  }

  func send(_ command: RunCommand) {
    lock.withLock {
      commands.append(command)
      lock.signal()
    }
  }

  func drain() -> [RunRecord] {
    lock.withLock {
      defer { records = [] }
      return records
    }
  }

  var state: RunState { lock.withLock { present } }

  func onNews(_ wake: @escaping @Sendable () -> Void) { lock.withLock { self.wake = wake } }

  /// Ends the thread; the run goes on.
  func leave() {
    lock.withLock {
      isLeft = true
      lock.signal()
    }
  }

  /// Reads what was added and asks for the state, ten times a second.
  private func follow() {
    var offset = 0
    var done: DoneRecord?
    while true {
      let (asked, isLeft) = lock.withLock {
        defer { commands = [] }
        return (commands, self.isLeft)
      }
      if isLeft { return }
      var state: RunState?
      for line in asked.map(\.jsonLine) + ["{}"] {
        state = connection.ask(line).flatMap(RunState.init(jsonLine:))
      }
      let more = (try? reader.records(from: offset)) ?? (records: [], end: offset)
      offset = more.end
      for record in more.records {
        if case .done(let record) = record { done = record }
        if case .step = record { done = nil }
      }
      let now = state ?? ending(done)
      let wake = lock.withLock { () -> (@Sendable () -> Void)? in
        let isNews = !more.records.isEmpty || now != present
        records += more.records
        present = now
        return isNews ? self.wake : nil
      }
      wake?()
      if now.isOver { return }
      lock.withLock {
        if commands.isEmpty { _ = lock.wait(until: Date(timeIntervalSinceNow: 0.1)) }
      }
    }
  }

  /// How a run ended whose trainer answers no more.
  private func ending(_ done: DoneRecord?) -> RunState {
    switch done?.status {
    case "done": .finished
    case "stopped": .stopped
    case "failed": .failed("the run failed; its events tell why")
    default: .failed("its trainer is gone. Go on with: needlepoint resume \(folder)")
    }
  }
}
