public import Kernels
import Tensors

/// Bytes that a training holds, counted from what the engine allocates.
public struct MemoryForecast: Sendable, Equatable {
  /// Weights, and gradients and the optimizer's two moments of those that are trained.
  public let parameters: Int
  /// Activations and flowing gradients of the largest micro-batch.
  public let activations: Int
  /// What operations use between their own passes, and the tables of the rotary angles.
  public let workspace: Int

  /// Code, libraries and thread stacks, as measured on small models.
  public static let program = 44 << 20

  /// All of them: the highest resident memory of a process that trains.
  public var total: Int { parameters + activations + workspace + Self.program }

  /// The forecast of a training.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - rows: B of the largest micro-batch.
  ///   - length: T of the largest micro-batch.
  ///   - precision: number format of the matrix products' operands.
  ///   - pool: threads and loops.
  ///   - recomputation: what the backward pass computes again.
  ///   - adapters: what is trained; nil for all weights.
  public init(
    training shape: LlamaShape, rows: Int, length: Int, precision: MatmulPrecision,
    pool: ThreadPool, recomputation: Recomputation, adapters: AdapterPlan? = nil
  ) {
    let tokens = rows * length
    parameters = shape.trainingBytes(adapters)
    activations =
      MemoryLayout<Float>.stride
      * Arena.floats { arena in
        TrainingActivations(
          shape, tokens: tokens, logitRows: min(tokens, shape.logitChunkRows),
          recomputation: recomputation, adapters: adapters, precision: precision, pool: pool,
          arena: arena)
      }
    let attention = CausalAttention.Shape(
      rows: rows, length: length, heads: shape.heads, kvHeads: shape.kvHeads,
      headWidth: shape.headWidth)
    // Operations take turns with one workspace, which stays as large as the largest use.
    workspace =
      max(
        CausalAttention.workspaceBytes(attention, precision: precision, pool: pool),
        Self.productBytes(shape, tokens: tokens, precision, pool))
      + RotaryTable.bytes(headWidth: shape.headWidth, positions: length)
  }
}

extension MemoryForecast {
  /// The largest workspace of a product: its right operand is a weight, or the input of one.
  private static func productBytes(
    _ shape: LlamaShape, tokens: Int, _ precision: MatmulPrecision, _ pool: ThreadPool
  ) -> Int {
    let chunk = min(tokens, TrainingActivations.chunkTokens)
    let products = [
      (shape.packedWidth, shape.width, chunk), (shape.width, shape.queryWidth, chunk),
      (2 * shape.feedForward, shape.width, chunk), (shape.width, shape.feedForward, chunk),
      (shape.vocabulary, shape.width, min(tokens, shape.logitChunkRows)),
    ]
    return products.map { outputs, inputs, rows in
      Matmul.workspaceBytes(
        n: inputs, k: max(outputs, rows), precision: precision, pool: pool)
    }.max() ?? 0
  }
}

extension LlamaShape {
  /// Bytes of the weights, and of gradients and moments of those that are trained.
  ///
  /// - Parameter plan: what is trained; nil for all weights.
  /// - Returns: bytes, with what adapters and packed matrices need to work.
  public func trainingBytes(_ plan: AdapterPlan?) -> Int {
    let float = MemoryLayout<Float>.stride
    guard let plan else { return 4 * parameterLayout.count * float }
    let trained = 4 * adapterLayout(plan).count * float + Adapters.middleBytes(plan)
    guard plan.isPacked else { return parameterLayout.count * float + trained }
    let largest = parameterLayout.entries.filter(\.isBlockMatrix).map(\.count).max() ?? 0
    return (unpackedLayout.count + largest) * float + packedBytes + trained
  }

  /// Bytes of activations that a forward pass alone holds at most.
  ///
  /// - Parameters:
  ///   - tokens: B * T of the largest pass.
  ///   - length: T of that pass.
  ///   - regions: how many ways to count positions `Transformer.remap` has, each with its own turned
  ///     heads and angles; 0 without it.
  ///   - precision: number format of the matrix products' operands.
  ///   - pool: threads and loops.
  /// - Returns: bytes, with what attention packs.
  public func inferenceActivationBytes(
    tokens: Int, length: Int, regions: Int = 0, precision: MatmulPrecision, pool: ThreadPool
  ) -> Int {
    let activations = Arena.floats { arena in
      InferenceActivations(self, tokens: tokens, logitRows: logitChunkRows, arena: arena)
    }
    let turned = regions * (tokens * packedWidth + 4 * length * headWidth / 2)
    let attention = CausalAttention.Shape(
      rows: max(1, tokens / max(length, 1)), length: length, heads: heads, kvHeads: kvHeads,
      headWidth: headWidth)
    let workspace =
      regions > 0
      ? 0
      : CausalAttention.workspaceBytes(
        attention, precision: precision, backward: false, pool: pool)
    return MemoryLayout<Float>.stride * (activations + turned) + workspace
  }

  /// Floats of query, key and value heads of a token, (H + 2K) E.
  var packedWidth: Int { queryWidth + 2 * keyWidth }

  /// Rows of logits that are held at a time: about 64 MiB, but 256 to 1,024 rows.
  ///
  /// Each chunk reads the output matrix and its gradient once, so few rows cost much memory traffic.
  public var logitChunkRows: Int { max(256, min(1_024, (1 << 24) / max(vocabulary, 1))) }
}
