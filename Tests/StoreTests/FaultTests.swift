import Foundation
import RunStore
import Synchronization
import TestSupport
import Testing

extension StoreSuite {
  @Suite struct FaultTests {
    /// A folder with one good checkpoint of the name that is then saved again, or of an older step.
    private func prepared(
      replacing: Bool
    ) throws -> (folder: TemporaryFolder, old: String, new: String) {
      let folder = try TemporaryFolder()
      let new = folder.file("step-000000000002.h5")
      let old = replacing ? new : folder.file("step-000000000001.h5")
      try Checkpoint.write(StoreFixture.contents(step: 1), to: old)
      return (folder, old, new)
    }

    /// Calls of one undisturbed save.
    private func callsOfOneSave(replacing: Bool) throws -> Int {
      let (folder, _, new) = try prepared(replacing: replacing)
      let system = FaultySystem()
      try Checkpoint.write(
        StoreFixture.contents(step: 2), to: new, files: system.files { _, _ in nil })
      withExtendedLifetime(folder) {}
      return system.count
    }

    @Test(arguments: [ENOSPC, EIO], [false, true])
    func aFailureOfAnyCallLeavesThePreviousCheckpoint(code: Int32, replacing: Bool) throws {
      let calls = try callsOfOneSave(replacing: replacing)
      #expect(calls > 20)
      for k in 0..<calls {
        let (folder, old, new) = try prepared(replacing: replacing)
        let system = FaultySystem()
        let files = system.files { number, _ in number == k ? .code(code) : nil }
        let second = StoreFixture.contents(step: 2)
        do {
          try Checkpoint.write(second, to: new, files: files)
          // The failed call was one whose failure does no harm; the save must then be whole.
          #expect(StoreFixture.isSame(try Checkpoint.read(new), second), "call \(k)")
        } catch {
          #expect(error.isTransient, "call \(k)")
          let step = try Checkpoint.read(old).step
          // The last two calls sync the folder: they alone may fail with the new file in place.
          #expect(step == 1 || replacing && k >= calls - 2, "call \(k): step \(step)")
        }
        let names = folder.names
        #expect(!names.contains { $0.contains(".tmp-") }, "call \(k): \(names)")
        #expect(StoreFixture.nothingIsOpen)
      }
    }

    @Test(arguments: [false, true])
    func interruptedAndShortCallsChangeNothing(isShort: Bool) throws {
      let (folder, _, new) = try prepared(replacing: false)
      let system = FaultySystem()
      let files = system.files { number, _ in
        isShort ? .short : number.isMultiple(of: 2) ? .code(EINTR) : nil
      }
      let contents = StoreFixture.contents(step: 2)
      try Checkpoint.write(contents, to: new, files: files)
      #expect(StoreFixture.isSame(try Checkpoint.read(new, files: files), contents))
      withExtendedLifetime(folder) {}
    }

    @Test(arguments: [false, true])
    func aProcessKilledAtAnyCallLeavesTheOldOrTheNewCheckpoint(replacing: Bool) throws {
      let calls = try callsOfOneSave(replacing: replacing)
      var outcomes = Set<Int>()
      for k in 0...calls {
        let (folder, old, new) = try prepared(replacing: replacing)
        // From call k on nothing reaches the disk, clean-up included: what a kill leaves behind.
        let files = FaultySystem().files { number, _ in number >= k ? .code(EIO) : nil }
        let second = StoreFixture.contents(step: 2)
        _ = try? Checkpoint.write(second, to: new, files: files)
        let first = StoreFixture.contents(step: 1)
        let found = (try? Checkpoint.read(new)) ?? (try? Checkpoint.read(old))
        let isOld = found.map { StoreFixture.isSame($0, first) } ?? false
        let isNew = found.map { StoreFixture.isSame($0, second) } ?? false
        #expect(isOld || isNew, "killed at call \(k)")
        outcomes.insert(isOld ? 1 : 2)
        withExtendedLifetime(folder) {}
      }
      #expect(outcomes == [1, 2])
    }

    @Test func aTornWriteIsSweptByTheNextTrainer() throws {
      let calls = try callsOfOneSave(replacing: false)
      for k in stride(from: 0, through: calls + 4, by: 3) {
        let folder = try TemporaryFolder()
        let start = Mutex(Int.max)
        let system = FaultySystem()
        let files = system.files { number, _ in
          number >= start.withLock({ $0 }) ? .code(EIO) : nil
        }
        var run: RunFolder? = try StoreFixture.run(in: folder, files: files)
        let path = try #require(run?.path)
        _ = try run?.commit(StoreFixture.contents(step: 1))
        start.withLock { $0 = system.count + k }
        _ = try? run?.commit(StoreFixture.contents(step: 2))
        run = nil
        let next = try RunFolder.open(path)
        let names = folder.names.map { ($0 as NSString).lastPathComponent }
        #expect(!names.contains { $0.contains(".tmp-") }, "killed at call \(k)")
        for name in names where name.hasSuffix(".seal") {
          #expect(names.contains(name.replacingOccurrences(of: ".seal", with: ".h5")))
        }
        #expect([1, 2].contains(try next.resume().contents.step))
      }
    }

    @Test func aFullDiskIsRefusedBeforeAnythingIsWritten() throws {
      let (folder, _, new) = try prepared(replacing: false)
      let files = FaultySystem().files { _, operation in
        operation == .freeSpace ? .free(1 << 20) : nil
      }
      let refusal = #expect(throws: StoreError.self) {
        try Checkpoint.write(StoreFixture.contents(step: 2), to: new, files: files)
      }
      guard case .noSpace(_, let needed, 1_048_576) = refusal else {
        Issue.record("got \(String(describing: refusal))")
        return
      }
      #expect(needed > 16 << 20)
      #expect(folder.names == ["step-000000000001.h5", "step-000000000001.seal"])
    }

    @Test func aFailingRecordIsCutOffAgain() throws {
      let folder = try TemporaryFolder()
      let isFull = Mutex(false)
      let files = FaultySystem().files { _, operation in
        operation == .write && isFull.withLock { $0 } ? .code(ENOSPC) : nil
      }
      let run = try StoreFixture.run(in: folder, files: files)
      try run.append(StoreFixture.step(1))
      isFull.withLock { $0 = true }
      #expect(throws: StoreError.self) { try run.append(StoreFixture.step(2)) }
      isFull.withLock { $0 = false }
      try run.append(StoreFixture.step(3))
      #expect(try StoreFixture.steps(of: RunReader(run.path)) == [1, 3])
    }
  }
}
