import Kernels
import Tensors

/// Bytes that a training holds, counted from what the engine allocates.
public struct MemoryForecast: Sendable, Equatable {
  /// Weights, their gradients and the optimizer's two moments.
  public let parameters: Int
  /// Activations and flowing gradients of the largest micro-batch.
  public let activations: Int
  /// What operations use between their own passes, and the tables of the rotary angles.
  public let workspace: Int

  /// Code, libraries and thread stacks, as measured on small models.
  public static let program = 30 << 20

  /// All of them: the highest resident memory of a process that trains.
  public var total: Int { parameters + activations + workspace + Self.program }

  /// The forecast of a training.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - rows: B of the largest micro-batch.
  ///   - length: T of the largest micro-batch.
  ///   - threads: threads of the pool.
  ///   - recomputation: what the backward pass computes again.
  public init(
    training shape: LlamaShape, rows: Int, length: Int, threads: Int, recomputation: Recomputation
  ) {
    let tokens = rows * length
    parameters = 4 * shape.parameterLayout.count * MemoryLayout<Float>.stride
    activations =
      MemoryLayout<Float>.stride
      * Arena.floats { arena in
        TrainingActivations(
          shape, tokens: tokens, logitRows: min(tokens, shape.logitChunkRows),
          recomputation: recomputation, arena: arena)
      }
    let attention = CausalAttention.Shape(
      rows: rows, length: length, heads: shape.heads, kvHeads: shape.kvHeads,
      headWidth: shape.headWidth)
    workspace =
      CausalAttention.workspaceBytes(attention, threads: threads)
      + RotaryTable.bytes(headWidth: shape.headWidth, positions: length)
  }
}

extension LlamaShape {
  /// Bytes of activations that a forward pass alone holds at most.
  ///
  /// - Parameter tokens: B * T of the largest pass.
  /// - Returns: bytes.
  public func inferenceActivationBytes(tokens: Int) -> Int {
    MemoryLayout<Float>.stride
      * Arena.floats { arena in
        InferenceActivations(self, tokens: tokens, logitRows: logitChunkRows, arena: arena)
      }
  }

  /// Floats of query, key and value heads of a token, (H + 2K) E.
  var packedWidth: Int { queryWidth + 2 * keyWidth }

  /// Rows of logits that are held at a time: about 64 MiB, but 256 to 1,024 rows.
  ///
  /// Each chunk reads the output matrix and its gradient once, so few rows cost much memory traffic.
  public var logitChunkRows: Int { max(256, min(1_024, (1 << 24) / max(vocabulary, 1))) }
}
