// Speed of whole training steps on random tokens: forward, mean cross entropy, backward, clipping to
// norm 1, AdamW. Operations are counted as FlopCount does for full causal rows.

import Corpora
public import Kernels
public import Models
import Support

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
  /// Time to spend on measured steps, in seconds; at least two steps and at most `maximumSteps`.
  public let seconds: Double
  /// Most steps to measure.
  public let maximumSteps: Int

  /// A measurement of a configuration.
  public init(
    _ configuration: Configuration, precision: MatmulPrecision = .float32, seconds: Double = 12,
    maximumSteps: Int = 1_000
  ) {
    self.configuration = configuration
    self.precision = precision
    self.seconds = seconds
    self.maximumSteps = maximumSteps
  }

  /// Runs two steps unmeasured, then steps until the time is used up.
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
    model.initialize(seed: 0)
    let trainer = Trainer(
      model, optimizer: try optimizers.make("adamw", ["weight_decay": .real(0.01)]))
    let batch = randomBatch()
    for _ in 0..<2 { _ = trainer.step([batch], learningRate: 1e-3) }
    var times: [Double] = []
    let start = ContinuousClock.now
    while times.count < 2
      || ((ContinuousClock.now - start) / .seconds(1) < seconds && times.count < maximumSteps)
    {
      times.append(
        Stopwatch.seconds(threads: pool.threads) {
          _ = trainer.step([batch], learningRate: 1e-3)
        })
    }
    let median = times.sorted()[times.count / 2]
    let flops = FlopCount.trainingStep(
      shape, rows: configuration.rows, length: configuration.length)
    let gflops = flops / median / 1e9
    let peak = peakGFLOPS ?? Machine.peakGFLOPS(threads: pool.threads, precision: precision)
    return Result(
      name: configuration.name, precision: precision, threads: pool.threads,
      parameters: shape.parameterCount,
      tokensPerSecond: Double(configuration.rows * configuration.length) / median,
      gflops: gflops, shareOfPeak: peak > 0 ? gflops / peak : nil,
      peakResidentMebibytes: Self.peakResidentMebibytes, steps: times.count)
  }

  private func randomBatch() -> Batch {
    var random = RandomStream(seed: 0, name: "step benchmark")
    let (rows, length) = (configuration.rows, configuration.length)
    let vocabulary = configuration.shape.vocabulary
    var batch = Batch(rows: rows, length: length, sourceNames: ["random"])
    for _ in 0..<rows {
      for token in 0..<length {
        batch.tokens.append(Int32(random.below(vocabulary)))
        batch.targets.append(Int32(random.below(vocabulary)))
        batch.positions.append(Int32(token))
        batch.documentStarts.append(0)
        batch.roles.append(.text)
        batch.sources.append(0)
      }
    }
    return batch
  }

  private static var peakResidentMebibytes: Int {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    // Bytes on Darwin, kibibytes elsewhere.
    #if canImport(Darwin)
      return usage.ru_maxrss >> 20
    #else
      return usage.ru_maxrss >> 10
    #endif
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
