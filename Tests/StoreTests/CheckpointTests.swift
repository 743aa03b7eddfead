import Foundation
import HDF5
import RunStore
import Tensors
import TestSupport
import Testing

extension StoreSuite {
  @Suite struct CheckpointTests {
    @Test(arguments: [true, false])
    func aCheckpointComesBackBitForBit(moments: Bool) throws {
      let folder = try TemporaryFolder()
      let saved = StoreFixture.contents(step: 500, moments: moments)
      let path = folder.file("step-000000000500.h5")
      let written = try Checkpoint.write(saved, to: path)
      #expect(folder.names == ["step-000000000500.h5", "step-000000000500.seal"])
      #expect(try folder.bytes("step-000000000500.h5").count == written.bytes)
      let read = try Checkpoint.read(path, expecting: StoreFixture.layout)
      #expect(StoreFixture.isSame(read, saved))
      #expect((read.moments != nil) == moments)
      #expect(read.formatVersion == CheckpointContents.currentFormat)
      #expect(try Checkpoint.read(path, moments: false).moments == nil)
      #expect(StoreFixture.nothingIsOpen)
    }

    @Test func aDescriptionTellsWhatIsInside() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("base-256.h5")
      try Checkpoint.write(StoreFixture.contents(step: 7), to: path, previous: "ab")
      let found = try Checkpoint.describe(path)
      #expect(found.step == 7 && found.stage == 1 && found.isVerified && found.hasMoments)
      #expect(found.recipeName == "tiny run" && found.previous == "ab")
      #expect(found.recipeHash == TextDigest.sha256(StoreFixture.recipe))
      #expect(found.layout == StoreFixture.layout)
      #expect(found.parameterCount == 37 * 8 + 8 + 48 + 168 + 8)
      #expect(found.bytes <= Checkpoint.forecastBytes(weights: 528, trained: 528))
    }

    @Test func replacingASealedFileKeepsItSealed() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("base.h5")
      for step in 1...3 {
        let contents = StoreFixture.contents(step: step)
        try Checkpoint.write(contents, to: path)
        #expect(StoreFixture.isSame(try Checkpoint.read(path), contents))
        #expect(folder.names == ["base.h5", "base.seal"])
      }
    }

    @Test func anotherModelIsRefusedWithBothShapes() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("step-000000000500.h5")
      try Checkpoint.write(StoreFixture.contents(step: 500), to: path)
      var wider = TensorLayout()
      for entry in StoreFixture.layout.entries {
        let isQuery = entry.name == "layers/00/attention/query"
        wider.append(entry.name, shape: isQuery ? [12, 8] : entry.shape, axes: entry.axes)
      }
      let refusal = #expect(throws: StoreError.self) {
        try Checkpoint.read(path, expecting: wider)
      }
      #expect(
        refusal?.description
          == "\(path): /parameters/layers/00/attention/query: shape [6, 8] found, [12, 8] expected. "
          + "Use the recipe it was saved with.")
      var deeper = StoreFixture.layout
      deeper.append("head", shape: [37, 8], axes: ["vocabulary", "width"])
      #expect(throws: StoreError.tensor(path: path, dataset: "/parameters/head", isMissing: true)) {
        try Checkpoint.read(path, expecting: deeper)
      }
    }

    @Test func aNewerFormatIsRefusedWithBothNumbers() throws {
      let folder = try TemporaryFolder()
      let file = try HDF5File(inMemory: "future")
      try file.setAttribute("format_version", CheckpointContents.currentFormat + 1)
      let path = try folder.write(Data(try file.image()), to: "future.h5")
      try file.close()
      try Checkpoint.seal(path)
      let refusal = #expect(throws: StoreError.self) { try Checkpoint.read(path) }
      #expect(
        refusal?.description
          == "\(path): format version 2 found, up to 1 supported. Use a newer needlepoint.")
      #expect(StoreFixture.nothingIsOpen)
    }

    @Test func aSealedFileOfOtherContentsIsRefused() throws {
      let folder = try TemporaryFolder()
      let file = try HDF5File(inMemory: "other")
      try file.setAttribute("format_version", 1)
      try file.write("/parameters/a", [Float(1)])
      let path = try folder.write(Data(try file.image()), to: "other.h5")
      try file.close()
      try Checkpoint.seal(path)
      let refusal = #expect(throws: StoreError.self) { try Checkpoint.read(path) }
      guard case .damaged(path, _) = refusal else {
        Issue.record("got \(String(describing: refusal))")
        return
      }
      #expect(StoreFixture.nothingIsOpen)
    }

    private static let hasH5py =
      (try? Command.run("python3", ["-c", "import h5py, numpy"]))?.status == 0

    @Test(.enabled(if: hasH5py))
    func h5pyReadsTheSameNumbers() throws {
      let folder = try TemporaryFolder()
      let saved = StoreFixture.contents(step: 500)
      try Checkpoint.write(saved, to: folder.file("step-000000000500.h5"))
      let script = """
        import h5py, sys
        with h5py.File(sys.argv[1]) as file:
          query = file["parameters/layers/00/attention/query"]
          moment = file["optimizer/second/layers/00/attention/query"][...]
          print(file.attrs["step"], query.dtype, query.shape, query.attrs["axes"].decode())
          print(query[...].tobytes().hex())
          print(moment.tobytes().hex())
          print(bytes(file["recipe"][...]).decode().splitlines()[0])
        """
      let result = try Command.run("python3", ["-c", script, folder.file("step-000000000500.h5")])
      #expect(result.errors == "")
      let entry = try #require(saved.parameters.layout["layers/00/attention/query"])
      func hex(_ values: AlignedFloats?) -> String {
        let start = values.map { $0.pointer + entry.offset }
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(start: start, count: entry.count))
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
      #expect(
        result.lines == [
          "500 float32 (6, 8) out,in", hex(saved.parameters.values), hex(saved.moments?.second),
          "name: tiny run",
        ])
    }
  }
}
