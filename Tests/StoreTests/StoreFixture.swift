import Foundation
import HDF5
import Records
import RunStore
import Support
import Synchronization
import Tensors
import TestSupport

/// Small checkpoints and run folders to break.
enum StoreFixture {
  /// Shapes with odd sizes, so that padding and partial chunks are met.
  static var layout: TensorLayout {
    var layout = TensorLayout()
    layout.append("embedding", shape: [37, 8], axes: ["vocabulary", "width"])
    layout.append("layers/00/attention_norm", shape: [8], axes: ["width"])
    layout.append("layers/00/attention/query", shape: [6, 8], axes: ["out", "in"])
    layout.append("layers/01/feed_forward/down", shape: [8, 21], axes: ["out", "in"])
    layout.append("final_norm", shape: [8], axes: ["width"])
    return layout
  }

  static func contents(
    step: Int, layout: TensorLayout = Self.layout, moments: Bool = true
  ) -> CheckpointContents {
    var random = RandomStream(seed: UInt64(step), name: "store")
    func filled() -> ParameterSet {
      let set = ParameterSet(layout: layout)
      for entry in layout.entries {
        for index in 0..<entry.count { set.view(entry)[index] = Float(random.normal()) }
      }
      return set
    }
    let parameters = filled()
    // Values whose bits are easily lost: negative zero, a denormal, infinity, a signalling payload.
    let odd: [Float] = [-0.0, .leastNonzeroMagnitude, .infinity, Float(bitPattern: 0x7FC1_2345)]
    for (index, value) in odd.enumerated() { parameters.values.pointer[index] = value }
    return CheckpointContents(
      step: step, stage: 1, modelShape: "{\"width\":8}", tokenizer: "{\"name\":\"world\"}",
      recipe: "name: tiny run\nseed: 1\n", state: "{\"step\":\(step),\"text\":\"\u{e4}\"}",
      parameters: parameters,
      moments: moments ? (filled().values, filled().values) : nil)
  }

  static func bits(_ values: AlignedFloats?) -> [UInt32] {
    values.map { $0.buffer.map(\.bitPattern) } ?? []
  }

  static func isSame(_ first: CheckpointContents, _ second: CheckpointContents) -> Bool {
    first.step == second.step && first.stage == second.stage
      && first.modelShape == second.modelShape && first.tokenizer == second.tokenizer
      && first.recipe == second.recipe && first.state == second.state
      && first.parameters.layout == second.parameters.layout
      && bits(first.parameters.values) == bits(second.parameters.values)
      && bits(first.moments?.first) == bits(second.moments?.first)
      && bits(first.moments?.second) == bits(second.moments?.second)
  }

  /// True when every handle of libhdf5 is closed; tests of other modules, which run beside these in
  /// one process, hold theirs for moments only, so it waits a little.
  static var nothingIsOpen: Bool {
    for _ in 0..<500 {
      if HDF5Library.openObjects == 0 { return true }
      usleep(10_000)
    }
    return false
  }

  static let recipe = "name: tiny run\nseed: 1\n"

  static var manifest: RunManifest {
    var manifest = RunManifest(
      experiment: "tiny run", program: "needlepoint test", commit: nil, toolchain: "swift",
      libraries: [("hdf5", "1.10")], processor: "any", instructionSet: "portable", threads: 1,
      seed: 1, recipeHash: TextDigest.sha256(recipe))
    manifest.base = "/models/base.h5"
    return manifest
  }

  static func run(in folder: TemporaryFolder, files: FileSystem = .real) throws -> RunFolder {
    try RunFolder.create(
      in: folder.file("runs"), recipe: recipe, manifest: manifest, files: files)
  }

  static func step(_ step: Int) -> RunRecord {
    .step(
      StepRecord(
        step: step, stage: 0, loss: 5 / Double(step), learningRate: 1e-3, gradientNorm: 1,
        tokens: step * 100, tokensPerSecond: 1000, seconds: Double(step) / 10, lossBySource: []))
  }

  /// Steps of the step records of a run.
  static func steps(of reader: RunReader) throws -> [Int] {
    try reader.records().compactMap { if case .step(let step) = $0 { step.step } else { nil } }
  }
}

/// Counts the calls of the store and makes chosen ones fail.
final class FaultySystem: Sendable {
  private let calls = Mutex(0)

  /// Calls so far.
  var count: Int { calls.withLock { $0 } }

  /// A file system in small pieces whose calls pass `decide` with their number, from 0.
  func files(
    _ decide: @escaping @Sendable (Int, FileOperation) -> FileFault?
  ) -> FileSystem {
    FileSystem(piece: 16384) { operation, _ in
      let number = self.calls.withLock { count in
        count += 1
        return count - 1
      }
      return decide(number, operation)
    }
  }
}
