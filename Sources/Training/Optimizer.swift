public import Kernels
public import Support
public import Tensors

/// A rule that turns gradients into changes of the parameters.
public protocol Optimizer: CatalogKind {
  /// Peak learning rate.
  var rate: Double { get }
  /// How the rate moves over the stage's steps.
  var schedule: any Schedule { get }
  /// Largest global norm of the gradient; longer ones are shortened to it. 0 never shortens.
  var clip: Double { get }

  /// Changes the parameters and the optimizer's state by one step.
  ///
  /// - Parameters:
  ///   - parameters: changed in place.
  ///   - gradients: of the same layout.
  ///   - first: first moments, of the same layout, changed in place.
  ///   - second: second moments, of the same layout, changed in place.
  ///   - step: number of this update, from 1.
  ///   - rate: learning rate of this update.
  ///   - gradientScale: factor on every gradient, for clipping.
  ///   - pool: threads that share the work.
  func update(
    _ parameters: ParameterSet, gradients: ParameterSet, first: ParameterSet,
    second: ParameterSet, step: Int, rate: Double, gradientScale: Float, pool: ThreadPool)
}

extension Optimizer {
  /// Learning rate of a step of a stage.
  ///
  /// - Parameters:
  ///   - step: steps of the stage done before this one, from 0.
  ///   - total: steps of the stage.
  /// - Returns: the rate.
  public func rate(step: Int, total: Int) -> Double {
    rate * schedule.factor(step: step, total: total)
  }
}

/// Every optimizer a recipe may name, in the order shown to the user.
public let optimizers = Catalog<any Optimizer>("optimizer", [AdamW.self])
