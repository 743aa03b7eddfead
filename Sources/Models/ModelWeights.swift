import Kernels
import Support
public import Tensors

/// Everything that a model's passes read, as it is saved.
public struct ModelWeights: Sendable {
  /// All tensors; without the matrices of the blocks when these are packed.
  public var parameters: ParameterSet
  /// The matrices of the blocks in 4 bits; empty when they stand among the parameters.
  public var packed: [PackedTensor]
  /// The adapters' weights; nil without adapters.
  public var adapters: ParameterSet?

  /// Weights of these parts.
  public init(
    parameters: ParameterSet, packed: [PackedTensor] = [], adapters: ParameterSet? = nil
  ) {
    self.parameters = parameters
    self.packed = packed
    self.adapters = adapters
  }

  /// Checks that these are the tensors of a model.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - plan: its adapters; nil without.
  ///   - place: where they come from, for the error.
  /// - Throws: `UserError` when tensors are missing, or others, or of other shapes.
  public func check(_ shape: LlamaShape, _ plan: AdapterPlan?, place: String) throws {
    let isPacked = plan?.isPacked ?? false
    let wanted = isPacked ? shape.unpackedLayout : shape.parameterLayout
    let matrices = isPacked ? shape.parameterLayout.entries.filter(\.isBlockMatrix) : []
    let areMatricesRight =
      matrices.map(\.name) == packed.map(\.name) && matrices.map(\.shape) == packed.map(\.shape)
      && packed.allSatisfy {
        $0.element == NormalFloat.element && $0.bytes.count == NormalFloat.byteCount($0.count)
      }
    guard parameters.layout == wanted, areMatricesRight,
      adapters?.layout == plan.map(shape.adapterLayout)
    else {
      throw UserError(
        place,
        "the tensors are not those of the model it describes, "
          + "\(parameters.layout.entries.count) of \(parameters.layout.count) floats found, "
          + "\(wanted.entries.count) of \(wanted.count) expected",
        remedy: "Use another checkpoint, or the recipe it was saved with.")
    }
  }
}

extension Transformer {
  /// What the passes read now; the memory is the model's own.
  public var weights: ModelWeights {
    ModelWeights(
      parameters: parameters, packed: packed?.tensors ?? [], adapters: adapters?.parameters)
  }

  /// The plan of the adapters; nil without.
  public var adapterPlan: AdapterPlan? { adapters?.plan }

  /// The tensors that a training changes: the adapters' when there are any, else all.
  public var trained: ParameterSet { adapters?.parameters ?? parameters }

  /// Takes over weights, whose memory becomes the model's own.
  ///
  /// - Parameters:
  ///   - weights: of this model's shape.
  ///   - plan: of their adapters; nil without.
  ///   - place: where they come from, for the error.
  /// - Throws: `UserError` when they are not of this shape and plan; then nothing is changed.
  public func adopt(_ weights: ModelWeights, _ plan: AdapterPlan?, place: String) throws {
    try weights.check(shape, plan, place: place)
    set(
      weights.parameters,
      packed: weights.packed.isEmpty ? nil : PackedMatrices(weights.packed, shape: shape),
      adapters: weights.adapters.flatMap { set in
        plan.map { Adapters($0, set, of: shape.parameterLayout) }
      })
  }

  /// Freezes the weights and adds fresh adapters, which change nothing until they are trained.
  ///
  /// - Parameters:
  ///   - plan: what is trained; when it packs, the weights lose what 4 bits cannot hold.
  ///   - seed: decides the adapters' first weights.
  public func attach(_ plan: AdapterPlan, seed: UInt64) {
    precondition(adapters == nil, "a model has one set of adapters")
    let fresh = Adapters(
      plan, ParameterSet(layout: shape.adapterLayout(plan)), of: shape.parameterLayout)
    fresh.initialize(seed: seed, from: parameters)
    guard plan.isPacked else { return set(parameters, packed: nil, adapters: fresh) }
    let matrices = PackedMatrices(PackedMatrices.pack(parameters), shape: shape)
    let others = ParameterSet(layout: shape.unpackedLayout)
    for entry in others.layout.entries {
      guard let from = parameters[entry.name]?.baseAddress else { continue }
      others.view(entry).baseAddress?.update(from: from, count: entry.count)
    }
    set(others, packed: matrices, adapters: fresh)
  }

  /// Adds the adapters to the weights and lets go of them.
  ///
  /// - Parameter original: the weights before they were packed; needed when they are.
  public func mergeAdapters(into original: ParameterSet? = nil) {
    guard let adapters else { return }
    precondition(packed == nil || original != nil, "packed weights are not merged into")
    let whole = original ?? parameters
    adapters.plan.merge(adapters.parameters, into: whole, pool: pool)
    set(whole, packed: nil, adapters: nil)
  }
}
