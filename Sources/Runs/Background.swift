import Foundation
import Kernels

/// Threads that let others go first, so that a screen stays quick while every core trains.
enum Background {
  /// What is added to the nice value.
  private static let niceness: Int32 = 5

  /// Lowers the priority of the calling thread; threads that it makes inherit that.
  static func lowerPriority() {
    #if os(Linux)
      // On Linux a nice value belongs to a thread, and 0 means the calling one.
      let thisThread = __priority_which_t(PRIO_PROCESS.rawValue)
      let own = getpriority(thisThread, 0)
      _ = setpriority(thisThread, 0, min(19, own + niceness))
    #endif
  }

  /// A pool whose workers have a lowered priority.
  static func pool(threads: Int) -> ThreadPool {
    let made = Box()
    let done = DispatchSemaphore(value: 0)
    let maker = Thread {
      lowerPriority()
      made.pool = ThreadPool(threads: threads)
      done.signal()
    }
    maker.start()
    done.wait()
    return made.pool ?? ThreadPool(threads: threads)
  }

  private final class Box: @unchecked Sendable {
    // Sendable: written before the semaphore is signalled, read after.
    var pool: ThreadPool?
  }
}
