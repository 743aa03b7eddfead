import Corpora
import Evaluation
import Kernels
import Models
import RunStore
import Recipes
import Tensors
import Training

/// Peak memory of a run, by what it does at a time.
struct RunMemory: Equatable {
  /// While a step trains.
  let training: Int
  /// While an evaluation runs; gradients and moments stay.
  let evaluation: Int
  /// While a checkpoint is saved: its bytes are laid out in memory, the activations let go.
  let saving: Int

  /// The highest of them.
  var peak: Int { max(training, evaluation, saving) }

  /// The forecast for a model and what it is fed.
  ///
  /// - Parameters:
  ///   - shape: the model's sizes.
  ///   - stages: the training stages.
  ///   - passes: forward passes of the evaluations.
  ///   - precision: number format of the matrix products' operands.
  ///   - pool: threads and loops of the engine.
  ///   - recomputation: what the backward pass computes again.
  init(
    _ shape: LlamaShape, stages: [TrainingWork], passes: [ForwardPasses],
    precision: MatmulPrecision, pool: ThreadPool, recomputation: Recomputation
  ) {
    let resting =
      4 * shape.parameterLayout.count * MemoryLayout<Float>.stride + MemoryForecast.program
    let steps = stages.filter { $0.settings.steps > 0 }.map { work in
      let forecasts = work.microBatchSizes.map {
        MemoryForecast(
          training: shape, rows: $0.rows, length: $0.length, precision: precision, pool: pool,
          recomputation: recomputation
        ).total
      }
      return (forecasts.max() ?? 0) + work.dataBytes
    }
    training = steps.max() ?? resting
    let held = passes.map {
      shape.inferenceActivationBytes(
        tokens: $0.largest, length: $0.length, regions: $0.regions, precision: precision,
        pool: pool)
    }
    evaluation = resting + (held.max() ?? 0)
    saving =
      resting + Checkpoint.forecastBytes(parameters: shape.parameterCount, moments: true)
  }
}

extension TrainingWork {
  /// Rows and length of the micro-batches.
  fileprivate var microBatchSizes: [(rows: Int, length: Int)] {
    let main = (settings.rows / microBatches, settings.sequence)
    guard let replay else { return [main] }
    return [main, (replay.rows / replay.microBatches, replay.sequence)]
  }

  /// Bytes of the batches that are made ahead, in work and being made, and of the weights of losses.
  fileprivate var dataBytes: Int {
    let tokens = settings.rows * settings.sequence
    return tokens * ((BatchQueue.depth + 2) * Batch.bytesPerToken + LossSettings.bytesPerToken)
  }
}
