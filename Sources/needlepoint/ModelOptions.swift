public import ArgumentParser
public import Kernels
import Models
import Runs

/// Options of commands that read with a model.
struct ModelOptions: ParsableArguments {
  @Option(help: "Operands of the matrix products, float32 or bfloat16.")
  var precision: MatmulPrecision = .float32

  /// The model of the command line, set to the precision asked for.
  ///
  /// - Throws: `UserError` or `StoreError` when it cannot be loaded.
  func load(_ path: String, _ shared: SharedOptions) throws -> LoadedModel {
    let loaded = try LoadedModel(path, pool: shared.makePool()) { shared.say($0) }
    loaded.transformer.precision = precision.usable { shared.say($0) }
    return loaded
  }
}

extension MatmulPrecision: ExpressibleByArgument {}
