import Glibc
import Kernels
import Testing

@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyBlockRunsOnce(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    #expect(pool.threads == threads)
    for count in [0, 1, 2, 7, 1000] {
      let hits = UnsafeMutablePointer<Int>.allocate(capacity: count + 1)
      hits.initialize(repeating: 0, count: count + 1)
      for _ in 0..<200 { pool.run(count) { hits[$0] += 1 } }
      #expect((0..<count).allSatisfy { hits[$0] == 200 })
      #expect(hits[count] == 0)
      hits.deallocate()
    }
  }

  @Test func workersWakeAfterASleep() {
    let pool = ThreadPool(threads: 2)
    let sums = UnsafeMutablePointer<Int>.allocate(capacity: 4)
    defer { sums.deallocate() }
    sums.initialize(repeating: 0, count: 4)
    for _ in 0..<20 {
      usleep(500)
      pool.run(4) { sums[$0] += $0 }
    }
    #expect((0..<4).map { sums[$0] } == [0, 20, 40, 60])
  }

  @Test func aRunInsideARunDoesNotDeadlock() {
    let pool = ThreadPool(threads: 2)
    let sums = UnsafeMutablePointer<Int>.allocate(capacity: 4)
    defer { sums.deallocate() }
    sums.initialize(repeating: 0, count: 4)
    pool.run(4) { block in pool.run(5) { sums[block] += $0 } }
    #expect((0..<4).map { sums[$0] } == [10, 10, 10, 10])
  }

  @Test func workersBlockSignals() {
    let pool = ThreadPool(threads: 2)
    let caller = pthread_self()
    let blocked = UnsafeMutablePointer<Int32>.allocate(capacity: 64)
    defer { blocked.deallocate() }
    blocked.initialize(repeating: 1, count: 64)
    pool.run(64) { block in
      usleep(100)
      guard pthread_equal(pthread_self(), caller) == 0 else { return }
      var set = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &set)
      blocked[block] = sigismember(&set, SIGINT) & sigismember(&set, SIGTERM)
    }
    #expect((0..<64).allSatisfy { blocked[$0] == 1 })
  }
}
