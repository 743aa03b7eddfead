import Support
public import Tensors

extension ParameterSet {
  /// Changes these weights to (1 - weight) * own + weight * other.
  ///
  /// - Parameters:
  ///   - other: weights of the same layout.
  ///   - weight: share of the other weights, 0 to 1.
  ///   - name: what the other weights are called, for the error.
  /// - Throws: `UserError` when the layouts differ; then nothing was changed.
  /// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.3.
  public func mix(with other: ParameterSet, weight: Double, name: String) throws {
    guard other.layout == layout else {
      throw Self.otherShape(name)
    }
    for index in 0..<values.count {
      let mixed =
        (1 - weight) * Double(values.pointer[index]) + weight * Double(other.values.pointer[index])
      values.pointer[index] = Float(mixed)
    }
  }

  /// The fault of weights that belong to another model.
  static func otherShape(_ name: String) -> UserError {
    UserError(
      name, "its tensors have other names or shapes than this model's",
      remedy: "Merge models of one shape.")
  }
}
