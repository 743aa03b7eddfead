import Foundation
import Records

/// What the engine's thread and everyone else exchange: commands in, records and the state out.
///
/// Each access is a lock held for a few pointer moves; nobody waits for anybody's work.
final class Mailbox: @unchecked Sendable {
  // Sendable: every stored property is touched under `condition` only.
  private let condition = NSCondition()
  private var commands: [RunCommand] = []
  private var records: [RunRecord] = []
  private var currentState = RunState.preparing
  private var wake: (@Sendable () -> Void)?

  var state: RunState {
    get { condition.withLock { currentState } }
    set {
      let wake = condition.withLock {
        currentState = newValue
        condition.broadcast()
        return self.wake
      }
      wake?()
    }
  }

  func onNews(_ wake: @escaping @Sendable () -> Void) {
    condition.withLock { self.wake = wake }
  }

  func send(_ command: RunCommand) {
    condition.withLock {
      commands.append(command)
      condition.broadcast()
    }
  }

  func post(_ record: RunRecord) {
    let wake = condition.withLock {
      records.append(record)
      return self.wake
    }
    wake?()
  }

  func drain() -> [RunRecord] {
    condition.withLock {
      defer { records.removeAll() }
      return records
    }
  }

  /// The oldest command, if there is one.
  func nextCommand() -> RunCommand? {
    condition.withLock { commands.isEmpty ? nil : commands.removeFirst() }
  }

  /// True when someone asked to stop or abandon: evaluations end early.
  var isAskedToStop: Bool {
    condition.withLock { commands.contains { $0 == .stop || $0 == .abandon } }
  }

  /// Sleeps until a command is there.
  func waitForCommand() {
    condition.withLock {
      while commands.isEmpty { condition.wait() }
    }
  }

  /// Sleeps until the run is over.
  func waitUntilOver() {
    condition.withLock {
      while !currentState.isOver { condition.wait() }
    }
  }
}
