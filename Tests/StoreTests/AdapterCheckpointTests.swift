import RunStore
import Tensors
import TestSupport
import Testing

extension StoreSuite {
  /// Checkpoints of adapters, beside weights in float32 and in 4 bits.
  @Suite struct AdapterCheckpointTests {
    private static func contents(packed: Bool) -> CheckpointContents {
      var contents = StoreFixture.contents(step: 7, moments: false)
      var layout = TensorLayout()
      layout.append("layers/00/attention/query/lora_a", shape: [2, 5], axes: ["rank", "in"])
      layout.append("layers/00/attention/query/lora_b", shape: [3, 2], axes: ["out", "rank"])
      func filled(_ start: Float) -> ParameterSet {
        let set = ParameterSet(layout: layout)
        for entry in layout.entries {
          let view = set.view(entry)
          for index in view.indices { view[index] = start + Float(index) / 7 }
        }
        return set
      }
      contents.adapters = filled(1)
      contents.moments = (filled(2).values, filled(3).values)
      if packed {
        contents.packed = ["layers/00/x", "layers/01/x"].map { name in
          PackedTensor(
            name: name, shape: [3, 5], axes: ["out", "in"], element: "nf4",
            bytes: (0..<17).map { UInt8($0 * 15) })
        }
      }
      return contents
    }

    @Test(arguments: [false, true])
    func adaptersPackedWeightsAndMomentsComeBackBitForBit(packed: Bool) throws {
      let folder = try TemporaryFolder()
      let path = folder.file("step-7.h5")
      let saved = Self.contents(packed: packed)
      try Checkpoint.write(saved, to: path)
      let read = try Checkpoint.read(path)
      #expect(StoreFixture.isSame(read, saved))
      #expect(read.packed == saved.packed)
      #expect(read.adapters?.layout == saved.adapters?.layout)
      #expect(
        StoreFixture.bits(read.adapters?.values) == StoreFixture.bits(saved.adapters?.values))
      let found = try Checkpoint.describe(path)
      #expect(found.adapterCount == 16 && found.hasMoments && found.isVerified)
      #expect(found.parameterCount == 528 + (packed ? 30 : 0))
      #expect(
        found.bytes
          <= Checkpoint.forecastBytes(
            weights: 528, trained: 16, adapters: 16, packed: packed ? 34 : 0))
    }
  }
}
