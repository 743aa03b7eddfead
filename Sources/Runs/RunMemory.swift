import Corpora
import Evaluation
import Kernels
import Models
import RunStore
import Recipes
import Support
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
  /// While two models choose the sentences of a stage; 0 where none do.
  let choosing: Int

  /// The highest of them.
  var peak: Int { max(training, evaluation, saving, choosing) }

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
    let plain = shape.parameterLayout.count * MemoryLayout<Float>.stride
    // A run begins, and a stage of adapters ends, with plain weights and their checkpoint.
    let border = plain + shape.checkpointBytes(nil, moments: false)
    let held = passes.map {
      shape.inferenceActivationBytes(
        tokens: $0.largest, length: $0.length, regions: $0.regions, precision: precision,
        pool: pool)
    }
    let shown = held.max() ?? 0
    var (training, evaluation, saving, choosing) = (0, plain + shown, border, 0)
    for work in stages where work.settings.steps > 0 {
      let resting = shape.trainingBytes(work.adapters)
      let forecasts = work.microBatchSizes.map {
        MemoryForecast(
          training: shape, rows: $0.rows, length: $0.length, precision: precision, pool: pool,
          recomputation: recomputation, adapters: work.adapters
        ).total
      }
      training = max(training, (forecasts.max() ?? 0) + work.dataBytes)
      evaluation = max(evaluation, resting + shown)
      saving = max(saving, resting + shape.checkpointBytes(work.adapters, moments: true))
      if let tokens = work.scoredTokens {
        let model = plain + shape.scoringBytes(tokens: tokens, pool: pool)
        choosing = max(choosing, resting + 2 * model + MemoryForecast.program)
      }
    }
    self.training = training
    self.evaluation = evaluation + MemoryForecast.program
    self.saving = saving + MemoryForecast.program
    self.choosing = choosing
  }
}

extension LlamaShape {
  /// Bytes beside the weights while a text's tokens are scored, logits of all its tokens included.
  fileprivate func scoringBytes(tokens: Int, pool: ThreadPool) -> Int {
    inferenceActivationBytes(tokens: tokens, length: tokens, precision: .float32, pool: pool)
      + tokens * vocabulary * MemoryLayout<Float>.stride
  }

  /// Bytes of a checkpoint.
  ///
  /// - Parameters:
  ///   - plan: the adapters beside the weights; nil without.
  ///   - moments: whether the optimizer's moments are saved too.
  /// - Returns: bytes, a little above what is written.
  func checkpointBytes(_ plan: AdapterPlan?, moments: Bool) -> Int {
    guard let plan else {
      return Checkpoint.forecastBytes(
        weights: parameterCount, trained: moments ? parameterCount : 0)
    }
    let adapters = adapterCount(plan)
    return Checkpoint.forecastBytes(
      weights: plan.isPacked ? unpackedLayout.count : parameterCount,
      trained: moments ? adapters : 0, adapters: adapters,
      packed: plan.isPacked ? packedBytes : 0)
  }
}

extension TrainingWork {
  /// Tokens of the longest text that models score for the stage; nil when none do.
  fileprivate var scoredTokens: Int? {
    let select = settings.select.settings
    return select.text("longer") == nil ? nil : select.integer("sample_tokens")
  }

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
