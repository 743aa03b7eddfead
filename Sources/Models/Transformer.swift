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
/// each part added to the residual stream, then a last norm and the output matrix.
///
/// - Note: one caller at a time; the passes share the arena and the gradients.
/// - SeeAlso: Touvron et al., arXiv:2302.13971, section 2.2; Shazeer, arXiv:2002.05202.
public final class Transformer: @unchecked Sendable {
  // Sendable: it may move between threads; the caller sees to it that one uses it at a time.

  /// The model's sizes.
  public let shape: LlamaShape
  /// All parameters, one allocation with named views.
  public let parameters: ParameterSet
  /// Gradients, laid out as the parameters; the passes add into them.
  public let gradients: ParameterSet
  /// Threads that share the work of every operation.
  public let pool: ThreadPool
  /// Element type of the matrix products' operands.
  public var precision: MatmulPrecision = .float32
  /// Change of positions in `losses`, `predict` and `logits`; training does not look at it.
  public var remap: PositionRemapping?
  /// What the backward pass computes again; changes time and memory, but no bit of a result.
  public var recomputation = Recomputation.none

  let offsets: ParameterOffsets
  let arena = Arena()
  var rotary: RotaryTable
  var zeroWeights: [Float] = []

  /// A model with all parameters zero; see `initialize(seed:deviation:)`.
  ///
  /// - Parameters:
  ///   - shape: sizes that `LlamaShape.validate()` accepts.
  ///   - pool: threads for the work.
  ///   - isForecast: true for a model that is only planned, of any size: it has no parameters in
  ///     memory and no pass may run.
  public init(shape: LlamaShape, pool: ThreadPool, isForecast: Bool = false) {
    self.shape = shape
    self.pool = pool
    let layout = shape.parameterLayout
    parameters = ParameterSet(layout: layout, hasMemory: !isForecast)
    gradients = ParameterSet(layout: layout, hasMemory: !isForecast)
    offsets = ParameterOffsets(layout, shape: shape)
    rotary = RotaryTable(headWidth: shape.headWidth, base: shape.ropeBase)
  }

  /// Draws fresh parameters: normal numbers for matrices, ones for norms.
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
        view.update(repeating: 1)
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
  public func setRotary(inverseFrequencies: [Double], attentionFactor: Double) {
    precondition(
      inverseFrequencies.count == shape.headWidth / 2,
      "\(inverseFrequencies.count) frequencies, \(shape.headWidth / 2) expected")
    rotary = RotaryTable(inverseFrequencies: inverseFrequencies, attentionFactor: attentionFactor)
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

  func weight(_ offset: Int) -> UnsafePointer<Float> {
    UnsafePointer(parameters.values.pointer + offset)
  }

  func gradient(_ offset: Int) -> UnsafeMutablePointer<Float> {
    gradients.values.pointer + offset
  }
}
