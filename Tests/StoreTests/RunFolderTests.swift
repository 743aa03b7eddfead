import Foundation
import Records
import RunStore
import Synchronization
import TestSupport
import Testing

extension StoreSuite {
  @Suite struct RunFolderTests {
    private func append(_ text: String, to path: String) throws {
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(text.utf8))
      try handle.close()
    }

    @Test func aRunFolderHoldsWhatItPromises() throws {
      let folder = try TemporaryFolder()
      let run = try StoreFixture.run(in: folder)
      let name = (run.path as NSString).lastPathComponent
      let hash = TextDigest.sha256(StoreFixture.recipe).prefix(8)
      #expect(name.wholeMatch(of: /tiny-run-\d{8}T\d{6}Z-[0-9a-f]{8}/) != nil)
      #expect(name.hasSuffix("-\(hash)"))
      try run.append(StoreFixture.step(1))
      let committed = try run.commit(StoreFixture.contents(step: 1))
      #expect(committed.notices == [])
      #expect(committed.record.path == "\(run.path)/step-000000000001.h5")
      let reader = try RunReader(run.path)
      #expect(reader.done == nil)
      let done = DoneRecord(
        status: "done", path: committed.record.path, seconds: 1, tokens: 100, flops: 5,
        final: [NamedNumber("loss", 5)])
      try run.finish(done)
      #expect(reader.done == done)
      #expect(try reader.recipe() == StoreFixture.recipe)
      var manifest = try reader.manifest()
      #expect(manifest.started.hasSuffix("Z"))
      manifest.started = ""
      #expect(manifest == StoreFixture.manifest)
      #expect(
        try reader.records() == [StoreFixture.step(1), .checkpoint(committed.record), .done(done)])
      let names = folder.names.map { ($0 as NSString).lastPathComponent }
      #expect(
        names == [
          "DONE", "manifest.json", "recipe.yaml", "records.jsonl", "run.h5", "run.lock",
          "step-000000000001.h5", "step-000000000001.seal",
        ])
      #expect(throws: StoreError.notARun(path: folder.path, missing: "manifest.json")) {
        try RunReader(folder.path)
      }
    }

    @Test func aResumedRunHasNoRecordTwice() throws {
      let folder = try TemporaryFolder()
      var run: RunFolder? = try StoreFixture.run(in: folder)
      let path = try #require(run?.path)
      for step in 1...7 {
        try run?.append(StoreFixture.step(step))
        if step == 5 { _ = try run?.commit(StoreFixture.contents(step: 5)) }
      }
      run = nil
      try append("{\"event\":\"step\",\"step\":8,\"lo", to: "\(path)/records.jsonl")
      #expect(try StoreFixture.steps(of: RunReader(path)) == Array(1...7))
      let next = try RunFolder.open(path)
      let resumed = try next.resume(expecting: StoreFixture.layout)
      #expect(StoreFixture.isSame(resumed.contents, StoreFixture.contents(step: 5)))
      #expect(resumed.notices == [])
      for step in 6...9 { try next.append(StoreFixture.step(step)) }
      let reader = try RunReader(path)
      #expect(try StoreFixture.steps(of: reader) == Array(1...9))
      let checkpoints = try reader.records().count { record in
        if case .checkpoint = record { true } else { false }
      }
      #expect(checkpoints == 1)
      _ = try next.commit(StoreFixture.contents(step: 9))
      let newest = try Checkpoint.describe("\(path)/step-000000000009.h5")
      #expect(newest.previous == (try Checkpoint.describe("\(path)/step-000000000005.h5")).sha256)
    }

    @Test func aRunThatDiedEarlyBeginsAgain() throws {
      let folder = try TemporaryFolder()
      let run = try StoreFixture.run(in: folder)
      try run.append(StoreFixture.step(1))
      #expect(throws: StoreError.noCheckpoint(folder: run.path, reasons: [])) { try run.resume() }
      try run.restart()
      #expect(try RunReader(run.path).records() == [])
      withExtendedLifetime(folder) {}
    }

    @Test(arguments: [(1, [5, 4]), (2, [5, 4]), (3, [5, 4, 3])])
    func pruningKeepsTheNewest(keep: Int, steps: [Int]) throws {
      let folder = try TemporaryFolder()
      let run = try StoreFixture.run(in: folder)
      for step in 1...5 { _ = try run.commit(StoreFixture.contents(step: step), keep: keep) }
      let reader = try RunReader(run.path)
      #expect(reader.checkpointPaths == steps.map { "\(run.path)/step-00000000000\($0).h5" })
      #expect(folder.names.count { $0.hasSuffix(".seal") } == steps.count)
    }

    @Test func pruningCountsNoBrokenFileOfALaterStep() throws {
      let folder = try TemporaryFolder()
      let run = try StoreFixture.run(in: folder)
      for step in [1, 2, 9] { _ = try run.commit(StoreFixture.contents(step: step), keep: 9) }
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(run.path)/step-000000000009.h5"))
      #expect(try run.resume().contents.step == 2)
      _ = try run.commit(StoreFixture.contents(step: 3))
      #expect(try RunReader(run.path).newestCheckpoint().contents.step == 3)
      #expect(try Checkpoint.read("\(run.path)/step-000000000002.h5").step == 2)
      withExtendedLifetime(folder) {}
    }

    @Test func ofManyTrainersOnOneFolderExactlyOneRuns() throws {
      let folder = try TemporaryFolder()
      var run: RunFolder? = try StoreFixture.run(in: folder)
      let path = try #require(run?.path)
      #expect(try RunReader(path).writer?.hasPrefix("process \(getpid()) on ") == true)
      let refusal = #expect(throws: StoreError.self) { try RunFolder.open(path) }
      #expect(refusal?.description.contains("already in use by process \(getpid()) on ") == true)
      run = nil
      #expect(try RunReader(path).writer == nil)
      for _ in 0..<100 {
        let winners = Mutex<[RunFolder]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
          if let folder = try? RunFolder.open(path) { winners.withLock { $0.append(folder) } }
        }
        #expect(winners.withLock { $0.count } == 1)
      }
    }

    @Test func theLockOfADeadTrainerIsTakenWithAMessage() throws {
      let folder = try TemporaryFolder()
      var run: RunFolder? = try StoreFixture.run(in: folder)
      let path = try #require(run?.path)
      let text = try String(contentsOfFile: "\(path)/run.lock", encoding: .utf8)
      run = nil
      #expect(try String(contentsOfFile: "\(path)/run.lock", encoding: .utf8) == "")
      // A process that surely is gone: one that has just ended.
      let shell = try Command.run("sh", ["-c", "echo $$"])
      let dead = try #require(shell.lines.first)
      let left = text.replacingOccurrences(of: "\"pid\":\(getpid())", with: "\"pid\":\(dead)")
      try left.write(toFile: "\(path)/run.lock", atomically: false, encoding: .utf8)
      let next = try RunFolder.open(path)
      #expect(next.notices.count == 1)
      #expect(next.notices.first?.contains("took over the run of process \(dead) on ") == true)
    }

    @Test func theLockOfAnotherMachineIsOnlyStolenOnRequest() throws {
      let folder = try TemporaryFolder()
      var run: RunFolder? = try StoreFixture.run(in: folder)
      let path = try #require(run?.path)
      run = nil
      let left = "{\"pid\":1,\"host\":\"elsewhere\",\"started\":\"2026-01-01T00:00:00Z\"}\n"
      try left.write(toFile: "\(path)/run.lock", atomically: false, encoding: .utf8)
      let refusal = #expect(throws: StoreError.self) { try RunFolder.open(path) }
      let owner = "process 1 on elsewhere since 2026-01-01T00:00:00Z"
      #expect(refusal == StoreError.locked(folder: path, owner: owner))
      _ = try RunFolder.open(path, steal: true)
    }

    private static let hasH5py =
      (try? Command.run("python3", ["-c", "import h5py, numpy"]))?.status == 0

    @Test(.enabled(if: hasH5py))
    func h5pyReadsTheSeries() throws {
      let folder = try TemporaryFolder()
      let run = try StoreFixture.run(in: folder)
      for step in 1...3 { try run.append(StoreFixture.step(step)) }
      for task in ["keyed", "single", "keyed"] {
        try run.append(
          .needle(
            NeedleRecord(
              step: 3, task: task, length: 256, depth: 0.5, correct: 1, trials: 4, score: 0.25,
              low: 0.1, high: 0.6)))
      }
      _ = try run.commit(StoreFixture.contents(step: 3))
      let script = """
        import h5py, sys
        with h5py.File(sys.argv[1]) as file:
          print(file["step/loss"][...].tolist(), file["step/step"][...].tolist())
          print(file["needle"].attrs["tasks"].decode(), file["needle/task"][...].tolist())
          print(file["needle/depth"][0], file["evaluation/value"].shape)
        """
      let result = try Command.run("python3", ["-c", script, "\(run.path)/run.h5"])
      #expect(result.errors == "")
      #expect(
        result.lines == [
          "[5.0, 2.5, 1.6666666666666667] [1, 2, 3]", "keyed,single [0, 1, 0]", "0.5 (0,)",
        ])
    }
  }
}
