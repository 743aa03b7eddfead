// Speed of whole training steps on random tokens: forward, mean cross entropy, backward, clipping to
// norm 1, AdamW. Operations are counted as FlopCount does for full causal rows.

import Corpora
public import Kernels
public import Models
import Support

/// Measures the training step of a named model size.
public struct StepBenchmark: Sendable {
  /// A model and a batch to measure.
  public struct Configuration: Sendable, Equatable {
    /// The name on the command line.
    public let name: String
    /// The model's sizes.
    public let shape: LlamaShape
    /// B, rows of a step.
    public let rows: Int
    /// T, tokens of a row.
    public let length: Int
    /// Documents of equal length in a row, up to a token.
    public var documents = 1

    /// The same model on one row of another length, named after it, such as `tiny-65536`.
    public func with(length: Int) -> Configuration {
      let model = name.prefix { $0 != "-" }
      return Configuration(name: "\(model)-\(length)", shape: shape, rows: 1, length: length)
    }

    /// One layer of a model between its embedding and output, of at most 1,024 words, on rows of at most 2,048
    /// tokens: in a second or so it tells about how fast the whole model trains.
    ///
    /// - Parameters:
    ///   - shape: the whole model's sizes.
    ///   - length: T, tokens of a row in training, at least 1.
    /// - Returns: a step of 2,048 tokens, or of a little fewer where rows do not fill them.
    public static func layer(of shape: LlamaShape, length: Int) -> Configuration {
      var layer = shape
      layer.layers = 1
      layer.vocabulary = min(shape.vocabulary, 1_024)
      let length = min(length, 2_048)
      return Configuration(name: "layer", shape: layer, rows: 2_048 / length, length: length)
    }

    /// Memory of a step in bytes; documents do not change it.
    ///
    /// - Parameters:
    ///   - precision: number format of the matrix products' operands.
    ///   - pool: threads and loops.
    ///   - recomputation: what the backward pass computes again.
    /// - Returns: the forecast.
    public func memory(
      precision: MatmulPrecision, pool: ThreadPool, recomputation: Recomputation
    ) -> MemoryForecast {
      MemoryForecast(
        training: shape, rows: rows, length: length, precision: precision, pool: pool,
        recomputation: recomputation)
    }
  }

  /// What was measured.
  public struct Result: Sendable, Equatable {
    /// The configuration's name.
    public let name: String
    /// Operands of the matrix products.
    public let precision: MatmulPrecision
    /// Threads used.
    public let threads: Int
    /// Parameters of the model.
    public let parameters: Int
    /// Tokens of a step by the median time of a step.
    public let tokensPerSecond: Double
    /// Counted operations of a step by its median time, in 10^9 per second.
    public let gflops: Double
    /// `gflops` by the machine's register-only rate; nil where the processor has no products of the format.
    public let shareOfPeak: Double?
    /// Highest resident memory of the process so far, in MiB.
    public let peakResidentMebibytes: Int
    /// Steps measured.
    public let steps: Int
    /// What the backward pass computed again.
    public let recomputation: Recomputation
  }

  /// Every configuration, in the order shown to the user.
  public static let configurations: [Configuration] = [
    llama("tiny-256", 4_096, 256, 6, 4, 4, 688, 16, 256),
    llama("tiny-1024", 4_096, 256, 6, 4, 4, 688, 4, 1_024),
    llama("tiny-8192", 4_096, 256, 6, 4, 4, 688, 1, 8_192),
    llama("small-2048", 8_192, 512, 8, 8, 8, 1_376, 1, 2_048),
    llama("smollm135m-2048", 49_152, 576, 30, 9, 3, 1_536, 1, 2_048),
    llama("miniature-32", 896, 128, 3, 2, 2, 352, 64, 32),
    llama("miniature-256", 896, 128, 3, 2, 2, 352, 16, 256),
    llama("miniature-1228", 896, 128, 3, 2, 2, 352, 2, 1_228),
    llama("miniature-4096", 896, 128, 3, 2, 2, 352, 1, 4_096),
  ]

  /// The configuration of a name.
  ///
  /// - Throws: `UserError` with the nearest name when there is none.
  public static func configuration(named name: String) throws -> Configuration {
    guard let found = configurations.first(where: { $0.name == name }) else {
      throw UserError(
        "bench step --config", "no configuration \"\(name)\"",
        remedy: Suggestion.sentence(for: name, among: configurations.map(\.name)))
    }
    return found
  }

  /// The model and batch measured.
  public let configuration: Configuration
  /// Operands of the matrix products.
  public let precision: MatmulPrecision
  /// Time to spend on measured steps, in seconds; at least two steps.
  public let seconds: Double
  /// Steps to measure, instead of a time and without others before; for steps that take minutes.
  public let steps: Int?
  /// What the backward pass computes again.
  public let recomputation: Recomputation

  /// A measurement of a configuration.
  public init(
    _ configuration: Configuration, precision: MatmulPrecision = .float32, seconds: Double = 12,
    steps: Int? = nil, recomputation: Recomputation = .none
  ) {
    self.configuration = configuration
    self.precision = precision
    self.seconds = seconds
    self.steps = steps
    self.recomputation = recomputation
  }

  /// Runs two steps unmeasured, then steps until the time is used up; or just the steps asked for.
  ///
  /// A pool of one thread is timed by its processor time.
  ///
  /// - Parameters:
  ///   - pool: threads for the work.
  ///   - peakGFLOPS: the machine's rate of the same precision and threads; nil measures it.
  /// - Returns: speeds by the median step.
  /// - Throws: `UserError` when a setting is refused.
  public func run(pool: ThreadPool, peakGFLOPS: Double? = nil) throws -> Result {
    let shape = configuration.shape
    let model = Transformer(shape: shape, pool: pool)
    model.precision = precision
    model.recomputation = recomputation
    model.initialize(seed: 0)
    let trainer = Trainer(
      model, optimizer: try optimizers.make("adamw", ["weight_decay": .real(0.01)]))
    let batch = randomBatch()
    if steps == nil { for _ in 0..<2 { _ = trainer.step([batch], learningRate: 1e-3) } }
    var times: [Double] = []
    let start = ContinuousClock.now
    while steps.map({ times.count < $0 })
      ?? (times.count < 2 || (ContinuousClock.now - start) / .seconds(1) < seconds)
    {
      times.append(
        Stopwatch.seconds(threads: pool.threads) {
          _ = trainer.step([batch], learningRate: 1e-3)
        })
    }
    let median = times.sorted()[times.count / 2]
    let flops =
      configuration.documents == 1
      ? FlopCount.trainingStep(shape, rows: configuration.rows, length: configuration.length)
      : FlopCount.trainingStep(shape, ModelInput(batch))
    let gflops = flops / median / 1e9
    let peak = peakGFLOPS ?? Machine.peakGFLOPS(threads: pool.threads, precision: precision)
    return Result(
      name: configuration.name, precision: precision, threads: pool.threads,
      parameters: shape.parameterCount,
      tokensPerSecond: Double(configuration.rows * configuration.length) / median,
      gflops: gflops, shareOfPeak: peak > 0 ? gflops / peak : nil,
      peakResidentMebibytes: ProcessMemory.peakBytes >> 20, steps: times.count,
      recomputation: recomputation)
  }

  private func randomBatch() -> Batch {
    var random = RandomStream(seed: 0, name: "step benchmark")
    let (rows, length) = (configuration.rows, configuration.length)
    let vocabulary = configuration.shape.vocabulary
    var batch = Batch(rows: rows, length: length, sourceNames: ["random"])
    for _ in 0..<rows {
      for token in 0..<length {
        let document = token * configuration.documents / length
        let start = (document * length + configuration.documents - 1) / configuration.documents
        batch.tokens.append(Int32(random.below(vocabulary)))
        batch.targets.append(Int32(random.below(vocabulary)))
        batch.positions.append(Int32(token - start))
        batch.documentStarts.append(Int32(start))
        batch.roles.append(.text)
        batch.sources.append(0)
      }
    }
    return batch
  }

  // swift-format-ignore: one row of sizes for each line of the table above.
  private static func llama(
    _ name: String, _ vocabulary: Int, _ width: Int, _ layers: Int, _ heads: Int, _ kvHeads: Int,
    _ feedForward: Int, _ rows: Int, _ length: Int
  ) -> Configuration {
    Configuration(
      name: name,
      shape: LlamaShape(
        vocabulary: vocabulary, width: width, layers: layers, heads: heads, kvHeads: kvHeads,
        feedForward: feedForward, trainedContext: length),
      rows: rows, length: length)
  }
}
