import Foundation
import Kernels
import Recipes
import RunStore
import Support

extension RunManifest {
  /// The manifest of a run that starts now, on this machine and with this program.
  static func current(
    _ prepared: PreparedRun, document: String, threads: Int
  ) -> RunManifest {
    var manifest = RunManifest(
      experiment: prepared.recipe.name, program: ProgramVersion.text,
      commit: ProgramVersion.commit, toolchain: ProgramVersion.toolchain,
      libraries: [("matrix products", Matmul.backendDescription)],
      processor: Machine.processorName, instructionSet: InstructionSet.selected.rawValue,
      threads: threads, seed: prepared.recipe.seed, recipeHash: TextDigest.sha256(document))
    // A run folder as base names no file, and newer checkpoints may come after this one.
    manifest.base = prepared.base.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    return manifest
  }
}
