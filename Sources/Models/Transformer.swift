// A Llama-style decoder with hand-written forward and backward passes.
//
// All B * T tokens go through every linear map as one matrix product; attention runs row by row inside
// document borders. Activations live in one arena that grows to the largest batch seen. Logits exist
// for one chunk of tokens at a time, never for all. Same values, same thread count: same bits.

public import Kernels
import Support
public import Tensors

/// A Llama-style decoder: its parameters, their gradients, and the passes over them.
///
/// Blocks of RMSNorm, grouped-query attention with half-split rotary positions, RMSNorm and SwiGLU,
/// each part added to the residual stream, then a last norm and the output matrix. Query, key and value
/// may have biases, and query and key heads norms; see `LlamaShape`.
///
/// - Note: one caller at a time; the passes share the arena and the gradients.
/// - SeeAlso: Touvron et al., arXiv:2302.13971, section 2.2; Shazeer, arXiv:2002.05202.
public final class Transformer: @unchecked Sendable {
  // Sendable: it may move between threads; the caller sees to it that one uses it at a time.

  /// The model's sizes.
  public let shape: LlamaShape
  /// All parameters, one allocation with named views; without the matrices of the blocks when they are
  /// held in 4 bits.
  public private(set) var parameters: ParameterSet
  /// Threads that share the work of every operation.
  public let pool: ThreadPool
  /// Element type of the matrix products' operands.
  public var precision: MatmulPrecision = .float32
  /// Change of positions in `losses`, `predict` and `logits`; training does not look at it.
  public var remap: PositionRemapping?
  /// What the backward pass computes again; changes time and memory, but no bit of a result.
  public var recomputation = Recomputation.none

  private(set) var adapters: Adapters?
  private(set) var packed: PackedMatrices?
  private var heldGradients: ParameterSet?
  let offsets: ParameterOffsets
  let arena = Arena()
  /// Matrices of the layer at work, packed once for all chunks of tokens; nil outside of a training pass.
  var keptWeights: PackedWeights?
  /// Room for an output's gradient, turned for the product of its matrix's gradient, while a pass has it.
  var turnedGradients: UnsafeMutableRawBufferPointer?
  var rotary: RotaryTable
  var zeroWeights: [Float] = []

  /// A model with all parameters zero; see `initialize(seed:deviation:)`.
  ///
  /// - Parameters:
  ///   - shape: sizes that `LlamaShape.validate()` accepts.
  ///   - pool: threads for the work.
  ///   - isForecast: true for a model that is only planned, of any size: it has no parameters in
  ///     memory and no pass may run.
  public convenience init(shape: LlamaShape, pool: ThreadPool, isForecast: Bool = false) {
    self.init(
      shape: shape,
      parameters: ParameterSet(layout: shape.parameterLayout, hasMemory: !isForecast), pool: pool)
  }

  /// A model of weights that were saved.
  ///
  /// - Parameters:
  ///   - shape: sizes that `LlamaShape.validate()` accepts.
  ///   - weights: their memory becomes the model's own.
  ///   - plan: of their adapters; nil without.
  ///   - place: where they come from, for the error.
  ///   - pool: threads for the work.
  /// - Throws: `UserError` when they are not of this shape and plan.
  public convenience init(
    shape: LlamaShape, weights: ModelWeights, plan: AdapterPlan?, place: String, pool: ThreadPool
  ) throws {
    self.init(shape: shape, parameters: weights.parameters, pool: pool)
    try adopt(weights, plan, place: place)
  }

  private init(shape: LlamaShape, parameters: ParameterSet, pool: ThreadPool) {
    self.shape = shape
    self.pool = pool
    self.parameters = parameters
    let layout = shape.parameterLayout
    offsets = ParameterOffsets(layout, shape: shape)
    rotary = RotaryTable(headWidth: shape.headWidth, base: shape.ropeBase)
  }

  /// Changes what the passes read; gradients are made anew when they are wanted.
  func set(_ parameters: ParameterSet, packed: PackedMatrices?, adapters: Adapters?) {
    self.parameters = parameters
    self.packed = packed
    self.adapters = adapters
    heldGradients = nil
  }

  /// Gradients, laid out as the trained tensors.
  ///
  /// The passes add into them; they are made when first asked for.
  public var gradients: ParameterSet {
    if let heldGradients { return heldGradients }
    let made = ParameterSet(layout: trained.layout)
    heldGradients = made
    return made
  }

  /// Draws fresh parameters: normal numbers for matrices, ones for norms, zeros for biases.
  ///
  /// - Parameters:
  ///   - seed: decides every draw; each tensor has a stream of its own.
  ///   - deviation: standard deviation of the matrices; the two projections that write into the
  ///     residual stream get `deviation / sqrt(2 L)`.
  /// - SeeAlso: Radford et al., "Language models are unsupervised multitask learners" (2019),
  ///   section 2.3, for the scaled projections.
  public func initialize(seed: UInt64, deviation: Double = 0.04) {
    let blockFloats = 1 << 14
    for entry in parameters.layout.entries {
      let view = parameters.view(entry)
      if entry.shape.count == 1 {
        view.update(repeating: entry.isBias ? 0 : 1)
        continue
      }
      let writesStream = entry.name.hasSuffix("/output") || entry.name.hasSuffix("/down")
      let scale = deviation / (writesStream ? Double(2 * shape.layers).squareRoot() : 1)
      pool.run((view.count + blockFloats - 1) / blockFloats) { block in
        var random = RandomStream(
          seed: seed, name: "initialize/" + entry.name, index: UInt64(block))
        for index in block * blockFloats..<min(view.count, (block + 1) * blockFloats) {
          view[index] = Float(scale * random.normal())
        }
      }
    }
  }

  /// Sets the rotary angles, as a frequency transform gives them.
  ///
  /// - Parameters:
  ///   - inverseFrequencies: radians per token of each pair, [E/2].
  ///   - attentionFactor: factor on cosines and sines, dimensionless; scores grow by its square.
  ///   - start: how many positions from 0 on turn by other frequencies, [E/2], without a factor.
  public func setRotary(
    inverseFrequencies: [Double], attentionFactor: Double,
    start: (count: Int, inverseFrequencies: [Double])? = nil
  ) {
    precondition(
      inverseFrequencies.count == shape.headWidth / 2,
      "\(inverseFrequencies.count) frequencies, \(shape.headWidth / 2) expected")
    rotary = RotaryTable(
      inverseFrequencies: inverseFrequencies, attentionFactor: attentionFactor, start: start)
  }

  /// Inverse frequencies in use, radians per token, [E/2].
  public var inverseFrequencies: [Double] { rotary.inverseFrequencies }

  /// Factor on cosines and sines in use.
  public var attentionFactor: Double { rotary.attentionFactor }

  /// Bytes of activations held for the largest batch seen.
  public var activationBytes: Int { arena.capacity * MemoryLayout<Float>.stride }

  /// Gives the activations' memory back until the next pass.
  public func releaseActivations() { arena.release() }

  /// Sets all gradients to zero.
  public func zeroGradients() {
    let values = gradients.values
    let blockFloats = 1 << 16
    pool.run((values.count + blockFloats - 1) / blockFloats) { block in
      let start = block * blockFloats
      (values.pointer + start).update(repeating: 0, count: min(blockFloats, values.count - start))
    }
  }

  /// A tensor by its offset in the model's layout; one that is held in 4 bits is valid until the next.
  func weight(_ offset: Int) -> UnsafePointer<Float> {
    if let adapters, let copy = adapters.copies[offset] { return adapters.weight(copy) }
    guard let packed else { return UnsafePointer(parameters.values.pointer + offset) }
    return packed.weight(offset, parameters, pool: pool)
  }

  /// The gradient of a tensor by its offset in the model's layout; nil when it is not trained.
  func gradient(_ offset: Int) -> UnsafeMutablePointer<Float>? {
    guard let adapters else { return gradients.values.pointer + offset }
    return adapters.copies[offset].map { gradients.values.pointer + $0 }
  }
}
