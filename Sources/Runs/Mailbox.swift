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

  /// Takes the first stop or abandon that waits, with all commands before it: an evaluation or the
  /// end of the run, which no other command can change, heeds these two only.
  func takeEnding() -> RunCommand? {
    condition.withLock {
      guard let index = commands.firstIndex(where: Self.isEnding) else { return nil }
      defer { commands.removeSubrange(...index) }
      return commands[index]
    }
  }

  /// True when someone asked to stop or abandon: evaluations end early.
  var isAskedToEnd: Bool {
    condition.withLock { commands.contains(where: Self.isEnding) }
  }

  private static func isEnding(_ command: RunCommand) -> Bool {
    command == .stop || command == .abandon
  }

  /// Sleeps until a command is there, at most so long when a time is given.
  func waitForCommand(seconds: Double? = nil) {
    // No date stands for "for ever": Foundation traps on a distant one here.
    let limit = seconds.map { Date(timeIntervalSinceNow: $0) }
    condition.withLock {
      while commands.isEmpty {
        guard let limit else {
          condition.wait()
          continue
        }
        guard condition.wait(until: limit) else { return }
      }
    }
  }

  /// Sleeps until the run is over.
  func waitUntilOver() {
    condition.withLock {
      while !currentState.isOver { condition.wait() }
    }
  }
}
