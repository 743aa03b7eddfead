import Corpora
import Kernels
import Models
import Support
import Tensors
import Training

/// A small model in training with random batches.
enum TrainingCase {
  static let shape = LlamaShape(
    vocabulary: 30, width: 32, layers: 2, heads: 2, feedForward: 24)

  static func trainer(
    _ settings: [String: SettingsValue] = [:], pool: ThreadPool = ThreadPool(threads: 2),
    precision: MatmulPrecision = .float32
  ) throws -> Trainer {
    let model = Transformer(shape: shape, pool: pool)
    model.precision = precision
    model.initialize(seed: 2)
    let optimizer = try optimizers.make("adamw", settings)
    return Trainer(model, optimizer: optimizer)
  }

  static func batch(_ number: Int, rows: Int = 4, length: Int = 12) -> Batch {
    var random = RandomStream(seed: 4, name: "batch", index: UInt64(number))
    var batch = Batch(rows: rows, length: length, sourceNames: ["stories", "tables"])
    for row in 0..<rows {
      for token in 0..<length {
        batch.tokens.append(Int32(random.below(30)))
        let ignored = random.chance(0.2)
        batch.targets.append(ignored ? -1 : Int32(random.below(30)))
        batch.roles.append(ignored ? .ignored : random.chance(0.3) ? .answer : .text)
        batch.positions.append(Int32(token))
        batch.documentStarts.append(0)
        batch.sources.append(UInt8(row % 2))
      }
    }
    return batch
  }

  /// Some rows of a batch.
  static func rows(_ batch: Batch, _ range: Range<Int>) -> Batch {
    let flat = range.lowerBound * batch.length..<range.upperBound * batch.length
    var part = Batch(rows: range.count, length: batch.length, sourceNames: batch.sourceNames)
    part.tokens = Array(batch.tokens[flat])
    part.targets = Array(batch.targets[flat])
    part.roles = Array(batch.roles[flat])
    part.positions = Array(batch.positions[flat])
    part.documentStarts = Array(batch.documentStarts[flat])
    part.sources = Array(batch.sources[flat])
    return part
  }

  static func parameters(_ trainer: Trainer) -> [Float] {
    Array(trainer.transformer.parameters.values.buffer)
  }
}
