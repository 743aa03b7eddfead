import Glibc
import Support
import Tensors

/// Times of candidates that take turns, so that a change of the machine's clock meets all alike.
struct Samples {
  /// Seconds of the median call of each candidate.
  let medians: [Double]
  /// Samples of each candidate.
  let rounds: Int

  /// Calls each candidate once unmeasured, then all in turns until the time is used up.
  ///
  /// - Parameters:
  ///   - threads: threads that a candidate uses.
  ///   - seconds: time for all candidates together; at least three rounds are made.
  ///   - candidates: what is to be measured.
  init(threads: Int, seconds: Double, _ candidates: [() -> Void]) {
    var times = [[Double]](repeating: [], count: candidates.count)
    for call in candidates { call() }
    // A sample lasts at least a fifth of a millisecond, far above the clock's grain.
    let repeats = candidates.map {
      max(1, Int(2e-4 / max(Stopwatch.seconds(threads: threads, $0), 1e-7)))
    }
    let start = ContinuousClock.now
    var rounds = 0
    while rounds < 3 || (ContinuousClock.now - start) / .seconds(1) < seconds {
      for (index, call) in candidates.enumerated() {
        let count = repeats[index]
        let time = Stopwatch.seconds(threads: threads) { for _ in 0..<count { call() } }
        times[index].append(time / Double(count))
      }
      rounds += 1
    }
    medians = times.map { $0.sorted()[$0.count / 2] }
    self.rounds = rounds
  }
}

/// Time of a call.
///
/// Work of one thread is timed by that thread's processor time, which other programs on a busy machine
/// do not lengthen; work that threads share is timed by the wall clock.
public enum Stopwatch {
  /// Seconds of a call that so many threads share.
  public static func seconds(threads: Int, _ call: () -> Void) -> Double {
    let clock = threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
    var start = timespec()
    var end = timespec()
    clock_gettime(clock, &start)
    call()
    clock_gettime(clock, &end)
    return Double(end.tv_sec - start.tv_sec) + 1e-9 * Double(end.tv_nsec - start.tv_nsec)
  }
}

extension AlignedFloats {
  /// Numbers between -1 and 1, the same for the same name.
  convenience init(random count: Int, _ name: String) {
    self.init(count: count)
    var stream = RandomStream(seed: 0, name: name)
    for i in 0..<count { pointer[i] = Float(stream.uniform()) * 2 - 1 }
  }
}
