import Foundation
import RunStore
import Support
import Tensors
import TestSupport
import Testing

extension StoreSuite {
  @Suite struct DamageTests {
    /// Two checkpoints in a run; the bytes of the newer one's files are then damaged.
    private func run() throws -> (folder: TemporaryFolder, path: String) {
      let folder = try TemporaryFolder()
      let run = try StoreFixture.run(in: folder)
      for step in [1, 2] { _ = try run.commit(StoreFixture.contents(step: step)) }
      return (folder, run.path)
    }

    /// The damaged file is refused before use and the older checkpoint is read in its place.
    private func expectFallback(_ path: String, _ what: String) throws {
      let found = try RunReader(path).newestCheckpoint(moments: true)
      #expect(found.contents.step == 1, "\(what)")
      #expect(found.notices.count == 1, "\(what)")
    }

    @Test(arguments: ["h5", "seal"])
    func everyBitFlipIsDetected(ending: String) throws {
      let (folder, path) = try run()
      let name = "\(path)/step-000000000002.\(ending)"
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: name)))
      var random = RandomStream(seed: 7, name: "flips")
      var misses = 0
      for _ in 0..<300 {
        let bit = random.below(whole.count * 8)
        var bytes = whole
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        try Data(bytes).write(to: URL(fileURLWithPath: name))
        let found = try RunReader(path).newestCheckpoint(moments: true)
        if found.contents.step != 1 || found.notices.count != 1 { misses += 1 }
      }
      #expect(misses == 0, "of 300 flips, seed 7")
      try Data(whole).write(to: URL(fileURLWithPath: name))
      #expect(try RunReader(path).newestCheckpoint().contents.step == 2)
      #expect(StoreFixture.nothingIsOpen)
      withExtendedLifetime(folder) {}
    }

    @Test func everyTruncationIsDetected() throws {
      let (folder, path) = try run()
      let name = "\(path)/step-000000000002.h5"
      let whole = try Data(contentsOf: URL(fileURLWithPath: name))
      var random = RandomStream(seed: 8, name: "truncations")
      for length in [0, 1, whole.count - 1] + (0..<97).map({ _ in random.below(whole.count) }) {
        try whole.prefix(length).write(to: URL(fileURLWithPath: name))
        try expectFallback(path, "\(length) bytes")
      }
      try (whole + Data([0])).write(to: URL(fileURLWithPath: name))
      try expectFallback(path, "one byte more")
      #expect(StoreFixture.nothingIsOpen)
      withExtendedLifetime(folder) {}
    }

    @Test func damageUnderAFreshSealIsFoundByTheDatasetDigests() throws {
      let (folder, path) = try run()
      let name = "\(path)/step-000000000002.h5"
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: name)))
      let saved = StoreFixture.contents(step: 2)
      let entry = saved.parameters.layout.entries[2]
      let needle = Array(UnsafeRawBufferPointer(UnsafeBufferPointer(saved.parameters.view(entry))))
      let place = try #require(
        (0..<bytes.count - needle.count).first { Array(bytes[$0..<$0 + needle.count]) == needle })
      bytes[place + 5] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: name))
      try Checkpoint.seal(name)
      try expectFallback(path, "digest of a dataset")
      #expect(StoreFixture.nothingIsOpen)
      withExtendedLifetime(folder) {}
    }

    @Test func aMissingSealOrFileFallsBack() throws {
      let (folder, path) = try run()
      try FileManager.default.removeItem(atPath: "\(path)/step-000000000002.seal")
      try expectFallback(path, "no seal")
      try FileManager.default.removeItem(atPath: "\(path)/step-000000000002.h5")
      #expect(try RunReader(path).newestCheckpoint().contents.step == 1)
      withExtendedLifetime(folder) {}
    }

    @Test func withoutAnyValidCheckpointAllReasonsAreGiven() throws {
      let (folder, path) = try run()
      for step in [1, 2] {
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/step-00000000000\(step).h5"))
      }
      let refusal = #expect(throws: StoreError.self) { try RunReader(path).newestCheckpoint() }
      guard case .noCheckpoint(path, let reasons) = refusal else {
        Issue.record("got \(String(describing: refusal))")
        return
      }
      #expect(reasons.count == 2 && reasons[0].contains("step-000000000002.h5: damaged, 1 bytes"))
      withExtendedLifetime(folder) {}
    }
  }
}
